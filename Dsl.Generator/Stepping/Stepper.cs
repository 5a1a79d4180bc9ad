using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;
using Dsl.Kernels;

namespace Dsl.Generator.Stepping;

/// <summary>
/// The second mode of a causal model: from the graph that computes all positions at once one that takes the next position and
/// remembers what it needs of earlier ones. Every extent n becomes 1; ops that mix positions become ops with a memory; what
/// counts positions counts from the ones before. What looks ahead is refused.
/// </summary>
internal sealed class Stepper
{
    private readonly Graph _graph = new();
    private readonly Dictionary<Node, Node> _steps = new();
    private readonly Dictionary<(Node, Size), Node> _whole = new();
    private readonly Dictionary<Node, Node> _before = new();
    private readonly string _positions;
    private readonly Size _capacity;
    private readonly Size _seen;

    private Stepper(string positions, string seen)
    {
        _positions = positions;
        _capacity = Size.Symbol(positions);
        _seen = Size.Symbol(seen);
    }

    /// <summary>How many positions there are, this one included: a symbol of the program.</summary>
    public const string Seen = "seen";

    /// <summary>The graph of one position.</summary>
    /// <param name="forward">The graph of all; simplified.</param>
    /// <param name="positions">The symbol that counts positions; afterwards the number that a session has room for.</param>
    /// <exception cref="UnsupportedException">Something looks ahead, or has no recurrent form yet.</exception>
    public static Graph Step(Graph forward, string positions)
    {
        var stepper = new Stepper(positions, Seen);
        HashSet<Node> needed = Needed(forward);

        // A step has all inputs, and in their order: a caller counts them.
        needed.UnionWith(forward.Inputs);
        foreach (Node node in forward.Nodes.Where(needed.Contains))
        {
            Node step = stepper.Of(node);
            if (node.Label.Length > 0)
            {
                Graph.Name(step, node.Label);
            }

            stepper._steps[node] = step;
        }

        foreach (GraphOutput output in forward.Outputs)
        {
            stepper._graph.Output(output.Name, stepper._steps[output.Node]);
        }

        return stepper._graph.Pruned();
    }

    /// <summary>What the outputs are made of, but for biases of attention: these are by distance, not by position.</summary>
    private static HashSet<Node> Needed(Graph forward)
    {
        var needed = new HashSet<Node>(forward.Outputs.Select(static o => o.Node));
        foreach (Node node in forward.Nodes.Reverse().Where(needed.Contains))
        {
            needed.UnionWith(Steps(node));
        }

        return needed;
    }

    /// <summary>The operands that a step has as they are at its position.</summary>
    private static IEnumerable<Node> Steps(Node node) => node.Op switch
    {
        AttendOp { Rule.Bias: AttentionBias.Relative } => node.Inputs.Where(static (_, i) => i != 3),
        _ => node.Inputs,
    };

