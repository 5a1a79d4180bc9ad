extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Tests.Graphs;
using IModel = runtime::Dsl.IModel;
using IntTensor = runtime::Dsl.IntTensor;
using Parameter = runtime::Dsl.Parameter;
using RandomKey = runtime::Dsl.RandomKey;
using Tensor = runtime::Dsl.Tensor;
using TrainingMode = runtime::Dsl.TrainingMode;

namespace Dsl.Generator.Tests.Chain;

/// <summary>What an entry point computes: outputs, the loss, gradients, by name.</summary>
internal sealed class CaseResult : Dictionary<string, double[]>
{
    /// <summary>The loss as a validation computes it.</summary>
    public const string Loss = "Loss";

    /// <summary>The loss as a step computes it.</summary>
    public const string Train = "Train";

    public static string Output(int index) => $"Forward[{index}]";

    /// <summary>What a step leaves of a parameter: its gradient, or the next value of a state.</summary>
    public static string After(Parameter parameter) =>
        parameter.Name + (parameter.Learns ? RegionOutputs.Gradient : RegionOutputs.Next);
}

/// <summary>Seeded inputs and parameters of one run of a case, and its results by the oracle and by eager code.</summary>
internal sealed class CaseData
{
    /// <summary>What random numbers depend on.</summary>
    public const ulong Seed = 99;

    private readonly CompiledCase _compiled;
    private readonly Dictionary<string, int> _sizes;
    private readonly Dictionary<string, int> _lengths = [];

    public CaseData(CompiledCase compiled, string run, int seed)
    {
        _compiled = compiled;
        _sizes = ChainCase.SizesOf(run);
        Model = compiled.NewModel();
        var random = new Random(seed);
        var (low, high) = (compiled.Case.Low, compiled.Case.High);
        foreach (Parameter parameter in Model.Parameters)
        {
            double scale = Math.Min(1, 1.5 / Math.Sqrt((double)parameter.Length / parameter.Shape[0]));
            NdArray values = IsFixed(parameter) ? new NdArray(
                    [.. parameter.ReadOnlyValues.ToArray().Select(static v => (double)v)], [.. parameter.Shape])
                : parameter.Learns ? Evaluation.Random(random, [.. parameter.Shape], -scale, scale)
                : Evaluation.Random(random, [.. parameter.Shape], 0.5, 1.5);
            Parameters[parameter.Name] = Rounded(values);
            parameter.CopyFrom([.. values.Data.Select(static v => (float)v)]);
        }

        int classes = Graphs.SelectMany(static g => g.Nodes).Select(static n =>
            n.Op is OneHotOp o ? o.Classes : n.Op is GatherOp ? n.Inputs[0].Shape[0].Constant
                : n.Op is MarginLossOp ? n.Inputs[1].Shape[0].Constant : int.MaxValue)
            .DefaultIfEmpty(int.MaxValue).Min();
        foreach (Node input in Graphs.SelectMany(static g => g.Inputs))
        {
            string name = ((InputOp)input.Op).Tensor;
            if (!Inputs.ContainsKey(name))
            {
                int[] shape = input.Shape.Map(d => (int)d.Evaluate(s => _sizes[s]));
                if (((InputOp)input.Op).LengthsOf is { Length: > 0 } size)
                {
                    Inputs[name] = new NdArray(
                        Evaluation.Random(random, shape, 1, _sizes[size] + 1).Data.Map(Math.Floor), shape);
                    _lengths[name] = _sizes[size];
                    continue;
                }

                Inputs[name] = input.DType == DType.Int
                    ? new NdArray(Evaluation.Random(random, shape, 0, classes).Data.Map(Math.Floor), shape)
                    : Rounded(Evaluation.Random(random, shape, low, high));
                if (Graphs.SelectMany(static g => g.Nodes).Select(static n => n.Op).OfType<DiffersOp>().FirstOrDefault() is { } differs
                    && input.DType == DType.Int)
                {
                    // Every third label is one that does not count; a single one does not, either.
                    double[] labels = Inputs[name].Data;
                    for (int i = 0; i < labels.Length; i += 3)
                    {
                        labels[i] = differs.Number;
                    }
                }
            }
        }
    }

    public IModel Model { get; }

    public Dictionary<string, NdArray> Inputs { get; } = [];

