using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>Rows of a matrix by number: [rows, width] and ints […] to […, width].</summary>
internal sealed record GatherOp : Op
{
    public override string Name => "gather";

    /// <summary>A kernel of its own, whose epilogue is what follows; its body reads the row.</summary>
    public override Placement? Placement => new(Skeleton.Map, OperandForm.Buffer);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 2);
        Expect.Type(this, inputs[0], DType.Float);
        Expect.Type(this, inputs[1], DType.Int);
        Expect.Rank(this, inputs[0], 2);
        Expect.That(
            inputs[0].Shape[0].IsConstant, this, $"expects a constant number of rows, not '{inputs[0].Shape[0]}'");
        return (inputs[1].Shape.Add(inputs[0].Shape[1]), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        input > 0 ? AxisReach.Same(axis) : axis == 1 ? AxisReach.Same(node.Rank - 1) : AxisReach.Whole;

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node matrix = node.Inputs[0];
        Node rows = graph.Reshape(cotangent, new[] { node.Inputs[1].Length, matrix.Shape[1] });
        return new Node?[] { graph.Add(new ScatterRowsOp(matrix.Shape[0].Constant), rows, node.Inputs[1]), null };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        int width = inputs[0].Shape[1];
        NdArray result = NdArray.Zeros(inputs[1].Shape.Concat(new[] { width }).ToArray());
        for (int i = 0; i < result.Data.Length; i++)
        {
            result.Data[i] = inputs[0].Data[((int)inputs[1].Data[i / width] * width) + (i % width)];
        }

        return result;
    }
}

/// <summary>
/// The gradient of <see cref="GatherOp"/>: row r of the result is the sum, in order, of the rows of [positions, width]
/// whose int is r.
/// </summary>
internal sealed record ScatterRowsOp(int Rows) : Op
{
    public override string Name => "scatterrows";

    public override string Attributes => Rows.ToString(CultureInfo.InvariantCulture);

    public override Placement? Placement => new(Skeleton.ScatterRows, OperandForm.Buffer);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 2);
        Expect.Type(this, inputs[0], DType.Float);
        Expect.Type(this, inputs[1], DType.Int);
        Expect.Rank(this, inputs[0], 2);
        Expect.That(
            inputs[1].Length.Equals(inputs[0].Shape[0]),
            this,
            $"expects an int for each row but gets '{inputs[0].Shape.Text()}' and '{inputs[1].Shape.Text()}'");
        return (GraphLists.Dims(Rows, inputs[0].Shape[1]), DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[]
    {
        graph.Reshape(graph.Add(new GatherOp(), cotangent, node.Inputs[1]), node.Inputs[0].Shape), null,
    };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        int width = inputs[0].Shape[1];
        NdArray result = NdArray.Zeros(Rows, width);
        for (int i = 0; i < inputs[0].Data.Length; i++)
        {
            result.Data[((int)inputs[1].Data[i / width] * width) + (i % width)] += inputs[0].Data[i];
        }

        return result;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length;
}
