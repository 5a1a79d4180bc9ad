using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>
/// Makes a graph over a padded batch mean what it means for each sequence alone. An extent that is a formula of the size is
/// that formula of a sequence's own length for that sequence; elements behind it are padding. Most ops see one position
/// and let padding be; ops that mix positions get it hidden: as zeros in sums and products, as -∞ under a maximum, from
/// attention by the lengths themselves. A size as a number becomes a number for each sequence.
/// </summary>
internal sealed partial class OwnLengths
{
    private readonly Graph _graph = new();
    private readonly Dictionary<Node, Node> _copies = new();
    private readonly Dictionary<string, Node> _extents = new(StringComparer.Ordinal);

    /// <summary>Scalars that each sequence has one of: [batch].</summary>
    private readonly Dictionary<Node, Node> _numbers = new();

    /// <summary>Keys that are sorted.</summary>
    private readonly Dictionary<Node, OrderOp> _sorted = new();

    /// <summary>What reads a value of the graph as it was.</summary>
    private ILookup<Node, Node> _readers = Enumerable.Empty<Node>().ToLookup(static n => n);

    private readonly Node _lengths;
    private readonly string _symbol;
    private readonly Func<Node, LoweredStep?> _stepOf;
    private readonly int _site;

    private OwnLengths(Node lengths, Func<Node, LoweredStep?> stepOf, int site)
    {
        _lengths = lengths;
        _symbol = ((InputOp)lengths.Op).LengthsOf;
        _stepOf = stepOf;
        _site = site;
    }

    private Size Batch => _lengths.Shape[0];

    /// <summary>The same graph when no input has lengths.</summary>
    /// <param name="graph">What the user wrote.</param>
    /// <param name="stepOf">Where its nodes come from.</param>
    /// <param name="site">The function.</param>
    /// <exception cref="ProblemException">Something cannot keep padding apart.</exception>
    public static Graph Apply(Graph graph, Func<Node, LoweredStep?> stepOf, int site)
    {
        if (!graph.Inputs.Any(static i => i.Op is InputOp { LengthsOf.Length: > 0 }))
        {
            return graph;
        }

        foreach (int input in Enumerable.Range(0, graph.Inputs.Count).Where(i =>
            ((InputOp)graph.Inputs[i].Op).LengthsOf.Length > 0).ToArray())
        {
            var own = new OwnLengths(graph.Inputs[input], stepOf, site);
            graph = own.Run(graph);
            var steps = new Dictionary<Node, Node>();
            foreach (KeyValuePair<Node, Node> copy in own._copies)
            {
                steps[copy.Value] = copy.Key;
            }

            Func<Node, LoweredStep?> before = stepOf;
            stepOf = node => steps.TryGetValue(node, out Node? original) ? before(original) : null;
        }

        return graph.Pruned();
    }

    /// <summary>Requires that lengths are ints, one for each sample, of a size that another input has.</summary>
    /// <exception cref="ProblemException">They are not.</exception>
    public static void Require(FunctionSpec function, InputSpec input, Size[] dims)
    {
        if (input.LengthsOf.Length == 0)
        {
            return;
        }

        string[] symbols = function.Inputs.SelectMany(static i => i.Dims).Where(IsName)
            .Except(dims.SelectMany(static d => d.Symbols)).Distinct().ToArray();
        string? must =
            !input.Integers ? "on an IntTensor"
            : dims.Length != 1 || dims[0].IsConstant ? "on a tensor with one symbolic size, [Shape(\"b\")]: a length for each sample"
            : !symbols.Contains(input.LengthsOf) ? $"a symbolic size of another input: {string.Join(", ", symbols)}"
            : null;
        if (must is not null)
        {
            throw new ProblemException(
                ProblemIds.ArgumentOutOfRange, input.Site, input.Name, "Lengths", input.LengthsOf, must);
        }
    }

    private static bool IsName(string dim) =>
        !char.IsDigit(dim[0]) && dim.All(static c => char.IsLetterOrDigit(c) || c == '_');

