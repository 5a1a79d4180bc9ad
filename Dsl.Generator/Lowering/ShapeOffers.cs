using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>
/// Changes of the source after which a shape is another one: another size in the attribute of the layer that made it,
/// another
/// <c>[Shape]</c> on the input it comes from, a <c>Flatten</c> more or less.
/// </summary>
internal sealed class ShapeOffers
{
    /// <summary>The argument of a kind of layer that is an extent of its result, and which; negative from the
    /// end.</summary>
    private static readonly Dictionary<string, (string Argument, int Axis)> s_extents = new(StringComparer.Ordinal)
    {
        ["Perceptron"] = ("units", -1),
        ["Conv"] = ("channels", 1),
    };

    private readonly LayerBook _layers;
    private readonly FunctionSpec _function;
    private readonly StepSpec?[] _stepOf;

    /// <param name="layers">The layers that the function calls.</param>
    /// <param name="function">The function whose shapes do not fit.</param>
    public ShapeOffers(LayerBook layers, FunctionSpec function)
    {
        _layers = layers;
        _function = function;
        _stepOf = function.Inputs.Select(static _ => (StepSpec?)null)
            .Concat(function.Steps.SelectMany(static s => Enumerable.Repeat(s, s.Values))).ToArray();
    }

    /// <summary><c>Shape("b", 10)</c>.</summary>
    public static string Attribute(IEnumerable<string> dims) => $"Shape({string.Join(", ", dims.Select(Argument))})";

    /// <summary>Gives an operand another shape; nothing when it is not clear how.</summary>
    public IEnumerable<Remedy> Make(OperandSpec operand, IReadOnlyList<Size> actual, IReadOnlyList<Size> wanted)
    {
        if (operand.Value < 0)
        {
            return Enumerable.Empty<Remedy>();
        }

        StepSpec? step = StepOf(Origin(operand.Value));
        Remedy? remedy = step is null ? Input(operand.Value, wanted) : Resize(step, actual, wanted);
        return remedy is null ? Enumerable.Empty<Remedy>() : new[] { remedy };
    }

    /// <summary>Another size of the layer that made the result of the function.</summary>
    public IEnumerable<Remedy> MakeResult(IReadOnlyList<Size> actual, IReadOnlyList<Size> wanted) =>
        Make(new OperandSpec("", _function.Results[0].Value, ""), actual, wanted);

    /// <summary>Flattens what the last layer, a perceptron, is applied to, when it has more axes than the result should
    /// have. A perceptron takes images: that this was not meant shows only behind it.</summary>
    public Remedy? FlattenBefore(int value, int wantedRank, Func<int, Node> values)
    {
        StepSpec? step = StepOf(Origin(value));
        return step is { Kind: StepKind.Layer } && KindOf(step) == "Perceptron" && wantedRank == 2
            && StepOf(step.Operands[0].Value) is { } before && values(step.Operands[0].Value).Rank > 2
            ? new Remedy(RemedyVerbs.Wrap, before.Site, "Flatten")
            : null;
    }

    /// <summary>Makes an operand an image: without the <c>Flatten</c> that made it none, or with an input's rows and
    /// columns written out.</summary>
    public Remedy? Image(OperandSpec operand, Func<int, Node> values)
    {
        if (operand.Value < 0)
        {
            return null;
        }

        if (StepOf(operand.Value) is { } step)
        {
            return step is { Kind: StepKind.Function, Target: "Flatten" } && values(step.Operands[0].Value).Rank == 4
                ? new Remedy(RemedyVerbs.Unwrap, step.Site, "")
                : null;
        }

        var shape = values(operand.Value).Shape;
        if (shape.Length == 3)
        {
            return Input(operand.Value, new[] { shape[0], Size.One, shape[1], shape[2] });
        }

        if (shape.Length != 2 || !shape[1].IsConstant)
        {
            return null;
        }

        foreach (int channels in new[] { 1, 3 })
        {
            int side = (int)Math.Round(Math.Sqrt((double)shape[1].Constant / channels));
            if (side * side * channels == shape[1].Constant)
            {
                return Input(operand.Value, new[] { shape[0], Size.Of(channels), Size.Of(side), Size.Of(side) });
            }
        }

        return null;
    }