    private Node Of(Node node)
    {
        Node[] inputs = Steps(node).Select(i => _steps[i]).ToArray();
        switch (node.Op)
        {
            case AttendOp attend:
                return Attend(node, attend.Rule, inputs);
            case OuterScanOp scan:
                return Products(node, scan, inputs);
            case DecayScanOp { Reverse: false } scan:
                return _graph.Add(new DecayedSoFarOp(scan.Decay, scan.Exclusive), inputs);
            case DecayScanOp:
                throw Ahead(node, "a scan from the end has no recurrent form");
            case DiagonalScanOp { Reverse: false }:
                return _graph.Add(new DiagonalSoFarOp(), inputs);
            case SelectiveScanOp:
                return _graph.Add(new SelectiveSoFarOp(), inputs);
            case LinearScanOp { Adjoint: false } scan when IsPositions(node, 1):
                return _graph.Add(new LinearSoFarOp(scan.Complex), inputs);
            case DeltaScanOp:
                return _graph.Add(new DeltaSoFarOp(), inputs);
            case HippoScanOp { Starts: true } or HippoStartOp:
                throw Ahead(node, "memories that come from outside have no recurrent form");
            case HippoScanOp memory:
                return _graph.Add(new HippoSoFarOp(memory.Order, memory.Scaled), inputs);
            case DiagonalScanOp:
                throw Ahead(node, "a scan from the end has no recurrent form");
            case LowRankScanOp { Reverse: false }:
                return _graph.Add(new LowRankSoFarOp(), inputs);
            case LowRankScanOp:
                throw Ahead(node, "a scan from the end has no recurrent form");
            case DiagonalFinalStateOp or DiagonalZeroInputOp or LowRankFinalStateOp or LowRankZeroInputOp:
                throw Ahead(node, "states that come from outside or go there have no recurrent form");
            case LongConvolutionOp:
                throw Ahead(node, "a convolution as long as the sequence has no recurrent form of constant size");
            case CumSumOp { Largest: true } largest when IsPositions(node, largest.Axis):
                return _graph.Add(new LargestSoFarOp(), inputs);
            case CumSumOp sum when IsPositions(node, sum.Axis):
                return sum is { Exclusive: false, Reverse: false } ? _graph.Add(new SumSoFarOp(), inputs)
                    : throw Ahead(node, "a running sum from the end has no recurrent form");
            case SliceOp slice when IsPositions(node.Inputs[0], slice.Axis):
                return Slice(node, slice, inputs);
            case ConcatOp join when node.Inputs.Any(i => IsPositions(i, join.Axis)):
                // Seen only through a slice, which knows what it means.
                return _steps[node.Inputs.Last()];
            case ReduceOp reduce when reduce.Axes.Any(a => IsPositions(node.Inputs[0], a)):
            case MomentsOp moments when moments.Axes.Any(a => IsPositions(node.Inputs[0], a)):
            case LogSumExpOp total when IsPositions(node.Inputs[0], total.Axis):
                throw Ahead(node, "it reduces all positions to one value");
            case ContractOp contract when SumsPositions(node, contract):
                throw Ahead(node, "it sums over all positions");
            case WindowOp or FoldOp or MaxPoolOp or AveragePoolOp or ResampleOp or ConvolveOp or LocalConvolveOp:
                throw Ahead(node, "windows over positions have no recurrent form yet");
            case OrderOp or ChunkRowsOp or UnchunkRowsOp or CollectiveOp:
                throw Ahead(node, "one more position may change the order of all");
            case SizeOp size when Depends(size.Value):
                throw Ahead(node, "the length of the whole sequence is not known yet");
            case IotaOp iota when IsPositions(node, iota.Axis):
                return _graph.Pointwise("add", _graph.Add(iota with { Dims = One(iota.Dims) }), _graph.SizeValue(_seen - 1));
            case AngleOp angle when IsPositions(node, 0):
                return _graph.Add(angle with { Dims = One(angle.Dims), Earlier = _seen - 1 });
            default:
                return _graph.Add(One(node.Op), inputs);
        }
    }

    /// <summary>Keys and values so far take the place of the sequence's: all of them, those of the chunk, or a ring with those of
    /// the window.</summary>
    private Node Attend(Node node, AttentionRule rule, Node[] inputs)
    {
        if (!rule.Causal || rule.Bias == AttentionBias.Dense || (rule.Pattern.IsSparse && rule.Chunk > 0))
        {
            throw Ahead(node, "only causal attention without biases by position has a recurrent form");
        }

        bool isRing = rule.Window > 0 && rule.Chunk == 0 && !rule.Pattern.IsSparse;
        Size capacity = isRing ? rule.Window : rule.Chunk > 0 ? rule.Chunk : _capacity;

        // Of a chunk its own positions are there; row 0 is its first one. Of a ring, rows behind the present one are of the turn
        // before, and in the first turn a causal query does not see them.
        Size there = isRing ? capacity : rule.Chunk > 0 ? Remainder(_seen - 1, rule.Chunk) + 1 : _seen;
        Node Rows(Node x) => _graph.Slice(_graph.Add(new RowsSoFarOp(capacity), x), 1, Size.Zero, there);
        var operands = new List<Node> { inputs[0], Rows(inputs[1]), Rows(inputs[2]) };
        if (rule.Bias == AttentionBias.Relative)
        {
            operands.Add(isRing ? RingBias(node.Inputs[3], rule.Window) : Bias(node.Inputs[3], rule.Chunk, there));
        }

        if (rule.Segments)
        {
            operands.Add(Rows(inputs.Last()));
        }

        bool isPlain = rule is { Window: 0, Segments: false, Pattern.IsSparse: false };
        return _graph.Add(
            new AttendOp(rule with
            {
                Causal = isRing, Chunk = 0, Window = isRing ? 0 : rule.Window,
                Position = isRing ? _seen - 1 : isPlain ? Size.Zero : there - 1,
            }),
            operands.ToArray());
    }

    /// <summary>The bias of each row so far: of as many positions as there are it is the first half, element j of key j.</summary>
    private Node Bias(Node bias, int chunk, Size there)
    {
        Node all = Whole(bias, there);
        return _graph.Slice(all, all.Rank - 1, chunk > 0 ? chunk - there : Size.Zero, there);
    }

    /// <summary>The bias of each row of a ring: distances 0 … window - 1, which turn with it.</summary>
    private Node RingBias(Node bias, int window)
    {
        // By distance, so that it does not matter how many positions there are: of window positions, the distance falls from
        // window - 1 at the first element. Twice in a row they have every turn of the ring.
        Node all = Whole(bias, window);
        int axis = all.Rank - 1;
        Node turn = _graph.Slice(all, axis, Size.Zero, window);
        Node turns = window == 1 ? turn : _graph.Concat(axis, turn, _graph.Slice(all, axis, Size.Zero, window - 1));
        return _graph.Slice(turns, axis, window - 1 - Remainder(_seen - 1, window), window);
    }