    private Graph Run(Graph graph)
    {
        _readers = graph.Nodes.SelectMany(static n => n.Inputs.Select(i => (Read: i, By: n))).ToLookup(static e => e.Read, static e => e.By);
        foreach (Node sort in graph.Nodes.Where(static n => n.Op is OrderOp { Keys: > 0 }))
        {
            _sorted[sort.Inputs[0]] = (OrderOp)sort.Op;
        }

        // All of them, in order, before anything needs the lengths.
        foreach (Node input in graph.Inputs)
        {
            _copies[input] = _graph.Copy(input);
        }

        foreach (Node node in graph.Nodes)
        {
            int first = _graph.Nodes.Count;
            Node copy = Of(node);
            foreach (Node added in _graph.Nodes.Skip(first))
            {
                added.Region = node.Region;
            }

            _copies[node] = copy;
        }

        foreach (GraphOutput output in graph.Outputs)
        {
            if (_numbers.ContainsKey(output.Node))
            {
                throw Problem(output.Node, "the result is a number that each sequence has its own of", "take its mean");
            }

            Node result = _copies[output.Node];
            foreach (int axis in Padded(output.Node))
            {
                result = Hidden(output.Node, result, axis, 0);
            }

            _graph.Output(output.Name, result);
        }

        return _graph;
    }

