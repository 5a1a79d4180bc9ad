using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;
using Dsl.Kernels;

namespace Dsl.Generator.Tests.Ops;

/// <summary>An op on particular shapes, with a domain that keeps away from kinks and poles.</summary>
/// <param name="Name">What a failure is called.</param>
/// <param name="Build">Adds the op; the arguments are parameters of the graph.</param>
/// <param name="Shapes">The shapes of the arguments.</param>
public sealed record OpCase(string Name, Func<object, object[], object> Build, int[][] Shapes)
{
    /// <summary>The range of the arguments.</summary>
    public (double Low, double High)[] Domain { get; init; } = [];

    /// <summary>Distinct values at least 0.01 apart, so that central differences meet no tie.</summary>
    public bool Spread { get; init; }

    public override string ToString() => Name;
}

/// <summary>The table of cases: one per op and geometry, one per row of the pointwise table.</summary>
internal static partial class OpCases
{
    public static WindowGeometry Asymmetric { get; } = new(3, 5, 2, 1, 1, 2, 0, 3, 1, 1);

    public static WindowGeometry[] Windows { get; } =
    [
        WindowGeometry.Square(3, padding: 1),
        WindowGeometry.Square(2, stride: 2),
        WindowGeometry.Square(3, stride: 2, padding: 1),
        WindowGeometry.Square(2, stride: 3),
        WindowGeometry.Square(2, dilation: 2, padding: 1),
        Asymmetric,
        WindowGeometry.Square(3, stride: 2, padding: 1) with { PaddingBottom = -1, PaddingRight = 0 },
    ];

    public static ResampleRule[] Rules { get; } =
    [
        new(ResampleMode.Nearest), new(ResampleMode.NearestExact), new(ResampleMode.Linear), new(ResampleMode.Linear, true),
        new(ResampleMode.Cubic), new(ResampleMode.Cubic, true), new(ResampleMode.Area),
        new(ResampleMode.Linear, false, new Ratio(17, 10)),
    ];

    public static IEnumerable<OpCase> All => [.. Shapes(), .. Recurrences(), .. Rows(), .. Macros(), .. Attention(), .. Margins()];

    /// <summary>Attention under every rule; queries, keys, values, bias.</summary>
    public static IEnumerable<OpCase> Attention()
    {
        var softmax = new AttentionRule(AttentionScore.Softmax, 2, 2, 0.5);
        yield return Attend(softmax, 5, 7);
        yield return Attend(softmax with { Heads = 4 }, 5, 5);
        yield return Attend(softmax with { Causal = true, Bias = AttentionBias.Relative }, 6, 6, 2, 11);
        yield return Attend(softmax with { Bias = AttentionBias.Dense }, 4, 5, 4, 5);
        yield return Attend(softmax with { Window = 2 }, 6, 6);
        yield return Attend(softmax with { Causal = true, Chunk = 4, Bias = AttentionBias.Relative }, 6, 6, 7);
        yield return Attend(softmax with { Segments = true, Causal = true }, 6, 6);
        yield return Attend(softmax with { Causal = true, Pattern = new SparsePattern(1, 3, 0) }, 8, 8);
        yield return Attend(softmax with { Pattern = new SparsePattern(2, 3, 1) }, 7, 7);
        foreach (AttentionScore score in new[] { AttentionScore.ReluSquared, AttentionScore.Laplace, AttentionScore.Identity })
        {
            yield return Attend(new AttentionRule(score, 1, 1, 0.7) { Causal = true, Bias = AttentionBias.Dense }, 5, 5, 5, 5);
        }
    }

