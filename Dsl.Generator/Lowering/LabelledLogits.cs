using System;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>Logits and their labels, as losses see them: which axis has the classes, which labels count.</summary>
internal sealed class LabelledLogits
{
    /// <summary>What <c>ignore</c> is when every label counts; equal to the runtime's <c>Functions.NoLabel</c>.</summary>
    private const int NoLabel = int.MinValue;

    private readonly Graph _graph;
    private readonly Node _hot;

    /// <summary>The number of labels that count as a divisor, so 1 when none does; null when all do.</summary>
    private readonly Node? _count;

    /// <summary>Classes are the last axis; where only axis 1 fits the labels (images of logits, [b, classes, h, w]),
    /// that.</summary>
    public LabelledLogits(FunctionContext c, string labelsName, int ignorePosition)
    {
        _graph = c.Graph;
        Logits = c.Tensor("logits", 0);
        Node labels = c.Ints(labelsName, 1);
        Axis = ClassAxis(Logits, labels);
        if (Axis < 0 || !Logits.Shape[Axis].IsConstant)
        {
            string expected = Logits.Rank == 0
                ? "logits of rank 1 or more"
                : $"labels '{Logits.Shape.RemoveAt(Logits.Rank - 1).Text()}'";
            throw c.Mismatch(labelsName, 1, expected, "give one label per position, and a constant number of classes")
                .Offer(c.FlattenBefore("logits", 0, labels.Rank + 1))
                .Offer(Logits.Rank > 1
                    ? c.Make(labelsName, 1, Logits.Shape.RemoveAt(Logits.Rank - 1))
                    : Array.Empty<Remedy>());
        }

        int ignore = c.Int("ignore", ignorePosition, NoLabel, NoLabel);
        if (ignore != NoLabel)
        {
            // Before anything that depends on logits: the gradient needs the count in the kernel that sums exponentials.
            Counted = _graph.Add(new DiffersOp(ignore), labels);
            _count = Divisor(_graph.SumAll(Counted));
        }

        _hot = _graph.Add(new OneHotOp(Classes), labels);
        if (Axis != Logits.Rank - 1)
        {
            // The classes of the indicator come last; they go where the logits have them.
            var order = Enumerable.Range(0, Logits.Rank - 1).ToList();
            order.Insert(Axis, Logits.Rank - 1);
            _hot = _graph.Transpose(_hot, order.ToArray());
        }

        Logits = LogSoftmax.Shifted(_graph, Logits, Axis);
    }

    /// <summary>Measured from the largest of each label.</summary>
    public Node Logits { get; }

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; }

    public int Classes => Logits.Shape[Axis].Constant;

    /// <summary>Per label 1 when it counts, else 0; null when all do.</summary>
    public Node? Counted { get; }

    /// <summary>Of a tensor like the logits the element of each label; 0 where the label is no class.</summary>
    public Node Chosen(Node values) => _graph.Sum(_graph.Pointwise("select", _hot, values, _graph.Constant(0)), Axis);

    /// <summary>A vector of classes, seen for every position.</summary>
    public Node Spread(Node classes) => _graph.Broadcast(classes, Logits.Shape, new[] { Axis });

    /// <summary>log Σ exp of the logits per label.</summary>
    public Node LogSumExp() => _graph.Add(new LogSumExpOp(Axis), Logits);

    /// <summary>Per label its value where it counts, else 0.</summary>
    public Node WhereCounted(Node values) =>
        Counted is null ? values : _graph.Pointwise("select", Counted, values, _graph.Constant(0));

    /// <summary>The mean over the labels that count; 0 when none does.</summary>
    public Node Mean(Node values) => _count is null
        ? _graph.Mean(values, Enumerable.Range(0, values.Rank).ToArray())
        : _graph.Pointwise("div", _graph.SumAll(WhereCounted(values)), _count);

    /// <summary>How many labels count.</summary>
    public Node Count() => Counted is null
        ? _graph.SizeValue(Logits.Shape.RemoveAt(Axis).Product())
        : _graph.SumAll(Counted);

    /// <summary>A sum as a divisor: 1 instead of 0, so that nothing over nothing is 0, and its gradient, too.</summary>
    public Node Divisor(Node sum) => _graph.Pointwise(
        "select", _graph.Pointwise("less", _graph.Constant(0), sum), sum, _graph.Constant(1));

    private static int ClassAxis(Node logits, Node labels)
    {
        foreach (int axis in new[] { logits.Rank - 1, 1 })
        {
            if (axis >= 0 && axis < logits.Rank && labels.SameShape(logits.Shape.RemoveAt(axis)))
            {
                return axis;
            }
        }

        return -1;
    }
}