    /// <summary>Whether a step leaves it as it is made: numbers with a meaning, which random ones have not.</summary>
    private bool IsFixed(Parameter parameter) => !parameter.Learns && _compiled.Lowered.Train is { } train
        && train.Outputs.All(o => o.Name != parameter.Name + RegionOutputs.Next);

    public Dictionary<string, NdArray> Parameters { get; } = [];

    /// <summary>The gradients of the inputs; null when the case does not ask for them.</summary>
    private Graph? Sensitivity =>
        _compiled.Case.InputGradients ? Differentiator.Sensitivity(_compiled.Lowered.Forward!) : null;

    private IEnumerable<Graph> Graphs =>
        new[] { _compiled.Lowered.Forward, _compiled.Lowered.Loss, Sensitivity }.Where(static g => g is not null)!;

    /// <summary>Gives all sequences all positions: eager code knows no lengths.</summary>
    public void Fill()
    {
        foreach (var (name, positions) in _lengths)
        {
            Array.Fill(Inputs[name].Data, positions);
        }
    }

    /// <summary>In doubles, node by node.</summary>
    public CaseResult Oracle()
    {
        var result = new CaseResult();
        Graph forward = _compiled.Lowered.Forward!;
        var values = GraphInterpreter.Evaluate(forward, Inputs, Parameters, _sizes);
        for (int i = 0; i < forward.Outputs.Count; i++)
        {
            result[CaseResult.Output(i)] = values[forward.Outputs[i].Name].Data;
        }

        if (Sensitivity is { } sensitivity)
        {
            foreach (var (name, gradient) in GraphInterpreter.Evaluate(sensitivity, Inputs, Parameters, _sizes))
            {
                result[name] = gradient.Data;
            }
        }

        if (_compiled.Lowered.Loss is { } loss)
        {
            result[CaseResult.Loss] =
                GraphInterpreter.Evaluate(loss, Inputs, Parameters, _sizes)[loss.Outputs[0].Name].Data;
            RandomKey key = RandomKey.Of(Seed, 0, 0);
            Graph step = Differentiator.Differentiate(_compiled.Lowered.Train!);
            Evaluation.ShapesAreInferred(Rewriter.Simplify(step), "training");
            var training = GraphInterpreter.Evaluate(step, Inputs, Parameters, _sizes, (key.Word0, key.Word1));
            result[CaseResult.Train] = training[loss.Outputs[0].Name].Data;
            foreach (Parameter parameter in Model.Parameters)
            {
                string name = CaseResult.After(parameter);
                result[name] = training.TryGetValue(name, out NdArray? value) ? value.Data
                    : parameter.Learns ? new double[parameter.Length] : Parameters[parameter.Name].Data;
            }
        }

        return result;
    }

    /// <summary>Forward and Loss executed as they are written, in floats.</summary>
    public CaseResult Eager()
    {
        var result = new CaseResult();
        object forward = Call("Forward");
        Tensor[] outputs = forward is ITuple tuple
            ? [.. Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!)] : [(Tensor)forward];
        for (int i = 0; i < outputs.Length; i++)
        {
            result[CaseResult.Output(i)] = Doubles(outputs[i].Values);
        }

        if (_compiled.Lowered.Loss is not null)
        {
            result[CaseResult.Loss] = Doubles(((Tensor)Call("Loss")).Values);
            using (TrainingMode.Enter(Seed))
            {
                result[CaseResult.Train] = Doubles(((Tensor)Call("Loss")).Values);
            }

            foreach (Parameter state in Model.Parameters.Where(static p => !p.Learns))
            {
                result[CaseResult.After(state)] = Doubles(state.ReadOnlyValues);
            }
        }

        return result;
    }

    public static double[] Doubles(ReadOnlySpan<float> values) => values.ToArray().Map(static v => (double)v);

    public static float[] Floats(NdArray values) => values.Data.Map(static v => (float)v);

    public static int[] Ints(NdArray values) => values.Data.Map(static v => (int)v);

    private object Call(string function)
    {
        MethodInfo method = Model.GetType().GetMethod(function)!;
        object[] arguments = [.. method.GetParameters().Select(p => p.ParameterType == typeof(IntTensor)
            ? new IntTensor(Ints(Inputs[p.Name!]), Inputs[p.Name!].Shape)
            : (object)new Tensor(Floats(Inputs[p.Name!]), Inputs[p.Name!].Shape))];
        return method.Invoke(Model, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

    private static NdArray Rounded(NdArray values) => new(values.Data.Map(static v => (double)(float)v), values.Shape);
}
