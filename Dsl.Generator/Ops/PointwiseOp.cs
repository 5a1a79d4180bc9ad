using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;

namespace Dsl.Generator.Ops;

/// <summary>A row of the pointwise table, element by element. All operands have the shape of the result.</summary>
internal sealed record PointwiseOp(string Row) : Op
{
    public override string Name => Row;

    /// <summary>What the table says of it.</summary>
    public PointwiseRow Definition => Pointwise.Row(Row);

    /// <summary>The value of a node that is a constant, or a constant broadcast to a shape; else null.</summary>
    public static double? ConstantOf(Node node) => node.Op switch
    {
        ConstantOp constant => constant.Value,
        BroadcastOp => ConstantOf(node.Inputs[0]),
        _ => null,
    };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, Definition.Arity);
        foreach (Node input in inputs)
        {
            Expect.That(
                input.SameShape(inputs[0].Shape),
                this,
                $"expects operands of one shape but gets '{inputs[0].Shape.Text()}' and '{input.Shape.Text()}'");
        }

        return (inputs[0].Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => AxisReach.Same(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        if (Definition.Derivative is not { } derivative)
        {
            return new Node?[node.Inputs.Length];
        }

        Value?[] gradients = derivative(
            node.Inputs.Map(x => new Value(graph, x)), new Value(graph, node), new Value(graph, cotangent));
        return gradients.Map(static g => g?.Node);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        PointwiseRow row = Definition;
        NdArray result = NdArray.Zeros(inputs[0].Shape);
        var operands = new double[inputs.Count];
        for (int i = 0; i < result.Data.Length; i++)
        {
            for (int k = 0; k < operands.Length; k++)
            {
                operands[k] = inputs[k].Data[i];
            }

            result.Data[i] = row.Evaluate(operands);
        }

        return result;
    }

    public override Size Flops(Node node) => node.Length;
}