    private static Size Remainder(Size x, int divisor) => x - (x / divisor * divisor);

    private Node Products(Node node, OuterScanOp scan, Node[] inputs)
    {
        if (scan.Reverse || scan.Intra == Intra.Exclusive)
        {
            throw Ahead(node, "only a scan from the beginning that includes its own position has a recurrent form");
        }

        Node Row(Node x) => _graph.Reshape(x, new[] { x.Shape[0], x.Shape[2] * x.Shape[3] });
        int heads = inputs[0].Shape[2].Constant;
        var op = new ProductsSoFarOp(heads, scan.Intra == Intra.PreviousChunks ? scan.Chunk : 0);
        return _graph.Reshape(_graph.Add(op, inputs.Map(Row)), inputs[2].Shape);
    }

    /// <summary>As many positions as there are, behind rows of zeros: what was there so many positions before.</summary>
    private Node Slice(Node node, SliceOp slice, Node[] inputs)
    {
        Node source = node.Inputs[0];
        bool isShift = slice.Start.IsConstant && slice.Extent.Equals(_capacity) && source.Op is ConcatOp join
            && join.Axis == slice.Axis && source.Inputs.Length == 2 && source.Inputs[0].Shape[slice.Axis].IsConstant
            && source.Inputs[1].Shape[slice.Axis].Equals(_capacity) && Views.IsNumber(source.Inputs[0])
            && PointwiseOp.ConstantOf(source.Inputs[0]) is 0;
        if (!isShift)
        {
            throw Ahead(node, "a part of the positions has no recurrent form");
        }

        Node earlier = inputs[0];
        for (int i = slice.Start.Constant; i < source.Inputs[0].Shape[slice.Axis].Constant; i++)
        {
            // What is remembered once serves all that look as far back.
            earlier = _before.TryGetValue(earlier, out Node? known) ? known
                : _before[earlier] = _graph.Add(new BeforeOp(), earlier);
        }

        return earlier;
    }

    /// <summary>A node as it is where there are so many positions: of what depends on no input.</summary>
    private Node Whole(Node node, Size positions)
    {
        if (node.Op is InputOp)
        {
            throw Ahead(node, "a bias of attention that depends on inputs has no recurrent form");
        }

        if (!_whole.TryGetValue((node, positions), out Node? copy))
        {
            Op op = node.Op is BucketOp bucket
                ? new BucketOp(Of(bucket.Keys, positions), bucket.Buckets)
                : Of(node.Op, positions);
            _whole[(node, positions)] = copy = _graph.Add(op, node.Inputs.Map(i => Whole(i, positions)));
        }

        return copy;
    }

    private Op One(Op op) => Of(op, Size.One);

    private EquatableArray<Size> One(EquatableArray<Size> dims) => Of(dims, Size.One);

    /// <summary>The op of so many positions.</summary>
    private Op Of(Op op, Size positions) => op switch
    {
        InputOp input => input with { Dims = Of(input.Dims, positions) },
        ReshapeOp reshape => new ReshapeOp(Of(reshape.Dims, positions)),
        BroadcastOp broadcast => new BroadcastOp(Of(broadcast.Dims, positions), broadcast.Axes),
        IotaOp iota => iota with { Dims = Of(iota.Dims, positions) },
        SliceOp slice => new SliceOp(slice.Axis, Of(slice.Start, positions), Of(slice.Extent, positions)),
        SizeOp size => new SizeOp(Of(size.Value, positions)),
        _ => op,
    };

    private EquatableArray<Size> Of(EquatableArray<Size> dims, Size positions) =>
        dims.Select(d => Of(d, positions)).ToArray().ToEquatable();

    private Size Of(Size size, Size positions) =>
        size.Substitute(name => name == _positions ? positions : Size.Symbol(name));

    private bool Depends(Size size) => size.Symbols.Contains(_positions);

    private bool IsPositions(Node node, int axis) => Depends(node.Shape[axis]);

    private bool SumsPositions(Node node, ContractOp contract)
    {
        (string first, string second, string result) = contract.Letters;
        bool Sums(string letters, Node operand) =>
            letters.Where((letter, axis) => result.IndexOf(letter) < 0 && IsPositions(operand, axis)).Any();
        return Sums(first, node.Inputs[0]) || Sums(second, node.Inputs[1]);
    }

    private static UnsupportedException Ahead(Node node, string why) => new(
        node.Label.Length > 0 ? node.Label : LayerNames.Of(node) ?? node.Op.Name,
        $"it cannot take positions one by one, as [Model(Steps = …)] asks: {why}",
        "leave Steps out, or use a causal layer");
}
