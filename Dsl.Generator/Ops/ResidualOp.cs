using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;

namespace Dsl.Generator.Ops;

/// <summary>
/// x + f, where x may be computed from the sum: a half of a reversible block (Gomez et al. 2017, arXiv:1707.04585). No rule
/// rewrites it, so that it is found again when the backward pass is made; then it becomes an ordinary sum.
/// </summary>
/// <param name="Region">The number of the block's region.</param>
/// <param name="Half">1 for y1 = x1 + F(x2), 2 for y2 = x2 + G(y1).</param>
internal sealed record ResidualOp(int Region, int Half) : Op
{
    public override string Name => "residual";

    public override string Attributes => string.Format(CultureInfo.InvariantCulture, "region={0} half={1}", Region, Half);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        Expect.Shape(this, inputs[1], inputs[0].Shape.ToArray());
        return (inputs[0].Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => AxisReach.Same(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        new Node?[] { cotangent, cotangent };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        new(inputs[0].Data.Zip(inputs[1].Data, static (x, f) => x + f).ToArray(), inputs[0].Shape);

    public override Size Flops(Node node) => node.Length;
}