    private Node Of(Node node)
    {
        Node[] inputs = node.Inputs.Map(i => _copies[i]);
        switch (node.Op)
        {
            case SizeOp size when size.Value.Mentions(_symbol):
                return Number(node, size.Value);
            case BroadcastOp broadcast when _numbers.TryGetValue(node.Inputs[0], out Node? numbers):
                return _graph.Broadcast(numbers, broadcast.Dims, new[] { BatchAxis(node) });
            case PointwiseOp or StopGradientOp when node.Inputs.Any(_numbers.ContainsKey):
                Node[] operands = node.Inputs.Map(i => _numbers.TryGetValue(i, out Node? own)
                    ? own : _graph.Fill(_copies[i], new[] { Batch }));
                _numbers[node] = _graph.Add(node.Op, operands);
                return _numbers[node];
            case ReduceOp or LogSumExpOp or MomentsOp when node.Op.ReducedAxes.Any(a => node.Inputs[0].Shape[a].Mentions(_symbol)):
                return HasBatch(node.Inputs[0]) ? Reduced(node, inputs[0]) : throw Problem(
                    node, $"'{node.Inputs[0].Shape.Text()}' is the same for all sequences, and has no '{Batch}' to tell them apart",
                    "reduce a tensor [b, …]");
            case ContractOp contract:
                return Product(node, contract, inputs);
            case AttendOp attend when IsPadded(node.Inputs[1], 1):
                return Attention(node, attend.Rule, inputs);
            case SelectiveScanOp or DeltaScanOp or ReshapeOp when node.Inputs.Any(_withTails.Contains):
                _withTails.Add(node);
                return _graph.Copy(node, inputs);
            case AttendOp when Padded(node).All(static a => a == 1):
                return _graph.Copy(node, inputs);
            case ReshapeOp when KeepsOrder(node):
                return _graph.Copy(node, inputs);
            case ReshapeOp when _sorted.TryGetValue(node, out OrderOp? order)
                && node.Inputs[0] is var keys && IsPadded(keys, keys.Rank - 1):
                // The sort is stable: padding comes behind all that has the last key, too.
                inputs[0] = Hidden(keys, inputs[0], keys.Rank - 1, order.Keys - 1);
                return _graph.Copy(node, inputs);
            case ChunkRowsOp { Rule: var rule } when IsOfSequences(node, rule):
                return WithLengths(node, new ChunkRowsOp(rule with { Lengths = true }), inputs, node.Inputs[1].Shape[1]);
            case UnchunkRowsOp { Rule: var rule } when IsOfSequences(node, rule):
                return WithLengths(node, new UnchunkRowsOp(rule with { Lengths = true }), inputs, node.Inputs[1].Shape[1]);
            case DiagonalFinalStateOp { Lengths: false } last when IsPadded(node.Inputs[0], 1):
                return WithLengths(node, last with { Lengths = true }, inputs, node.Inputs[0].Shape[1]);
            case DiagonalZeroInputOp { Lengths: false } given when IsPadded(node, 1):
                return WithLengths(node, given with { Lengths = true }, inputs, node.Shape[1]);
            case LowRankFinalStateOp { Lengths: false } last when IsPadded(node.Inputs[0], 1):
                return WithLengths(node, last with { Lengths = true }, inputs, node.Inputs[0].Shape[1]);
            case LowRankZeroInputOp { Lengths: false } given when IsPadded(node, 1):
                return WithLengths(node, given with { Lengths = true }, inputs, node.Shape[1]);
            case OuterScanOp { Reverse: true } when IsPadded(node.Inputs[1], 1):
                inputs[1] = Hidden(node.Inputs[1], inputs[1], 1, 0);
                return _graph.Copy(node, inputs);
            case DecayScanOp { Reverse: true } when IsPadded(node.Inputs[1], 1):
                inputs[1] = Hidden(node.Inputs[1], inputs[1], 1, 0);
                return _graph.Copy(node, inputs);
            case DiagonalScanOp { Reverse: true } when IsPadded(node.Inputs[0], 1):
                inputs[0] = Hidden(node.Inputs[0], inputs[0], 1, 0);
                return _graph.Copy(node, inputs);
            case LowRankScanOp { Reverse: true } when IsPadded(node.Inputs[0], 1):
                inputs[0] = Hidden(node.Inputs[0], inputs[0], 1, 0);
                return _graph.Copy(node, inputs);
            case LongConvolutionOp { Reverse: true } when IsPadded(node.Inputs[0], 1):
                inputs[0] = Hidden(node.Inputs[0], inputs[0], 1, 0);
                return _graph.Copy(node, inputs);
            case OuterScanOp or DecayScanOp or DiagonalScanOp or SelectiveScanOp or LowRankScanOp or HippoScanOp
                or LinearScanOp or DeltaScanOp or LongConvolutionOp
                when Padded(node).All(static a => a == 1):
                return _graph.Copy(node, inputs);
            case CumSumOp sum when IsPadded(node, sum.Axis):
                inputs[0] = sum.Reverse ? Hidden(node.Inputs[0], inputs[0], sum.Axis, 0) : inputs[0];
                return _graph.Copy(node, inputs);
            case ConcatOp join when IsPadded(node, join.Axis):
                return Joined(node, join, inputs);
            case SliceOp slice when IsPadded(node.Inputs[0], slice.Axis):
                return Part(node, slice, inputs[0]);
            case WindowOp or ConvolveOp or MaxPoolOp when Padded(node.Inputs[0]).Any(static a => a > 1):
                foreach (int axis in Padded(node.Inputs[0]).Where(static a => a > 1))
                {
                    inputs[0] = Hidden(
                        node.Inputs[0], inputs[0], axis, node.Op is MaxPoolOp ? double.NegativeInfinity : 0);
                }

                return _graph.Copy(node, inputs);
            case InputOp input:
                // What is given there may be no number at all.
                return input.Type == DType.Int ? _copies[node]
                    : Padded(node).Aggregate(_copies[node], (x, axis) => Hidden(node, x, axis, 0));
            default:
                RequireOnePosition(node);
                return _graph.Copy(node, inputs);
        }
    }