    /// <summary>Losses over classes of every form; embeddings, rows, offsets or λ.</summary>
    public static IEnumerable<OpCase> Margins()
    {
        var plain = new MarginRule(MarginForm.None, false, null);
        var psi = new MarginRule(MarginForm.Psi, true, null);
        var angle = new MarginRule(MarginForm.Angle, true, 3) { Angle = 0.5 };
        yield return Margin(plain, [4, 5], [3, 5]);
        yield return Margin(plain with { HasBias = true }, [4, 5], [3, 5], [3]);
        yield return Margin(plain with { NormalizesRows = true }, [4, 5], [3, 5]);
        yield return Margin(plain with { NormalizesRows = true, Scale = 2.5 }, [4, 5], [3, 5]);
        yield return Margin(new MarginRule(MarginForm.Cosine, true, 3) { Cosine = 0.35 }, [4, 5], [3, 5]);
        for (int m = 1; m <= 5; m++)
        {
            yield return Margin(psi with { Factor = m, Lambda = 0.5 }, [4, 5], [3, 5]);
            yield return Margin(psi with { Factor = m, NormalizesRows = false }, [4, 5], [3, 5]);
        }

        yield return Make(
            "margin with a share that an operand says",
            static (g, a) => g.Add(
                new MarginLossOp(new MarginRule(MarginForm.Psi, true, null) { Factor = 4, HasLambda = true }),
                a[0], a[1], g.Input("labels", DType.Int, 4), g.Input("lambda", DType.Float, 1)),
            [4, 5], [3, 5]);
        foreach (MarginBoundary boundary in Enum.GetValues<MarginBoundary>())
        {
            yield return Margin(angle with { Boundary = boundary, Cosine = 0.1 }, [4, 5], [3, 5]);
        }

        yield return Margin(angle, [4, 5], [3, 3, 5]);
        yield return Margin(angle with { Chosen = 3 }, [2, 5], [6, 5]);
        yield return Make("margin of one rank", (g, a) => Sharded(g, angle, a[0], a[1]), [4, 5], [3, 5]);
        yield return Make(
            "reduce and scatter of one rank", static (g, a) => g.Add(new CollectiveOp(CollectiveKind.Scatter, 1), a[0]), [4, 3]);
        yield return Margin(new MarginRule(MarginForm.General, true, 3) { Factor = 0.9, Angle = 0.4, Cosine = 0.15 }, [4, 5], [3, 5]);
    }

    private static Node Sharded(Graph g, MarginRule rule, Node x, Node rows)
    {
        Node labels = g.Input("labels", DType.Int, x.Shape[0]);
        Node[] operands =
        [
            g.Add(new CollectiveOp(CollectiveKind.Gather, 1), x), rows,
            g.Add(new CollectiveOp(CollectiveKind.OwnLabels, 1) { Classes = rows.Shape[0].Constant }, labels),
        ];
        Node own = g.Add(new MarginLogSumOp(rule), operands);
        Node sums = g.Add(new CollectiveOp(CollectiveKind.LogSum, 1), own);
        return g.Add(new ShardedLossOp(rule, 1), [sums, g.Add(new MarginLossOp(rule), operands), own, .. operands]);
    }

    private static OpCase Margin(MarginRule rule, params int[][] shapes) => Make(
        $"margin {rule} over {string.Join("x", shapes[1])}",
        (g, a) => g.Add(new MarginLossOp(rule), [a[0], a[1], g.Input("labels", DType.Int, shapes[0][0]), .. a.Skip(2)]),
        shapes);

    private static OpCase Attend(AttentionRule rule, int queries, int keys, params int[] bias)
    {
        int[][] shapes = [[2, queries, rule.Heads * 3], [2, keys, rule.KeyHeads * 3], [2, keys, rule.KeyHeads * 4]];
        return Make(
            $"attend {rule}",
            (g, a) => g.Add(
                new AttendOp(rule), rule.Segments ? [.. a, g.Input("segments", DType.Int, 2, keys)] : a),
            bias.Length == 0 ? shapes : [.. shapes, bias]);
    }

