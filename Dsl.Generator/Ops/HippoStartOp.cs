using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// The gradient of a <see cref="HippoScanOp"/> by the memories it begins with: of coefficients' gradients [b, n, c·N]
/// what the transposed map has left before the first position, [b, c, N], scaled [b, c, N + 1] with a 0 behind each. A
/// second operand is the transition, scaled what memories begin with, of which the numbers of positions count. A third,
/// floats [b, n], is 0 where memories begin anew, else 1; these two have no gradient.
/// </summary>
/// <param name="Order">N.</param>
/// <param name="Scaled">Whether it is HiPPO-LegS.</param>
internal sealed record HippoStartOp(int Order, bool Scaled) : Op
{
    public override string Name => "hippostart";

    public override string Attributes => $"{Order}" + (Scaled ? " scaled" : "");

    public override Placement? Placement => new(Skeleton.HippoScan, OperandForm.Strided) { YieldsRows = true };

    private HippoScanOp Back => new(Order, Scaled, Transposed: true, Starts: Scaled);

    private int Width => Scaled ? Order + 1 : Order;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Size channels = HippoScanOp.Infer(this, Order, Scaled, transposed: true, starts: Scaled, inputs).Shape[2];
        return (ImmutableArray.Create(inputs[0].Shape[0], channels, Width), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => Back.Field(node, input, axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        // Nothing comes in but the coefficients.
        var gradients = new Node?[node.Inputs.Length];
        Size[] values = { node.Shape[0], node.Inputs[0].Shape[1], node.Shape[1] };
        Node start = !Scaled ? cotangent : graph.Concat(
            2, graph.Slice(cotangent, 2, 0, Order), graph.Slice(node.Inputs[1], 2, Order, 1));
        var operands = new List<Node> { graph.Fill(0, values) };
        operands.AddRange(Scaled ? new[] { start } : new[] { node.Inputs[1], start });
        operands.AddRange(node.Inputs.Skip(2));
        gradients[0] = graph.Add(new HippoScanOp(Order, Scaled, Starts: true), operands.ToArray());
        return gradients;
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray result = NdArray.Zeros(node.Shape.Map(valueOf));
        NdArray values = NdArray.Zeros(new[] { result.Shape[0], inputs[0].Shape[1], result.Shape[1] });
        Back.Walk(inputs, values, (row, last) => Array.Copy(last, 0, result.Data, row * Width, Order));
        return result;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length * (Scaled ? 8 : 2 * Order);
}