    /// <summary>After a mix of ints and floats: the arguments the other way round when that fits, else another type for
    /// the input that a step was given.</summary>
    public Remedy? Type(StepSpec step, Problem problem, Func<int, Node> values)
    {
        if (problem.Id != ProblemIds.ElementTypeMismatch || problem.Site != step.Site)
        {
            return null;
        }

        if (step is { Kind: StepKind.Function, Target: "CrossEntropy" }
            && step.Operands.Count >= 2 && step.Operands.Take(2).All(static o => o.Value >= 0)
            && values(step.Operands[0].Value).DType == DType.Int && values(step.Operands[1].Value).DType == DType.Float)
        {
            return problem.Remedies.Count == 0 ? new Remedy(RemedyVerbs.SwapArguments, step.Site, "") : null;
        }

        OperandSpec? operand = step.Operands.FirstOrDefault(o => o.Name == problem.Arguments[1])
            ?? (step.Operands.Count > 0 ? step.Operands[0] : null);
        bool isDeclared = step.Kind == StepKind.Layer
            && _layers.Layer(step.Target)?.Inputs.Any(static i => i.Integers) == true;
        return problem.Remedies.Count == 0 && !isDeclared && _layers.Block is null
            && operand is { Value: >= 0 } && operand.Value < _function.Inputs.Count && Uses(operand.Value) == 1
            ? new Remedy(RemedyVerbs.SetType, _function.Inputs[operand.Value].Site, problem.Arguments[2])
            : null;
    }

    private static string Argument(string dim) =>
        int.TryParse(dim, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? dim : $"\"{dim}\"";

    private StepSpec? StepOf(int value) => _stepOf[value];

    /// <summary>The value that has the same shape because everything after it works on elements.</summary>
    private int Origin(int value)
    {
        while (StepOf(value) is { } step
            && (step.Kind == StepKind.Map || (step.Kind == StepKind.Function
                && (FunctionTable.Find(step) is null || step.Target is "Softmax" or "LogSoftmax")))
            && step.Operands.Count(static o => o.Value >= 0) == 1)
        {
            value = step.Operands.First(static o => o.Value >= 0).Value;
        }

        return value;
    }

    private string? KindOf(StepSpec step) => _layers.Layer(step.Target)?.Kind;

    private Remedy? Resize(StepSpec step, IReadOnlyList<Size> actual, IReadOnlyList<Size> wanted)
    {
        LayerSpec? layer = step.Kind == StepKind.Layer ? _layers.Layer(step.Target) : null;
        if (layer is null || !s_extents.TryGetValue(layer.Kind, out var extent) || actual.Count != wanted.Count
            || _function.Steps.Count(s => s.Kind == StepKind.Layer && s.Target == layer.Name) != 1)
        {
            return null;
        }

        int axis = extent.Axis < 0 ? actual.Count + extent.Axis : extent.Axis;
        bool isOnlyOne = Enumerable.Range(0, actual.Count).All(i => i == axis || actual[i].Equals(wanted[i]));
        return isOnlyOne && axis < wanted.Count && wanted[axis] is { IsConstant: true, Constant: > 0 } size
            && layer.Arguments.FirstOrDefault(a => a.Name == extent.Argument) is { } argument
            && (_layers.Block is null || int.TryParse(argument.Value, out _))
            ? new Remedy(RemedyVerbs.Replace, argument.Site, size.ToString())
            : null;
    }

    /// <summary>An input that is used once: elsewhere its shape may be right. What a block is given it does not
    /// choose.</summary>
    private Remedy? Input(int value, IReadOnlyList<Size> wanted) =>
        wanted.Count > 0 && Uses(value) == 1 && _layers.Block is null
        ? new Remedy(
            RemedyVerbs.SetAttribute, _function.Inputs[value].Site, Attribute(wanted.Select(static d => d.ToString())))
        : null;

    private int Uses(int value) => _function.Steps.Sum(s => s.Operands.Count(o => o.Value == value));
}