    public static IEnumerable<OpCase> Macros()
    {
        foreach (WindowGeometry w in Windows)
        {
            int[] x = [2, 4, 6, 7];
            int[] y = [2, 4, w.OutHeight(6).Constant, w.OutWidth(7).Constant];
            foreach (int groups in new[] { 1, 2, 4 })
            {
                int[] weight = [4, 4 / groups, w.KernelHeight, w.KernelWidth];
                yield return Case($"convolve {w} groups {groups}", new ConvolveOp(w, groups), x, weight);
                yield return Case($"convolve input {w} groups {groups}", new ConvolveInputGradientOp(w, groups, 6, 7), y, weight);
                yield return Case($"convolve weight {w} groups {groups}", new ConvolveWeightGradientOp(w, groups), x, y);
            }

            yield return Case($"maxpool {w}", new MaxPoolOp(w), x) with { Spread = true };
            yield return Make(
                $"maxpool gradient {w}",
                (g, a) => g.Add(
                    new MaxPoolGradientOp(w, 6, 7), a[0], g.Add(new MaxPoolIndexOp(w), g.Add(new StopGradientOp(), a[1]))),
                y,
                x) with { Spread = true };
            yield return Make(
                $"maxpool pick {w}",
                (g, a) => g.Add(
                    new MaxPoolPickOp(w), a[0], g.Add(new MaxPoolIndexOp(w), g.Add(new StopGradientOp(), a[1]))),
                x,
                x) with { Spread = true };
            var partly = new Halo(Math.Min(w.PaddingTop, 1), 0, 0, Math.Min(w.PaddingRight, 1));
            yield return Case($"averagepool {w} partly counted", new AveragePoolOp(w, partly), x);
            yield return Case($"averagepool gradient {w} partly counted", new AveragePoolGradientOp(w, partly, 6, 7), y);
            foreach (bool count in new[] { true, false })
            {
                yield return Case($"averagepool {w} {count}", new AveragePoolOp(w, count), x);
                yield return Case($"averagepool gradient {w} {count}", new AveragePoolGradientOp(w, count, 6, 7), y);
            }
        }

        foreach (var (w, region) in new[]
            { (WindowGeometry.Square(3), 1), (WindowGeometry.Square(2, stride: 2), 1), (WindowGeometry.Square(1, stride: 2), 3) })
        {
            int[] x = [2, 3, 6, 6];
            int[] y = [2, 4, w.OutHeight(6).Constant, w.OutWidth(6).Constant];
            int[] weight = [y[2] / region, y[3] / region, 4, 3, w.KernelHeight, w.KernelWidth];
            yield return Case($"local convolve {w} region {region}", new LocalConvolveOp(w, region), x, weight);
            yield return Case($"local convolve input {w} region {region}", new LocalConvolveInputGradientOp(w, region, 6, 6), y, weight);
            yield return Case($"local convolve weight {w} region {region}", new LocalConvolveWeightGradientOp(w, region), x, y);
        }

        yield return Case(
            "depthwise convolve with a channel multiplier", new ConvolveOp(Windows[0], 3), [1, 3, 4, 4], [6, 1, 3, 3]);
    }

    public static IEnumerable<OpCase> Rows()
    {
        var positive = new HashSet<string> { "sqrt", "rsqrt", "reciprocal", "log", "log1p", "pow" };
        foreach (PointwiseRow row in Pointwise.Rows)
        {
            int[][] shapes = [.. Enumerable.Repeat<int[]>([3, 5], row.Arity)];
            (double, double) domain = positive.Contains(row.Name) ? (0.3, 2) : (-2, 2);
            yield return Make(row.Name, (g, a) => g.Pointwise(row.Name, a), shapes) with
            {
                Domain = row.Name switch
                {
                    "div" => [(-2, 2), (0.5, 2)],
                    "floor" => [(0.1, 0.9)],
                    _ => [.. Enumerable.Repeat(domain, row.Arity)],
                },
                Spread = true,
            };
        }

        foreach (double exponent in new[] { 0.0, 1, 2, 3, -1 })
        {
            yield return Make(
                $"pow {exponent} of negatives", (g, a) => g.Pointwise("pow", a[0], g.Constant(exponent)), [4]) with
            {
                Domain = [(-2, -0.5)],
            };
        }

        yield return Make("x times x", (g, a) => g.Pointwise("mul", a[0], a[0]), [4]);
        yield return Make(
            "select on a comparison", (g, a) => g.Pointwise("select", g.Pointwise("less", a[0], a[1]), a[1], a[2]), [7], [7], [7])
            with { Spread = true };
    }

