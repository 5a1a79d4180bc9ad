using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Ops;

/// <summary>An op without inputs: it has nothing to differentiate.</summary>
internal abstract record LeafOp : Op
{
    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => Array.Empty<Node?>();
}

/// <summary>A tensor of the call.</summary>
/// <param name="Tensor">The parameter of <c>Forward</c> or <c>Loss</c>.</param>
/// <param name="Dims">Its extents.</param>
/// <param name="Type">Its elements.</param>
internal sealed record InputOp(string Tensor, EquatableArray<Size> Dims, DType Type) : LeafOp
{
    /// <summary>The symbolic size that it has the lengths of, one for each sample; empty when it has none.</summary>
    public string LengthsOf { get; init; } = "";

    public override string Name => "input";

    public override string Attributes => Tensor;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        (Dims.ToImmutableArray(), Type);

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        throw new InvalidOperationException($"Input '{Tensor}' is given, not evaluated.");
}

/// <summary>A tensor that the model owns: learned, or a state that no gradient changes.</summary>
/// <param name="Parameter">The checkpoint key.</param>
/// <param name="Dims">Its extents: always constants.</param>
internal sealed record ParameterOp(string Parameter, EquatableArray<int> Dims) : LeafOp
{
    /// <summary>False for a state.</summary>
    public bool Learns { get; init; } = true;

    public override string Name => Learns ? "parameter" : "state";

    public override string Attributes => Parameter;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        (Dims.Select(static d => Size.Of(d)).ToImmutableArray(), DType.Float);

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        throw new InvalidOperationException($"Parameter '{Parameter}' is given, not evaluated.");
}

/// <summary>A scalar known at compile time.</summary>
internal sealed record ConstantOp(double Value) : LeafOp
{
    public override string Name => "constant";

    public override string Attributes => Value.ToString("R", CultureInfo.InvariantCulture);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        (ImmutableArray<Size>.Empty, DType.Float);

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        NdArray.Scalar(Value);
}

/// <summary>A scalar float that is the value of a size: the count in a mean.</summary>
internal sealed record SizeOp(Size Value) : LeafOp
{
    public override string Name => "size";

    public override IEnumerable<Size> Sizes => new[] { Value };

    public override string Attributes => Value.ToString();

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        (ImmutableArray<Size>.Empty, DType.Float);

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        NdArray.Scalar(valueOf(Value));
}

/// <summary>Ints to indicator rows: <c>[…] -> […, Classes]</c>. An int outside 0 … Classes-1 gives a row of
/// zeros.</summary>
internal sealed record OneHotOp(int Classes) : Op
{
    public override string Name => "onehot";

    public override string Attributes => Classes.ToString(CultureInfo.InvariantCulture);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 1);
        Expect.Type(this, inputs[0], DType.Int);
        Expect.That(Classes > 0, this, $"expects at least one class, not {Classes}");
        return (inputs[0].Shape.Add(Classes), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => AxisReach.Same(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[] { null };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray result = NdArray.Zeros(inputs[0].Shape.Concat(new[] { Classes }).ToArray());
        for (int i = 0; i < inputs[0].Data.Length; i++)
        {
            int label = (int)inputs[0].Data[i];
            if (label >= 0 && label < Classes)
            {
                result.Data[(i * Classes) + label] = 1;
            }
        }

        return result;
    }
}

/// <summary>Ints as floats; exact up to 2²⁴.</summary>
internal sealed record FloatsOp : Op
{
    public override string Name => "floats";

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 1);
        Expect.Type(this, inputs[0], DType.Int);
        return (inputs[0].Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => AxisReach.Same(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[] { null };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) => inputs[0];
}

/// <summary>Ints to 1 where they differ from a number, else 0: which labels count.</summary>
internal sealed record DiffersOp(int Number) : Op
{
    public override string Name => "differs";

    public override string Attributes => Number.ToString(CultureInfo.InvariantCulture);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 1);
        Expect.Type(this, inputs[0], DType.Int);
        return (inputs[0].Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => AxisReach.Same(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[] { null };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        new(inputs[0].Data.Map(x => x == Number ? 0.0 : 1), inputs[0].Shape);
}

/// <summary>The identity whose gradient is zero.</summary>
internal sealed record StopGradientOp : Op
{
    public override string Name => "stopgradient";

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 1);
        return (inputs[0].Shape, inputs[0].DType);
    }

    public override AxisReach Field(Node node, int input, int axis) => AxisReach.Same(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[] { null };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) => inputs[0];
}
