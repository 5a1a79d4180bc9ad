using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Lowering;

/// <summary>Functions that mix the positions of a sequence.</summary>
internal static class AttentionFunctions
{
    public static IEnumerable<FunctionRow> Rows => new[]
    {
        new FunctionRow("Attend", static c => Attend(c)),
        new FunctionRow("LinearAttend", static c => LinearAttend(c)),
        new FunctionRow("DecayAttend", static c => DecayAttend(c)),
        new FunctionRow("DecayState", static c => DecayState(c)),
        new FunctionRow("DeltaAttend", static c => DeltaAttend(c)),
        new FunctionRow("LshAttend", static c => LshAttend(c)),
        new FunctionRow("LongConvolution", static c => LongConvolution(c)),
    };

    private static Node Attend(FunctionContext c)
    {
        Node q = c.Rank(c.Tensor("queries", 0), "queries", 0, 3, "'b, n, heads*d'");
        Node k = c.Rank(c.Tensor("keys", 1), "keys", 1, 3, "'b, m, heads*d'");
        Node v = c.Rank(c.Tensor("values", 2), "values", 2, 3, "'b, m, heads*e'");
        int heads = c.Int("heads", 3, 1, 1);
        int keyHeads = c.Int("keyHeads", 4, 0, 0) is > 0 and var given ? given : heads;
        int width = Width(c, q, "queries", 0, heads);
        if (heads % keyHeads != 0)
        {
            throw c.OutOfRange("keyHeads", Text(keyHeads), $"a divisor of {Text(heads)}");
        }

        Fits(c, k, "keys", 1, q.Shape[0], k.Shape[1], width * keyHeads);
        Width(c, v, "values", 2, keyHeads);
        Fits(c, v, "values", 2, q.Shape[0], k.Shape[1], v.Shape[2]);
        double scale = c.Number("scale", 8, 0);
        string score = c.Text("score", 9, "Softmax");
        var rule = new AttentionRule(
            (AttentionScore)Enum.Parse(typeof(AttentionScore), score.Substring(score.LastIndexOf('.') + 1)),
            heads,
            keyHeads,
            scale != 0 ? scale : 1 / Math.Sqrt(width))
        {
            Causal = c.Bool("causal", 5, false),
            Window = c.Int("window", 6, 0, 0),
            Chunk = c.Int("chunk", 7, 0, 0),
            Segments = c.Has("segments", 11),
        };
        if (rule.Causal || rule.Window > 0 || rule.Chunk > 0 || rule.Segments)
        {
            Fits(c, k, "keys", 1, q.Shape[0], q.Shape[1], k.Shape[2]);
        }

        var operands = new List<Node> { q, k, v };
        if (c.Has("bias", 10))
        {
            (Node bias, rule) = Bias(c, rule, q, k);
            operands.Add(bias);
        }

        if (rule.Segments)
        {
            Node segments = c.Ints("segments", 11);
            Fits(c, segments, "segments", 11, q.Shape[0], q.Shape[1]);
            operands.Add(segments);
        }

        return c.Graph.Add(new AttendOp(rule), operands.ToArray());
    }

    private static Node LongConvolution(FunctionContext c)
    {
        Node x = c.Rank(c.Tensor("x", 0), "x", 0, 3, "'b, n, c'");
        Node kernel = c.Rank(c.Tensor("kernel", 1), "kernel", 1, 2, "'m, c'");
        if (!x.Shape[2].IsConstant)
        {
            throw c.Mismatch("x", 0, "a constant number of channels", "declare it as a number");
        }

        if (!kernel.Shape[1].Equals(x.Shape[2]))
        {
            throw c.Mismatch("kernel", 1, $"'m, {x.Shape[2]}'", "give each channel of x a column of numbers");
        }

        return c.Graph.Add(new LongConvolutionOp(c.Bool("reverse", 2, false)), x, kernel);
    }

