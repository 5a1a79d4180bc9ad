extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Tests.Graphs;
using IModel = runtime::Dsl.IModel;
using IntTensor = runtime::Dsl.IntTensor;
using Parameter = runtime::Dsl.Parameter;
using Tensor = runtime::Dsl.Tensor;

namespace Dsl.Generator.Tests.Chain;

/// <summary>What an entry point computes: outputs, the loss, gradients, by name.</summary>
internal sealed class CaseResult : Dictionary<string, double[]>
{
    public const string Loss = "Loss";

    public static string Output(int index) => $"Forward[{index}]";
}

/// <summary>Seeded inputs and parameters of one run of a case, and its results by the oracle and by eager code.</summary>
internal sealed class CaseData
{
    private readonly CompiledCase _compiled;
    private readonly Dictionary<string, int> _sizes;

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
            NdArray values = Evaluation.Random(random, [.. parameter.Shape], -scale, scale);
            Parameters[parameter.Name] = Rounded(values);
            parameter.CopyFrom([.. values.Data.Select(static v => (float)v)]);
        }

        int classes = Graphs.SelectMany(static g => g.Nodes).Select(static n => n.Op is OneHotOp o ? o.Classes : int.MaxValue)
            .DefaultIfEmpty(int.MaxValue).Min();
        foreach (Node input in Graphs.SelectMany(static g => g.Inputs))
        {
            string name = ((InputOp)input.Op).Tensor;
            if (!Inputs.ContainsKey(name))
            {
                int[] shape = input.Shape.Map(d => (int)d.Evaluate(s => _sizes[s]));
                Inputs[name] = input.DType == DType.Int
                    ? new NdArray(Evaluation.Random(random, shape, 0, classes).Data.Map(Math.Floor), shape)
                    : Rounded(Evaluation.Random(random, shape, low, high));
            }
        }
    }

    public IModel Model { get; }

    public Dictionary<string, NdArray> Inputs { get; } = [];

    public Dictionary<string, NdArray> Parameters { get; } = [];

    /// <summary>The gradients of the inputs; null when the case does not ask for them.</summary>
    private Graph? Sensitivity =>
        _compiled.Case.InputGradients ? Differentiator.Sensitivity(_compiled.Lowered.Forward!) : null;

    private IEnumerable<Graph> Graphs =>
        new[] { _compiled.Lowered.Forward, _compiled.Lowered.Loss, Sensitivity }.Where(static g => g is not null)!;

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
            var training = GraphInterpreter.Evaluate(Differentiator.Differentiate(loss), Inputs, Parameters, _sizes);
            result[CaseResult.Loss] = training[loss.Outputs[0].Name].Data;
            foreach (string parameter in Parameters.Keys)
            {
                string name = parameter + Differentiator.GradientSuffix;
                result[name] = training.TryGetValue(name, out NdArray? gradient)
                    ? gradient.Data : new double[Parameters[parameter].Data.Length];
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
