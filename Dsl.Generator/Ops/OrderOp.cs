using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// The stable order of whole numbers along the innermost axis: element k is the index of the item that comes k-th, as a
/// float; exact up to 2²⁴. Of equal keys the one with the lower index comes first. The order of an order is its inverse: the
/// place of each item.
/// </summary>
/// <param name="Keys">Keys are 0 … Keys - 1; 0: they are a permutation of the indices, so that the result is its
/// inverse.</param>
internal sealed record OrderOp(int Keys) : Op
{
    public override string Name => "order";

    public override string Attributes =>
        Keys == 0 ? "permutation" : "keys=" + Keys.ToString(CultureInfo.InvariantCulture);

    public override Placement? Placement => new(Skeleton.Order, OperandForm.Buffer) { YieldsRows = true };

    /// <summary>Keys are made of floats; the inverse of an order is as good as the order.</summary>
    public override bool Jumps => Keys > 0;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Rank(this, inputs[0], 2);
        Expect.That(Keys is >= 0 and <= MostKeys, this, $"expects at most {MostKeys} keys, not {Keys}");
        return (inputs[0].Shape, DType.Float);
    }

    /// <summary>Counts of all keys lie in a worker's scratch.</summary>
    public const int MostKeys = 65536;

    public override AxisReach Field(Node node, int input, int axis) =>
        axis == 0 ? AxisReach.Same(axis) : AxisReach.Whole;

    /// <summary>An order has no derivative.</summary>
    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[] { null };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray keys = inputs[0];
        int length = keys.Shape[1];
        NdArray result = NdArray.Zeros(keys.Shape);
        for (int row = 0; row < keys.Shape[0]; row++)
        {
            var order = new int[length];
            for (int i = 0; i < length; i++)
            {
                order[i] = i;
            }

            int first = row * length;
            Array.Sort(order, (i, j) =>
            {
                int byKey = keys.Data[first + i].CompareTo(keys.Data[first + j]);
                return byKey != 0 ? byKey : i.CompareTo(j);
            });
            for (int k = 0; k < length; k++)
            {
                result.Data[first + k] = order[k];
            }
        }

        return result;
    }

    public override Size Flops(Node node) => node.Length;
}