    private static Node LinearAttend(FunctionContext c)
    {
        Node q = c.Rank(c.Tensor("queries", 0), "queries", 0, 3, "'b, n, heads*d'");
        Node k = c.Rank(c.Tensor("keys", 1), "keys", 1, 3, "'b, m, heads*d'");
        Node v = c.Rank(c.Tensor("values", 2), "values", 2, 3, "'b, m, heads*e'");
        int heads = c.Int("heads", 3, 1, 1);
        string text = c.Text("map", 4, "EluPlusOne");
        var map = (FeatureMap)Enum.Parse(typeof(FeatureMap), text.Substring(text.LastIndexOf('.') + 1));
        bool causal = c.Bool("causal", 5, false);
        if (causal && map == FeatureMap.Efficient)
        {
            throw c.OutOfRange("map", "Efficient", "another map: a softmax over positions sees later ones");
        }

        Width(c, q, "queries", 0, heads);
        Width(c, v, "values", 2, heads);
        Fits(c, k, "keys", 1, q.Shape[0], causal ? q.Shape[1] : k.Shape[1], q.Shape[2]);
        Fits(c, v, "values", 2, q.Shape[0], k.Shape[1], v.Shape[2]);
        Node? segments = null;
        if (c.Has("segments", 8))
        {
            segments = c.Ints("segments", 8);
            Fits(c, segments, "segments", 8, q.Shape[0], q.Shape[1]);
            Fits(c, k, "keys", 1, q.Shape[0], q.Shape[1], q.Shape[2]);
            if (map == FeatureMap.Efficient)
            {
                throw c.OutOfRange("map", "Efficient", "another map: a softmax over positions sees all segments");
            }
        }

        return LinearAttention.Mix(
            c.Graph, q, k, v, heads, map, causal, c.Bool("normalize", 6, true), c.Number("epsilon", 7, 1e-6, 0), segments);
    }

    private static Node DecayAttend(FunctionContext c)
    {
        Node q = c.Rank(c.Tensor("queries", 0), "queries", 0, 3, "'b, n, heads*d'");
        Node k = c.Rank(c.Tensor("keys", 1), "keys", 1, 3, "'b, n, heads*d'");
        Node v = c.Rank(c.Tensor("values", 2), "values", 2, 3, "'b, n, heads*e'");
        int heads = c.Int("heads", 4, 1, 1);
        Width(c, q, "queries", 0, heads);
        Fits(c, k, "keys", 1, q.Shape[0], q.Shape[1], q.Shape[2]);
        (Node decay, Node? state) = Decay(c, k, v, ("values", 2), ("decay", 3), ("state", 6), heads);
        return DecayAttention.Mix(c.Graph, q, k, v, decay, heads, c.Bool("exclusive", 5, false), state);
    }

    private static Node DecayState(FunctionContext c)
    {
        Node k = c.Rank(c.Tensor("keys", 0), "keys", 0, 3, "'b, n, heads*d'");
        Node v = c.Rank(c.Tensor("values", 1), "values", 1, 3, "'b, n, heads*e'");
        int heads = c.Int("heads", 3, 1, 1);
        Width(c, k, "keys", 0, heads);
        (Node decay, Node? state) = Decay(c, k, v, ("values", 1), ("decay", 2), ("state", 4), heads);
        return DecayAttention.State(c.Graph, k, v, decay, heads, state);
    }

    private static Node DeltaAttend(FunctionContext c)
    {
        Node q = c.Rank(c.Tensor("queries", 0), "queries", 0, 3, "'b, n, heads*d'");
        Node k = c.Rank(c.Tensor("keys", 1), "keys", 1, 3, "'b, n, heads*d'");
        Node v = c.Rank(c.Tensor("values", 2), "values", 2, 3, "'b, n, heads*e'");
        Node strength = c.Tensor("strength", 3);
        int heads = c.Int("heads", 4, 1, 1);
        Features(c, q, "queries", 0, heads);
        Features(c, v, "values", 2, heads);
        Fits(c, k, "keys", 1, q.Shape[0], q.Shape[1], q.Shape[2]);
        Fits(c, v, "values", 2, q.Shape[0], q.Shape[1], v.Shape[2]);
        Fits(c, strength, "strength", 3, q.Shape[0], q.Shape[1], heads);
        Node? decay = c.Has("decay", 5) ? c.Tensor("decay", 5) : null;
        Node? segments = c.Has("segments", 6) ? c.Ints("segments", 6) : null;
        if (decay is not null)
        {
            Fits(c, decay, "decay", 5, q.Shape[0], q.Shape[1], heads);
        }

        if (segments is not null)
        {
            Fits(c, segments, "segments", 6, q.Shape[0], q.Shape[1]);
        }

        return DeltaAttention.Mix(c.Graph, q, k, v, strength, heads, decay, segments);

        static void Features(FunctionContext c, Node x, string name, int position, int heads)
        {
            if (Width(c, x, name, position, heads) > DeltaScanParts.MostFeatures)
            {
                throw c.Mismatch(
                    name, position, $"at most {Text(DeltaScanParts.MostFeatures)} features of a head", "take more heads");
            }
        }
    }

