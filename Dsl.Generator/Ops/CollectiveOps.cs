using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>What the ranks of a training do together. In doubles all ranks are taken to have the same values, and this is the
/// first.</summary>
/// <param name="Kind">What.</param>
/// <param name="Ranks">How many ranks there are.</param>
internal sealed record CollectiveOp(CollectiveKind Kind, int Ranks) : Op
{
    /// <summary>Of own labels the classes of each rank.</summary>
    public int Classes { get; init; }

    public override string Name => Kind switch
    {
        CollectiveKind.Gather => "allgather",
        CollectiveKind.Scatter => "reducescatter",
        CollectiveKind.OwnLabels => "ownlabels",
        _ => "alllogsum",
    };

    public override string Attributes => "ranks=" + Ranks.ToString(CultureInfo.InvariantCulture)
        + (Classes > 0 ? " classes=" + Classes.ToString(CultureInfo.InvariantCulture) : "");

    public override Placement? Placement => new(Skeleton.Collective, OperandForm.Buffer) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 1);
        Node x = inputs[0];
        Expect.That(x.Rank > 0 && Ranks > 0, this, "expects samples and ranks");
        if (Kind != CollectiveKind.Gather)
        {
            Expect.Type(this, x, Kind == CollectiveKind.OwnLabels ? DType.Int : DType.Float);
        }

        Size samples = Kind switch
        {
            CollectiveKind.Gather => x.Shape[0] * Ranks,
            CollectiveKind.Scatter => x.Shape[0] / Ranks,
            _ => x.Shape[0],
        };
        Expect.That(
            Kind != CollectiveKind.Scatter || (samples * Ranks).Equals(x.Shape[0]), this,
            $"expects as many samples for each of {Ranks} ranks, not {x.Shape[0]} in all");
        return (x.Shape.SetItem(0, samples), x.DType);
    }

    public override AxisReach Field(Node node, int input, int axis) => axis == 0 ? AxisReach.Whole : AxisReach.Same(axis);

    /// <summary>Sums over classes have their gradients in <see cref="ShardedLossOp"/>.</summary>
    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new[]
    {
        Kind switch
        {
            CollectiveKind.Gather when node.DType == DType.Float =>
                graph.Add(new CollectiveOp(CollectiveKind.Scatter, Ranks), cotangent),
            CollectiveKind.Scatter => graph.Add(new CollectiveOp(CollectiveKind.Gather, Ranks), cotangent),
            _ => null,
        },
    };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray x = inputs[0];
        int[] shape = x.Shape.ToArray();
        switch (Kind)
        {
            case CollectiveKind.Gather:
                shape[0] *= Ranks;
                return new NdArray(Enumerable.Range(0, Ranks).SelectMany(_ => x.Data).ToArray(), shape);
            case CollectiveKind.Scatter:
                shape[0] /= Ranks;
                return new NdArray(x.Data.Take(x.Data.Length / Ranks).Select(v => Ranks * v).ToArray(), shape);
            case CollectiveKind.OwnLabels:
                return new NdArray(x.Data.Select(label => label >= 0 && label < Classes ? label : -1).ToArray(), shape);
            default:
                return new NdArray(x.Data.Select(sum => sum + Math.Log(Ranks)).ToArray(), shape);
        }
    }
}

/// <summary>
/// Cross-entropies over the classes of all ranks: of the logarithms of the sums over all classes; of losses and logarithms of sums
/// over those of this rank; then of the operands of <see cref="MarginLossOp"/>, which have the gradients. With the sums of all
/// classes a rank's own walk finds its part of them.
/// </summary>
internal sealed record ShardedLossOp(MarginRule Rule, int Ranks) : Op
{
    /// <summary>Operands before those of the margin loss.</summary>
    public const int Leading = 3;

    public override string Name => "shardedloss";

    public override string Attributes => $"ranks={Ranks.ToString(CultureInfo.InvariantCulture)} {Rule}";

    public override Placement? Placement => new(Skeleton.Collective, OperandForm.Buffer) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Node[] operands = inputs.Skip(Leading).ToArray();
        Rule.Check(this, operands);
        foreach (Node input in inputs.Take(Leading))
        {
            Expect.Type(this, input, DType.Float);
            Expect.Shape(this, input, operands[2].Shape.ToArray());
        }

        return (operands[2].Shape, DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[Leading]
        .Concat(MarginPass.Gradients(graph, Rule, cotangent, node.Inputs[0], node.Inputs.Skip(Leading).ToArray())).ToArray();

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) => new(
        inputs[0].Data.Select((sum, i) => sum - (Ranks * (inputs[2].Data[i] - inputs[1].Data[i]))).ToArray(), inputs[0].Shape);
}