    public static IEnumerable<OpCase> Shapes()
    {
        yield return Make("reshape", (g, a) => g.Reshape(a[0], [6, 4]), [2, 3, 4]);
        yield return Make("transpose", (g, a) => g.Transpose(a[0], 2, 0, 1), [2, 3, 4]);
        yield return Make("broadcast", (g, a) => g.Broadcast(a[0], [5, 2, 4, 3], [1, 3]), [2, 3]);
        yield return Make("broadcast of a scalar", (g, a) => g.Broadcast(a[0], [5, 2], []), [[]]);
        yield return Make("sum", (g, a) => g.Sum(a[0], 0, 2), [2, 3, 4]);
        yield return Make("sum of all", (g, a) => g.SumAll(a[0]), [2, 3, 4]);
        yield return Make("mean", (g, a) => g.Mean(a[0], 1), [2, 3, 4]);
        yield return Make("max over axes", (g, a) => g.Reduce(ReduceKind.Max, a[0], 0, 2), [2, 3, 4]) with { Spread = true };
        foreach (MomentKind kind in new[] { MomentKind.Mean, MomentKind.Variance })
        {
            yield return Case($"{kind} over axes", new MomentsOp(kind, new([0, 2])), [2, 3, 4]);
            yield return Case($"{kind} over all", new MomentsOp(kind, new([0, 1])), [3, 4]);
        }

        yield return Case("logsumexp 0", new LogSumExpOp(0), [3, 4]);
        yield return Case("logsumexp 1", new LogSumExpOp(1), [3, 4, 2]);
        yield return Make("gather", (g, a) => g.Add(new GatherOp(), a[0], g.Input("ids", DType.Int, 4, 2)), [3, 5]);
        yield return Make("scatter rows", (g, a) => g.Add(new ScatterRowsOp(3), a[0], g.Input("ids", DType.Int, 4, 2)), [8, 5]);
        foreach (var (lookBack, perRound, lengths) in new[]
        {
            (false, false, false), (true, false, false), (true, true, false), (true, false, true), (false, true, true),
        })
        {
            // Two sequences of 5 positions, or of 5 and 3; 3 heads, 2 rounds, chunks of 2: the last one is not full.
            var chunks = new ChunkRule(3, 2, 2, lookBack, perRound) { Lengths = lengths };
            int rows = perRound ? 4 : 2;
            yield return Make(
                $"chunk rows {chunks}",
                (g, a) => g.Add(new ChunkRowsOp(chunks), [a[0], .. Order(g, a[1], lengths)]), [rows, 5, 12], [12, 5])
                with { Spread = true };
            yield return Make(
                $"unchunk rows {chunks}",
                (g, a) => g.Add(new UnchunkRowsOp(chunks), [a[0], .. Order(g, a[1], lengths)]),
                [36, chunks.Span, 4], [12, 5])
                with { Spread = true };
        }

        yield return Case("residual", new ResidualOp(1, 1), [2, 3], [2, 3]);
        yield return Make(
            "stop gradient", (g, a) => g.Pointwise("mul", a[0], g.Add(new StopGradientOp(), g.Fill(2, a[0].Shape))), [3]);
        yield return Make(
            "iota", (g, a) => g.Pointwise("mul", a[0], g.Add(new IotaOp(a[0].Shape.ToEquatable(), 1))), [3, 4]);
        foreach (bool halves in new[] { true, false })
        {
            yield return Make(
                $"rotation, halves {halves}",
                (g, a) => PositionFunctions.Rotate(g, a[0], 100, halves, 3),
                [2, 5, 3, 6]);
        }

        yield return Make(
            "relative bias", (g, a) => RelativeBias.Of(g, a[0], 9, new RelativeBucket(6, 7, false)), [6, 2]);
        yield return Make(
            "relative bias, causal", (g, a) => RelativeBias.Of(g, a[0], 9, new RelativeBucket(6, 7, true)), [6, 2]);
        yield return Case("contract bk,ok->bo", new ContractOp("bk,ok->bo"), [2, 3], [4, 3]);
        yield return Case("contract bij,bjk->bik", new ContractOp("bij,bjk->bik"), [2, 3, 4], [2, 4, 5]);
        yield return Case("contract bcyx,ocyx->bo", new ContractOp("bcyx,ocyx->bo"), [2, 3, 2, 2], [4, 3, 2, 2]);
        yield return Case("contract i,j->ji", new ContractOp("i,j->ji"), [3], [2]);
        yield return Case("contract i,i->", new ContractOp("i,i->"), [3], [3]);
        yield return Case("contract i,i->i", new ContractOp("i,i->i"), [3], [3]);
        yield return Case("contract ,ab->ba", new ContractOp(",ab->ba"), [], [3, 2]);
        yield return Case("concat", new ConcatOp(1), [2, 3, 4], [2, 1, 4], [2, 2, 4]);
        yield return Case("slice", new SliceOp(1, 1, 2), [2, 4, 3]);
        yield return Make("pad", (g, a) => g.Pad(a[0], 1, 1, 2, 0.5), [2, 3]);
        yield return Case("pixel shuffle 2", new PixelShuffleOp(2), [2, 8, 2, 3]);
        yield return Case("pixel shuffle 3", new PixelShuffleOp(3), [1, 9, 2, 3]);
        yield return Case("pixel unshuffle 2", new PixelUnshuffleOp(2), [2, 3, 4, 6]);
        foreach (ResampleRule rule in Rules)
        {
            foreach (var (height, width) in new[] { (7, 3), (1, 10) })
            {
                yield return Case($"resample {rule} to {height}x{width}", new ResampleOp(rule, height, width), [2, 2, 4, 5]);
                yield return Case(
                    $"resample gradient {rule} to {height}x{width}", new ResampleGradientOp(rule, height, width), [2, 2, 4, 5]);
            }
        }

        foreach (WindowGeometry w in Windows)
        {
            yield return Case($"window {w}", new WindowOp(w), [2, 2, 6, 7]);
            yield return Case(
                $"fold {w}",
                new FoldOp(w, 6, 7),
                [2, 2, w.OutHeight(6).Constant, w.OutWidth(7).Constant, w.KernelHeight, w.KernelWidth]);
        }
    }

