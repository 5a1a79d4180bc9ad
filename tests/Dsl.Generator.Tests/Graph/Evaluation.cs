using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Xunit;

namespace Dsl.Generator.Tests.Graphs;

/// <summary>Runs graphs on random numbers and compares gradients with central differences.</summary>
internal static class Evaluation
{
    /// <summary>Uniform numbers in a range.</summary>
    public static NdArray Random(Random random, int[] shape, double low = -1, double high = 1) =>
        new([.. Enumerable.Range(0, NdArray.LengthOf(shape)).Select(_ => low + (random.NextDouble() * (high - low)))], shape);

    /// <summary>Random values for all inputs (small ints for int tensors) or all parameters of a graph.</summary>
    public static Dictionary<string, NdArray> Values(
        IEnumerable<Node> leaves, Random random, IReadOnlyDictionary<string, int> sizes, double low = -1, double high = 1) =>
        leaves.ToDictionary(
            static n => n.Op is InputOp input ? input.Tensor : ((ParameterOp)n.Op).Parameter,
            n =>
            {
                int[] shape = n.Shape.Map(d => (int)d.Evaluate(s => sizes[s]));
                NdArray values = Random(random, shape, low, high);
                return n.DType == DType.Int ? new NdArray(values.Data.Map(v => Math.Floor((v - low) / (high - low) * 3)), shape) : values;
            });

    /// <summary>
    /// Differentiates the scalar first output and compares every gradient with central differences: at most 1e-6 of the
    /// largest gradient.
    /// </summary>
    public static void CheckGradients(
        Graph loss,
        Dictionary<string, NdArray> inputs,
        Dictionary<string, NdArray> parameters,
        IReadOnlyDictionary<string, int> sizes,
        string what,
        double step = 1e-5,
        int most = 40)
    {
        Graph training = Differentiator.Differentiate(loss);
        var results = GraphInterpreter.Evaluate(training, inputs, parameters, sizes);
        double Loss() => GraphInterpreter.Evaluate(loss, inputs, parameters, sizes)[loss.Outputs[0].Name].Data[0];
        var errors = new List<(double Error, double Gradient, string Where)>();
        foreach (var (name, value) in parameters)
        {
            double[] gradient = results[name + Differentiator.GradientSuffix].Data;
            int stride = Math.Max(1, value.Data.Length / most);
            for (int i = 0; i < value.Data.Length; i += stride)
            {
                double at = value.Data[i];
                value.Data[i] = at + step;
                double up = Loss();
                value.Data[i] = at - step;
                double down = Loss();
                value.Data[i] = at;
                errors.Add((Math.Abs(((up - down) / (2 * step)) - gradient[i]), Math.Abs(gradient[i]), $"{name}[{i}]"));
            }
        }

        double scale = Math.Max(1e-3, errors.Max(static e => e.Gradient));
        var worst = errors.MaxBy(static e => double.IsNaN(e.Error) ? double.PositiveInfinity : e.Error);
        Assert.True(
            worst.Error <= 1e-6 * scale,
            $"{what}: {worst.Where} is {worst.Gradient}, central differences are {worst.Error} away\n{training}");
    }

    /// <summary>Every node has the shape and the type that its op infers from its inputs.</summary>
    public static void ShapesAreInferred(Graph graph, string what)
    {
        foreach (Node node in graph.Nodes)
        {
            var (shape, type) = node.Op.Infer(node.Inputs);
            Assert.True(node.SameShape(shape) && node.DType == type, $"{what}: {GraphPrinter.Print(node)}");
        }
    }

    /// <summary>Compares arrays element by element, relative to the largest.</summary>
    public static void Same(NdArray expected, NdArray actual, double tolerance, string what)
    {
        Assert.True(expected.Shape.SequenceEqual(actual.Shape), $"{what}: [{string.Join(", ", expected.Shape)}] expected, not {actual}");
        double scale = Math.Max(1, expected.Data.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (int i = 0; i < expected.Data.Length; i++)
        {
            bool equal = expected.Data[i] == actual.Data[i]
                || (double.IsNaN(expected.Data[i]) && double.IsNaN(actual.Data[i]))
                || Math.Abs(expected.Data[i] - actual.Data[i]) <= tolerance * scale;
            Assert.True(equal, $"{what}: element {i} is {actual.Data[i]:R}, not {expected.Data[i]:R}");
        }
    }
}