    /// <summary>Requires that elements behind a length are made of elements behind a length, and no others are.</summary>
    private void RequireOnePosition(Node node)
    {
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            if (_numbers.ContainsKey(node.Inputs[i]))
            {
                throw Problem(node, "it takes a number that each sequence has its own of", "apply it to a tensor [b, …]");
            }

            foreach (int axis in Padded(node.Inputs[i]))
            {
                ReceptiveFields.AxisReach field = node.Op.Field(node, i, axis);
                if (field.IsWhole || !field.Equals(ReceptiveFields.AxisReach.Same(field.Axis))
                    || !node.Shape[field.Axis].Equals(node.Inputs[i].Shape[axis]))
                {
                    throw Problem(node, $"'{node.Op.Name}' mixes positions", "use a layer that takes lengths, or leave [Lengths] out");
                }
            }
        }
    }

    /// <summary>A size as a number: of a multiple of the batch, the sum over all sequences.</summary>
    private Node Number(Node node, Size size)
    {
        Size rest = size.Substitute(name => name == _symbol ? Size.Zero : null);
        Size one = (size - rest) / Batch;
        if (size.Equals((one * Batch) + rest) && !one.Symbols.Any(Batch.Mentions))
        {
            Node total = _graph.Sum(Extent(one), 0);
            return rest.Equals(Size.Zero) ? total : _graph.Pointwise("add", total, _graph.SizeValue(rest));
        }

        if (size.Symbols.Any(Batch.Mentions))
        {
            throw Problem(node, $"the number '{size}' is no multiple of the batch", "take means one after the other");
        }

        return _numbers[node] = Extent(size);
    }

    /// <summary>Of each sequence its own value of an extent: [batch].</summary>
    private Node Extent(Size size)
    {
        string key = size.ToString();
        return _extents.TryGetValue(key, out Node? known) ? known : _extents[key] = size.Compute<Node>(
            name => name == _symbol ? _graph.Add(new FloatsOp(), _copies[_lengths]) : Everywhere(_graph.SizeValue(Size.Symbol(name))),
            number => Everywhere(_graph.Constant(number)),
            (op, a, b) => op == '/'
                ? _graph.Pointwise("floor", _graph.Pointwise("div", a, b)) : _graph.Pointwise(op == '+' ? "add" : "mul", a, b));
    }

    private Node Everywhere(Node scalar) => _graph.Fill(scalar, new[] { Batch });

    /// <summary>A value with something else in place of padding.</summary>
    /// <param name="original">The value as the user's graph has it.</param>
    /// <param name="x">Its copy.</param>
    /// <param name="axis">The axis of positions.</param>
    /// <param name="instead">What padding is to be.</param>
    private Node Hidden(Node original, Node x, int axis, double instead) => _graph.Pointwise(
        "select", Before(original, axis, Extent(original.Shape[axis])), x, _graph.Constant(instead));

    /// <summary>1 where an index along an axis is below a number of each sequence, else 0.</summary>
    private Node Before(Node original, int axis, Node limits) => Compared("less", original, axis, limits);

    private Node Compared(string how, Node original, int axis, Node numbers)
    {
        Node index = _graph.Add(new IotaOp(original.Shape.ToEquatable(), axis));
        return _graph.Pointwise(how, index, _graph.Broadcast(numbers, original.Shape, new[] { BatchAxis(original) }));
    }

    private Node Reduced(Node node, Node x)
    {
        Node original = node.Inputs[0];
        double neutral = node.Op is LogSumExpOp or ReduceOp { Kind: ReduceKind.Max } ? double.NegativeInfinity : 0;
        int[] padded = node.Op.ReducedAxes.Where(a => IsPadded(original, a)).ToArray();
        Node Of(Node value) => padded.Aggregate(value, (v, axis) => Hidden(original, v, axis, neutral));
        if (node.Op is not MomentsOp moments)
        {
            return _graph.Copy(node, Of(x));
        }

        Size count = moments.Axes.Select(a => original.Shape[a]).Product();
        Node size = Number(node, count);
        _numbers.Remove(node);
        Node Mean(Node value)
        {
            Node sum = _graph.Sum(Of(value), moments.Axes.ToArray());
            return _graph.Pointwise("div", sum, size.Rank == 0 ? size : _graph.Broadcast(size, sum.Shape, new[] { BatchAxis(node) }));
        }

        Node mean = Mean(x);
        return moments.Kind == MomentKind.Mean ? mean : Mean(_graph.Pointwise(
            "square", _graph.Pointwise("sub", x, _graph.Spread(mean, original.Shape, moments.Axes))));
    }

    /// <summary>Whether what lies behind a length in memory lies behind it under the other extents, too: heads beside
    /// positions, [b, n, heads·d] as [b, n·heads, d].</summary>
    private bool KeepsOrder(Node reshape)
    {
        Node x = reshape.Inputs[0];
        int[] from = Padded(x).ToArray();
        int[] to = Padded(reshape).ToArray();
        return from.Length == 1 && to.Length == 1 && from[0] > x.Shape.IndexOf(Batch) && to[0] > reshape.Shape.IndexOf(Batch)
            && x.Shape.Take(from[0]).Product().Equals(reshape.Shape.Take(to[0]).Product());
    }

    /// <summary>Whether rows go into chunks, or back, by orders of the sequences that have lengths.</summary>
    private bool IsOfSequences(Node node, ChunkRule rule) => !rule.Lengths
        && node.Inputs[1].Shape is var order
        && order[0].Equals(Batch * (rule.Heads * rule.Rounds)) && order[1].Mentions(_symbol);

    /// <summary>An op that reads of each sequence how long it is, and nothing behind that.</summary>
    private Node WithLengths(Node node, Op op, Node[] inputs, Size positions) =>
        _graph.Add(op, node.Label, inputs.Append(Extent(positions)).ToArray());

    /// <summary>Hides padding in one operand wherever a product sums over positions.</summary>
    private Node Product(Node node, ContractOp contract, Node[] inputs)
    {
        string[] letters = { contract.Letters.A, contract.Letters.B };
        foreach (char letter in contract.Summed)
        {
            int operand = HasBatch(node.Inputs[0]) ? 0 : 1;
            int axis = letters[operand].IndexOf(letter);
            if (node.Inputs[operand].Shape[axis].Mentions(_symbol))
            {
                inputs[operand] = Hidden(node.Inputs[operand], inputs[operand], axis, 0);
            }
        }

        return _graph.Copy(node, inputs);
    }

    /// <summary>Queries see the keys of their own sequence; causal ones see no padding anyway.</summary>
    private Node Attention(Node node, AttentionRule rule, Node[] inputs)
    {
        Size keys = node.Inputs[1].Shape[1];
        if (rule.Causal && node.Inputs[0].Shape[1].Equals(keys))
        {
            return _graph.Copy(node, inputs);
        }

        if (!keys.Equals(Size.Symbol(_symbol)) || rule.Lengths)
        {
            throw Problem(node, $"attention takes lengths of '{_symbol}', not of '{keys}'", "use a causal layer");
        }

        return _graph.Add(new AttendOp(rule with { Lengths = true }), node.Label, inputs.Append(_copies[_lengths]).ToArray());
    }

    private bool IsPadded(Node node, int axis) => node.Shape[axis].Mentions(_symbol) && HasBatch(node);

    private IEnumerable<int> Padded(Node node) => Enumerable.Range(0, node.Rank).Where(axis => IsPadded(node, axis));

    private bool HasBatch(Node node) => node.Shape.Any(d => d.Equals(Batch));

    private int BatchAxis(Node node)
    {
        int axis = node.Shape.IndexOf(Batch);
        return axis >= 0 ? axis : throw Problem(
            node, $"'{node.Shape.Text()}' has no axis '{Batch}'", "apply it to a tensor [b, …]");
    }

    private ProblemException Problem(Node node, string why, string remedy)
    {
        LoweredStep? step = _stepOf(node);
        return new ProblemException(
            ProblemIds.PaddingNotApart, step?.Site ?? _site, step?.Target ?? node.Op.Name,
            _symbol, why, remedy);
    }
}