    /// <summary>The order of rows by keys 0 … 2 that are made of numbers in -1 … 1, its inverse, and 5, 3.</summary>
    private static Node[] Order(Graph g, Node x, bool lengths)
    {
        Node keys = g.Pointwise("floor", g.Pointwise("mul", g.Pointwise("add", x, g.Constant(1)), g.Constant(1.49)));
        Node order = g.Add(new OrderOp(3), keys);
        Node twice = g.Pointwise("mul", g.Add(new IotaOp(GraphLists.Dims(2).ToEquatable(), 0)), g.Constant(2));
        Node[] own = lengths ? [g.Pointwise("sub", g.Constant(5), twice)] : [];
        return [order, g.Add(new OrderOp(0), order), .. own];
    }

    /// <summary>The graph of a case: its arguments are parameters p0, p1, …; its output is <c>y</c>.</summary>
    public static Graph GraphOf(OpCase c)
    {
        var graph = new Graph();
        var arguments = c.Shapes.Select((shape, i) => (object)graph.Parameter($"p{i}", shape)).ToArray();
        graph.Output("y", (Node)c.Build(graph, arguments));
        return graph;
    }

    public static Dictionary<string, NdArray> Arguments(OpCase c, Random random) => c.Shapes
        .Select((shape, i) => (Name: $"p{i}", Value: Argument(c, i, random)))
        .ToDictionary(static p => p.Name, static p => p.Value);

    private static NdArray Argument(OpCase c, int i, Random random)
    {
        var (low, high) = i < c.Domain.Length ? c.Domain[i] : (-1.0, 1.0);
        int[] shape = c.Shapes[i];
        if (!c.Spread)
        {
            return Graphs.Evaluation.Random(random, shape, low, high);
        }

        // A shuffled grid, moved off the grids of the other arguments and off zero.
        int length = NdArray.LengthOf(shape);
        double spacing = (high - low) / length;
        double[] values = [.. Enumerable.Range(0, length).Select(k => low + ((k + 0.3 + (0.17 * i)) * spacing))];
        random.Shuffle(values);
        return new NdArray(values, shape);
    }

    private static OpCase Make(string name, Func<Graph, Node[], Node> build, params int[][] shapes) =>
        new(name, (g, a) => build((Graph)g, [.. a.Cast<Node>()]), shapes);

    private static OpCase Case(string name, Op op, params int[][] shapes) => Make(name, (g, a) => g.Add(op, a), shapes);
}
