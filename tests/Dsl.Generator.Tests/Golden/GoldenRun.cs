extern alias runtime;
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.Loader;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Emitting;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using CompiledModel = runtime::Dsl.Plans.CompiledModel;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using IModel = runtime::Dsl.IModel;
using Initializer = runtime::Dsl.Initializer;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using ParameterInfo = runtime::Dsl.ParameterInfo;
using ParameterSet = runtime::Dsl.ParameterSet;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;
using Sgd = runtime::Dsl.Sgd;

namespace Dsl.Generator.Tests.Golden;

/// <summary>A golden case as compiled kernels: emitted, compiled, run in floats.</summary>
internal sealed class GoldenRun : IModel
{
    private const string Class = "G";

    private GoldenRun(CompiledModel compiled, ParameterSet parameters) =>
        (Compiled, Parameters) = (compiled, parameters);

    public ParameterSet Parameters { get; }

    public CompiledModel Compiled { get; }

    /// <summary>The kernels of a graph whose parameters of the given names are inputs, as in a model: the values of its
    /// outputs and the gradients of the loss Σ ⟨cotangent, output⟩.</summary>
    /// <param name="loss">The loss, with the values as further outputs; every parameter has a gradient.</param>
    public static GoldenRun Of(Graph forward, Graph loss)
    {
        var parameters = forward.Nodes.Select(static n => n.Op).OfType<ParameterOp>()
            .Select(static p => new ParameterSpec(p.Parameter, p.Dims, "Uniform(1)", false)).Distinct().ToArray();
        var spec = new ModelSpec(
            "Demo", Class, "partial class", "", EquatableArray<LayerSpec>.Empty, EquatableArray<FunctionSpec>.Empty,
            EquatableArray<PointwiseSpec>.Empty, 0) { InputGradients = forward.Inputs.Any(static i => i.DType == DType.Float) };
        CompiledPlan plan = CompiledPlan.Make(new LoweredModel(
            spec, forward, loss, loss, new EquatableArray<ParameterSpec>(parameters), EquatableArray<LayerReport>.Empty,
            EquatableArray<Problem>.Empty));
        const string Surface = $$"""
            namespace Demo;
            public partial class {{Class}}
            {
                static partial void BindCompiled(ref global::Dsl.Plans.CompiledModel? compiled);
                public static global::Dsl.Plans.CompiledModel Get()
                {
                    global::Dsl.Plans.CompiledModel? compiled = null;
                    BindCompiled(ref compiled);
                    return compiled!;
                }
            }
            """;
        CSharpCompilation program = Programs.CompilationWith(
            Programs.RealRuntime, KernelsFile.Emit(plan), TilesFile.Emit(plan.Tiles), Surface);
        program = program.WithOptions(
            program.Options.WithOptimizationLevel(OptimizationLevel.Release));
        using var image = new MemoryStream();
        var emitted = program.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        image.Position = 0;
        Type type = new AssemblyLoadContext(Class, isCollectible: true).LoadFromStream(image).GetType("Demo." + Class)!;
        return new GoldenRun(
            (CompiledModel)type.GetMethod("Get")!.Invoke(null, null)!,
            new ParameterSet([.. parameters.Select(static p =>
                new ParameterInfo(p.Name, [.. p.Shape], Initializer.Uniform(1), decays: false))]));
    }

    public ModelSession NewSession(SessionOptions options) => new Session(this, options);

    /// <summary>Values by the names of outputs, gradients as <c>x.Gradient</c>.</summary>
    /// <param name="device">Where.</param>
    /// <param name="inputs">Inputs, and the cotangents of outputs under <c>cot.y</c>.</param>
    /// <param name="parameters">Parameters.</param>
    /// <param name="sizes">The symbolic sizes.</param>
    public Dictionary<string, double[]> Run(
        Device device, IReadOnlyDictionary<string, NdArray> inputs, IReadOnlyDictionary<string, NdArray> parameters,
        params (string Name, int Value)[] sizes)
    {
        var most = new runtime::Dsl.Sizes();
        foreach (var (name, value) in sizes)
        {
            most[name] = value;
        }

        foreach (var parameter in Parameters)
        {
            parameter.CopyFrom(Floats(parameters[parameter.Name]));
        }

        using ModelSession session = NewSession(
            new SessionOptions
            {
                Device = device, Sizes = most, Optimizer = new Sgd(0.1f), InPlaceUpdates = false,
            });
        var results = new Dictionary<string, double[]>();
        Start(session, EntryPoint.Forward, inputs, sizes);
        Read(session, EntryPoint.Forward, results, sizes);
        Start(session, EntryPoint.Train, inputs, sizes);
        for (int i = 0; i < Parameters.Count; i++)
        {
            var gradient = new float[Parameters[i].Length];
            session.ReadParameterLayout(session.GradientBase, i, gradient);
            results[Parameters[i].Name + Differentiator.GradientSuffix] = Array.ConvertAll(gradient, static v => (double)v);
        }

        if (Compiled.Sensitivity is not null)
        {
            Start(session, EntryPoint.Sensitivity, inputs, sizes);
            var sensitivities = new Dictionary<string, double[]>();
            Read(session, EntryPoint.Sensitivity, sensitivities, sizes);
            foreach (var (name, values) in sensitivities)
            {
                results[name.Replace(Differentiator.SensitivitySuffix, Differentiator.GradientSuffix, StringComparison.Ordinal)] = values;
            }
        }

        return results;
    }

    private void Start(
        ModelSession session, EntryPoint entry, IReadOnlyDictionary<string, NdArray> inputs,
        (string Name, int Value)[] sizes)
    {
        session.Engine.Fill(session.ArenaBase, session.ArenaLength, float.NaN);
        var program = session.Loaded(entry)!.Program;
        session.Begin(entry, sizes);
        for (int i = 0; i < program.Inputs.Count; i++)
        {
            string name = program.Inputs[i].Name;
            NdArray values = inputs.TryGetValue(name, out NdArray? own) ? own
                : inputs["cot." + Compiled.Forward.Outputs[0].Name];
            if (program.Inputs[i].Integers)
            {
                session.Write(i, Array.ConvertAll(values.Data, static v => (int)v));
            }
            else
            {
                session.Write(i, Floats(values));
            }
        }

        session.Run();
    }

    private static void Read(
        ModelSession session, EntryPoint entry, Dictionary<string, double[]> results, (string Name, int Value)[] sizes)
    {
        Dictionary<string, int> valueOf = sizes.ToDictionary(static s => s.Name, static s => s.Value);
        var program = session.Loaded(entry)!.Program;
        for (int i = 0; i < program.Outputs.Count; i++)
        {
            var values = new float[program.Outputs[i].Shape
                .Aggregate(1L, (n, d) => n * d.Evaluate(name => valueOf[name]))];
            session.Read(i, values);
            results[program.Outputs[i].Name] = Array.ConvertAll(values, static v => (double)v);
        }
    }

    private static float[] Floats(NdArray values) => Array.ConvertAll(values.Data, static v => (float)v);

    private sealed class Session(GoldenRun model, SessionOptions options) : ModelSession(model, options);
}
