using System;
using System.Collections.Generic;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Tests.Rewrites;

/// <summary>For each rule of the tables a graph where it applies and the text of the result. Parameters p [2, 3], q
/// [2, 3], v [3].</summary>
internal static class RewriteCases
{
    public static IEnumerable<(string Rule, Func<Graph, Node, Node, Node, Node> Build, string Result)> All =>
    [
        ("reshape to the same shape", (g, p, q, v) => g.Add(new ReshapeOp(new(p.Shape)), p), "%0"),
        ("broadcast to the same shape", (g, p, q, v) => g.Add(new BroadcastOp(new(p.Shape), new([0, 1])), p), "%0"),
        ("transpose that keeps the order", (g, p, q, v) => g.Add(new TransposeOp(new([0, 1])), p), "%0"),
        ("reshape of reshape", (g, p, q, v) => g.Reshape(g.Reshape(p, [6]), [3, 2]), "reshape(%0) : 3, 2"),
        ("transpose of transpose", (g, p, q, v) => g.Transpose(g.Transpose(p, 1, 0), 1, 0), "%0"),
        ("broadcast of broadcast", (g, p, q, v) => g.Broadcast(g.Broadcast(v, [2, 3], [1]), [2, 4, 3], [0, 2]),
            "broadcast[2](%2) : 2, 4, 3"),
        ("transpose of broadcast", (g, p, q, v) => g.Transpose(g.Broadcast(v, [2, 3], [1]), 1, 0), "broadcast[0](%2) : 3, 2"),
        ("reshape of a broadcast scalar", (g, p, q, v) => g.Reshape(g.Fill(g.SumAll(v), [2, 3]), [6]), "broadcast(%3) : 6"),
        ("pointwise of reshapes", (g, p, q, v) => g.Pointwise("exp", g.Reshape(g.Pointwise("exp", p), [6])), "reshape(%4) : 6"),
        ("sum of broadcast", (g, p, q, v) => g.Sum(g.Broadcast(v, [2, 3], [1]), 0), "mul(%2, %4) : 3"),
        ("sum of what is scaled alike", (g, p, q, v) =>
            g.Sum(g.Pointwise("mul", p, g.Broadcast(v, [2, 3], [1])), 0), "mul(%3, %2) : 3"),
        ("sum of negated", (g, p, q, v) => g.Sum(g.Pointwise("neg", p), 0), "neg(%3) : 3"),
        ("reduction over nothing", (g, p, q, v) => g.Add(new ReduceOp(ReduceKind.Sum, default), p), "%0"),
        ("reduction of reduction", (g, p, q, v) => g.Sum(g.Sum(p, 0), 0), "sum[axes=0,1](%0) : scalar"),
        ("stop gradient of a constant", (g, p, q, v) => g.Pointwise("mul", p, g.Add(new StopGradientOp(), g.Fill(2, p.Shape))),
            "mul(%0, %4) : 2, 3"),
        ("slice of everything", (g, p, q, v) => g.Add(new SliceOp(1, 0, 3), p), "%0"),
        ("slice of slice", (g, p, q, v) => g.Slice(g.Slice(p, 1, 1, 2), 1, 1, 1), "slice[axis=1 from 2 take 1](%0) : 2, 1"),
        ("slice of broadcast", (g, p, q, v) => g.Slice(g.Broadcast(v, [2, 3], [1]), 0, 1, 1), "broadcast[1](%2) : 1, 3"),
        ("slice of transpose", (g, p, q, v) => g.Slice(g.Transpose(p, 1, 0), 0, 1, 1), "transpose[1,0](%3) : 1, 2"),
        ("slice of concat", (g, p, q, v) => g.Slice(g.Concat(0, p, q), 0, 2, 2), "%1"),
        ("concat of one", (g, p, q, v) => g.Add(new ConcatOp(0), p), "%0"),
        ("concat of nothing", (g, p, q, v) => g.Concat(0, p, g.Fill(0, [0, 3])), "%0"),
        ("concat of concat", (g, p, q, v) => g.Concat(0, g.Concat(0, p, q), p), "concat[axis=0](%0, %1, %0) : 6, 3"),
        ("concat of slices that follow each other", (g, p, q, v) => g.Concat(1, g.Slice(p, 1, 0, 1), g.Slice(p, 1, 1, 2)), "%0"),
        ("sum of concats", (g, p, q, v) => g.Pointwise("add", g.Pad(p, 0, 0, 2, 0), g.Pad(q, 0, 2, 0, 0)),
            "concat[axis=0](%0, %1) : 4, 3"),
        ("unshuffle of shuffle", (g, p, q, v) => g.Add(
            new PixelUnshuffleOp(1), g.Add(new PixelShuffleOp(1), g.Reshape(p, [1, 1, 2, 3]))), "reshape(%0) : 1, 1, 2, 3"),
        ("size that is constant", (g, p, q, v) => g.Pointwise("mul", p, g.Add(new SizeOp(4))), "mul(%0, %4) : 2, 3"),
        ("fold constants", (g, p, q, v) => g.Pointwise("mul", p, g.Pointwise("exp", g.Fill(2, p.Shape))), "mul(%0, %4) : 2, 3"),
        ("x + 0", (g, p, q, v) => g.Pointwise("add", g.Constant(0), g.Pointwise("add", p, g.Constant(0))), "%0"),
        ("x - 0", (g, p, q, v) => g.Pointwise("sub", p, g.Constant(0)), "%0"),
        ("0 - x", (g, p, q, v) => g.Pointwise("sub", g.Constant(0), p), "neg(%0) : 2, 3"),
        ("x * 1", (g, p, q, v) => g.Pointwise("mul", g.Constant(1), g.Pointwise("mul", p, g.Constant(1))), "%0"),
        ("x * 0", (g, p, q, v) => g.Pointwise("mul", p, g.Constant(0)), "broadcast(%3) : 2, 3"),
        ("x * -1", (g, p, q, v) => g.Pointwise("mul", p, g.Constant(-1)), "neg(%0) : 2, 3"),
        ("x / constant", (g, p, q, v) => g.Pointwise("div", p, g.Constant(4)), "mul(%0, %4) : 2, 3"),
        ("0 / x", (g, p, q, v) => g.Pointwise("div", g.Constant(0), p), "broadcast(%3) : 2, 3"),
        ("--x", (g, p, q, v) => g.Pointwise("neg", g.Pointwise("neg", p)), "%0"),
        ("-(x * constant)", (g, p, q, v) => g.Pointwise("neg", g.Pointwise("mul", p, g.Constant(2))), "mul(%0, %4) : 2, 3"),
        ("(x * constant) * constant", (g, p, q, v) =>
            g.Pointwise("mul", g.Constant(3), g.Pointwise("mul", p, g.Constant(2))), "mul(%0, %4) : 2, 3"),
        ("x + -y", (g, p, q, v) => g.Pointwise("add", g.Pointwise("neg", q), p), "sub(%0, %1) : 2, 3"),
        ("x - -y", (g, p, q, v) => g.Pointwise("sub", p, g.Pointwise("neg", q)), "add(%0, %1) : 2, 3"),
        ("power with a known exponent", (g, p, q, v) => g.Pointwise("pow", p, g.Constant(2)), "square(%0) : 2, 3"),
        ("select on a constant", (g, p, q, v) => g.Pointwise("select", g.Constant(1), p, q), "%0"),
        ("select of the same", (g, p, q, v) => g.Pointwise("select", q, p, p), "%0"),
        ("pointwise of broadcasts", (g, p, q, v) => g.Pointwise("exp", g.Broadcast(v, [2, 3], [1])), "broadcast[1](%3) : 2, 3"),
        ("contract absorbs reshape", (g, p, q, v) =>
            g.Contract("k,k->", g.Reshape(g.Pointwise("exp", p), [6]), g.Reshape(q, [6])), "contract[cy,cy->](%3, %1) : scalar"),
        ("contract absorbs the reshape of its result", (g, p, q, v) =>
            g.Reshape(g.Contract(",k->k", g.SumAll(v), g.Reshape(q, [6])), [2, 3]), "contract[,cy->cy](%3, %1) : 2, 3"),
        ("attention without softmax", (g, p, q, v) => Attend(g, p, q, causal: false),
            "contract[bnhd,bhde->bnhe](%7, %9) : 1, 2, 3, 1"),
        ("causal attention without softmax", (g, p, q, v) => Attend(g, p, q, causal: true),
            "outerscan[inclusive chunk=32](%7, %8, %8) : 1, 2, 3, 1"),
        ("attention of groups without softmax", (g, p, q, v) =>
            g.Reshape(Attend(g, p, q, causal: false, keyHeads: 1), [1, 2, 1, 3, 1]),
            "contract[bngrd,bgde->bngre](%11, %10) : 1, 2, 1, 3, 1"),
        ("causal attention of groups without softmax", (g, p, q, v) => Attend(g, p, q, causal: true, keyHeads: 1),
            "outerscan[inclusive chunk=32](%11, %12, %12) : 1, 2, 3, 1"),
    ];

    /// <summary>Attention of two positions and three heads whose scores weigh values as they are.</summary>
    private static Node Attend(Graph g, Node p, Node q, bool causal, int keyHeads = 3)
    {
        (Node queries, Node keys) = (g.Reshape(p, [1, 2, 3]), g.Slice(g.Reshape(q, [1, 2, 3]), 2, 0, keyHeads));
        var rule = new AttentionRule(AttentionScore.Identity, 3, keyHeads, 0.5) { Causal = causal };
        return g.Reshape(g.Add(new AttendOp(rule), queries, keys, keys), [1, 2, 3, 1]);
    }
}
