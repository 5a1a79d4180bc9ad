extern alias runtime;
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Tests.Chain;
using Dsl.Generator.Tests.Graphs;
using Dsl.Tests;
using Xunit;
using Device = runtime::Dsl.Device;

namespace Dsl.Generator.Tests.Golden;

/// <summary>Values and gradients that another framework computed: <c>in.*</c>, <c>aux.*</c>, <c>out.*</c>,
/// <c>cot.*</c>, <c>grad.*</c>.</summary>
internal sealed class GoldenCase
{
    private readonly Dictionary<string, NdArray> _tensors;
    private readonly JsonElement _attributes;

    private GoldenCase(string name, Dictionary<string, NdArray> tensors, JsonElement attributes)
    {
        Name = name;
        _tensors = tensors;
        _attributes = attributes;
    }

    public string Name { get; }

    /// <summary>Finds the folder by <c>DSL_GOLDEN</c>, or as <c>shared/golden</c> above the test assembly; else skips
    /// the test.</summary>
    public static string Folder()
    {
        string? folder = Environment.GetEnvironmentVariable("DSL_GOLDEN");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); folder is null && at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "shared", "golden");
            folder = Directory.Exists(candidate) ? candidate : null;
        }

        Skip.If(
            folder is null,
            "No golden vectors: set DSL_GOLDEN to their folder, or put them at shared/golden beside the repository.");
        return folder!;
    }

    /// <summary>Reads a case from <see cref="Folder"/>.</summary>
    public static GoldenCase Load(string name)
    {
        string folder = Folder();

        // Python writes NaN and Infinity, which JSON does not have.
        string text = Regex.Replace(
            File.ReadAllText(Path.Combine(folder, "manifest.json")), @"(?<=[:\[,]\s*)-?(NaN|Infinity)", "null");
        using var manifest = JsonDocument.Parse(text);
        JsonElement entry = manifest.RootElement.GetProperty("cases").GetProperty(name);
        return new GoldenCase(
            name,
            Safetensors.Read(Path.Combine(folder, entry.GetProperty("file").GetString()!)),
            entry.GetProperty("attrs").Clone());
    }

    public NdArray this[string tensor] => _tensors[tensor];

    public bool Has(string tensor) => _tensors.ContainsKey(tensor);

    public Size[] Dims(string tensor) => [.. _tensors[tensor].Shape.Select(static d => Size.Of(d))];

    /// <summary>An attribute that is an int or a pair of ints.</summary>
    public (int Y, int X) Pair(string attribute)
    {
        JsonElement value = _attributes.GetProperty(attribute);
        return value.ValueKind == JsonValueKind.Array
            ? (value[0].GetInt32(), value[1].GetInt32())
            : (value.GetInt32(), value.GetInt32());
    }

    public int Int(string attribute) => _attributes.GetProperty(attribute).GetInt32();

    /// <summary>An attribute as text; empty when there is none.</summary>
    public string Text(string attribute) =>
        _attributes.GetProperty(attribute) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : "";

    public bool Bool(string attribute) => _attributes.GetProperty(attribute).GetBoolean();

    /// <summary>
    /// Checks values and gradients at 1e-9. Differentiable inputs <c>in.x</c> are parameters x of the graph,
    /// <c>aux.t</c> and
    /// whatever else is given are inputs; outputs have the names of the file.
    /// </summary>
    /// <param name="forward">From parameters and inputs to outputs.</param>
    /// <param name="kernels">Whether compiled kernels are checked, too, in floats.</param>
    /// <param name="more">Further inputs.</param>
    public void Check(Graph forward, bool kernels = true, params (string Name, NdArray Value)[] more) =>
        Check(forward, kernels, default, more);

    /// <summary>The same where random numbers are drawn.</summary>
    /// <param name="forward">From parameters and inputs to outputs.</param>
    /// <param name="kernels">Whether compiled kernels are checked, too, in floats; those have the key of seed 0.</param>
    /// <param name="key">The step's key.</param>
    /// <param name="more">Further inputs.</param>
    public void Check(Graph forward, bool kernels, (int Word0, int Word1) key, params (string Name, NdArray Value)[] more)
    {
        var parameters = Part("in.");
        var inputs = Part("aux.");
        foreach (var (name, value) in more)
        {
            inputs[name] = value;
        }

        // The cotangents of all outputs at once: the loss is Σ ⟨cotangent, output⟩.
        var loss = new Graph();
        Node[] copies = loss.Append(forward);
        Node? total = null;
        foreach (GraphOutput output in forward.Outputs.Where(o => Has("cot." + o.Name)))
        {
            Node y = copies[output.Node.Id];
            Node cotangent = loss.Input("cot." + output.Name, DType.Float, [.. y.Shape]);
            inputs[((Generator.Ops.InputOp)cotangent.Op).Tensor] = _tensors["cot." + output.Name];
            Node term = loss.SumAll(loss.Pointwise("mul", y, cotangent));
            total = total is null ? term : loss.Pointwise("add", total, term);
        }

        loss.Output("loss", total!);
        foreach (GraphOutput output in forward.Outputs)
        {
            loss.Output("value." + output.Name, copies[output.Node.Id]);
        }

        Graph training = Differentiator.Differentiate(loss);
        foreach (Graph graph in new[] { training, Rewriter.Simplify(training) })
        {
            var results = GraphInterpreter.Evaluate(graph, inputs, parameters, new Dictionary<string, int>(), key);
            foreach (var (name, expected) in Part("out."))
            {
                Evaluation.Same(expected, results["value." + name], 1e-9, $"{Name} out.{name}");
            }

            foreach (var (name, expected) in Part("grad."))
            {
                Evaluation.Same(expected, results[name + Differentiator.GradientSuffix], 1e-9, $"{Name} grad.{name}");
            }
        }

        if (kernels)
        {
            CheckKernels(forward, inputs, parameters);
        }
    }

    /// <summary>What <see cref="Check"/> checks, in floats by compiled kernels: on the host, and on a GPU when every case
    /// is asked for. Data are inputs, as in a model; weights are parameters.</summary>
    private void CheckKernels(Graph forward, Dictionary<string, NdArray> inputs, Dictionary<string, NdArray> parameters)
    {
        // A gradient with respect to an input is that of one output; of several, data are parameters, too.
        bool several = forward.Outputs.Count(o => Has("cot." + o.Name)) > 1;
        Graph model = Copy(forward, several);
        Graph loss = Copy(forward, several);
        Node? total = null;
        foreach (GraphOutput output in loss.Outputs.Where(o => Has("cot." + o.Name)).ToArray())
        {
            Node cotangent = loss.Input("cot." + output.Name, DType.Float, [.. output.Node.Shape]);
            Node term = loss.SumAll(loss.Pointwise("mul", output.Node, cotangent));
            total = total is null ? term : loss.Pointwise("add", total, term);
        }

        var train = new Graph();
        train.Output("loss", train.Append(loss)[total!.Id]);
        GoldenRun run = GoldenRun.Of(model, train);
        var given = inputs.Concat(parameters).ToDictionary(static p => p.Key, static p => p.Value);
        foreach (Device device in Devices)
        {
            Dictionary<string, double[]> results = run.Run(device, given, parameters);
            foreach (var (name, expected) in Part("out."))
            {
                Near(expected.Data, results[name], $"{Name} out.{name} on {device}");
            }

            // Some gradients are exactly 0, such as that of an offset of keys under softmax: all of a case have one scale.
            double scale = Part("grad.").Values.Select(static g => Largest(g.Data)).DefaultIfEmpty(0).Max();
            foreach (var (name, expected) in Part("grad."))
            {
                Near(
                    expected.Data, results[name + Differentiator.GradientSuffix], $"{Name} grad.{name} on {device}",
                    several ? scale : null);
            }
        }
    }

    private static IEnumerable<Device> Devices => ChainCases.Exhaustive && TestGpu.IsPresent
        ? [Device.Host(1), TestGpu.Device] : [Device.Host(1)];

    /// <summary>A graph whose data are inputs: what is no weight, gain, slope or bias.</summary>
    private static Graph Copy(Graph forward, bool dataAreParameters)
    {
        var graph = new Graph();
        var copies = new List<Node>();
        foreach (Node node in forward.Nodes)
        {
            copies.Add(node.Op is ParameterOp data && !dataAreParameters && !IsWeight(data.Parameter)
                ? graph.Input(data.Parameter, DType.Float, [.. data.Dims.Select(static d => Size.Of(d))])
                : graph.Add(node.Op, node.Inputs.Map(i => copies[i.Id])));
        }

        foreach (GraphOutput output in forward.Outputs)
        {
            graph.Output(output.Name, copies[output.Node.Id]);
        }

        return graph;
    }

    private static bool IsWeight(string name) => name == "pw" || name[0] is 'w' or 'b' or 'g' or 'a';

    private static double Largest(double[] values) =>
        values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();

    private static void Near(double[] expected, double[] actual, string what, double? scale = null)
    {
        double largest = scale ?? Largest(expected);
        for (int i = 0; i < expected.Length; i++)
        {
            bool near = expected[i].Equals(actual[i])
                || Math.Abs(expected[i] - actual[i]) <= (1e-4 * Math.Abs(expected[i])) + (1e-5 * largest);
            Assert.True(near, $"{what}: element {i} is {actual[i]:R}, not {expected[i]:R}");
        }
    }

    private Dictionary<string, NdArray> Part(string prefix) => _tensors
        .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(t => t.Key[prefix.Length..], static t => t.Value);
}