    /// <summary>The decay and the state of a function, once they fit its keys and values.</summary>
    private static (Node Decay, Node? State) Decay(
        FunctionContext c, Node k, Node v, (string Name, int Position) values, (string Name, int Position) decay,
        (string Name, int Position) state, int heads)
    {
        int width = Width(c, v, values.Name, values.Position, heads);
        Fits(c, v, values.Name, values.Position, k.Shape[0], k.Shape[1], v.Shape[2]);
        Node logs = c.Tensor(decay.Name, decay.Position);
        Size perHead = heads;
        if (!logs.SameShape(new[] { k.Shape[0], k.Shape[1], perHead }) && !logs.SameShape(k.Shape))
        {
            throw c.Mismatch(
                decay.Name, decay.Position, $"'{k.Shape[0]}, {k.Shape[1]}, {Text(heads)}' or {k.Shape.Text()}",
                "the logarithm of a decay is of a head, or of each feature of its keys");
        }

        if (!c.Has(state.Name, state.Position))
        {
            return (logs, null);
        }

        Node before = c.Tensor(state.Name, state.Position);
        Fits(c, before, state.Name, state.Position, k.Shape[0], heads, k.Shape[2] / heads, width);
        return (logs, before);
    }

    private static Node LshAttend(FunctionContext c)
    {
        Node q = c.Rank(c.Tensor("queries", 0), "queries", 0, 3, "'b, n, heads*d'");
        Node v = c.Rank(c.Tensor("values", 1), "values", 1, 3, "'b, n, heads*e'");
        Node rotations = c.Rank(c.Tensor("rotations", 2), "rotations", 2, 3, "'d, rounds, buckets/2'");
        int heads = c.Int("heads", 3, 1, 1);
        int width = Width(c, q, "queries", 0, heads);
        Width(c, v, "values", 1, heads);
        Fits(c, v, "values", 1, q.Shape[0], q.Shape[1], v.Shape[2]);
        bool fits = rotations.Shape.All(static d => d.IsConstant) && rotations.Shape[0].Equals(width)
            && rotations.Shape[2].Constant <= LshAttention.MostBuckets / 2;
        return fits
            ? new LshAttention(heads, c.Int("bucketSize", 4, 64, 1), c.Bool("causal", 5, false))
            {
                AllowDuplicates = c.Bool("allowDuplicates", 6, true),
            }.Mix(c.Graph, q, v, rotations)
            : throw c.Mismatch(
                "rotations", 2, $"'{Text(width)}, rounds, buckets/2' with constants, of at most "
                + $"{Text(LshAttention.MostBuckets)} buckets", "give each feature of a head a row");
    }

    private static (Node Bias, AttentionRule Rule) Bias(FunctionContext c, AttentionRule rule, Node q, Node k)
    {
        Node bias = c.Tensor("bias", 10);
        Size queries = rule.Chunk > 0 ? rule.Chunk : q.Shape[1];
        Size keys = rule.Chunk > 0 ? rule.Chunk : k.Shape[1];
        Size heads = rule.Heads;
        Size distances = queries + keys - 1;
        bool dense = bias.SameShape(new[] { queries, keys }) || bias.SameShape(new[] { heads, queries, keys });
        bool relative = bias.SameShape(new[] { distances }) || bias.SameShape(new[] { heads, distances });
        return dense || relative
            ? (bias, rule with { Bias = dense ? AttentionBias.Dense : AttentionBias.Relative })
            : throw c.Mismatch(
                "bias", 10, $"'{queries}, {keys}', '{distances}', or either for each of {heads} heads",
                "give it an element for each pair of positions or for each distance");
    }

    private static int Width(FunctionContext c, Node x, string name, int position, int heads) =>
        x.Shape[2].IsConstant && x.Shape[2].Constant % heads == 0
            ? x.Shape[2].Constant / heads
            : throw c.Mismatch(
                name, position, $"'b, n, {Text(heads)}*d' with a constant d",
                "let the number of heads divide the width");

    private static void Fits(FunctionContext c, Node x, string name, int position, params Size[] dims)
    {
        if (!x.SameShape(dims))
        {
            throw c.Mismatch(name, position, $"'{dims.Text()}'", "give queries, keys and values shapes that fit each other");
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
