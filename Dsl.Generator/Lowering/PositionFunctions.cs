using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>Functions that tell elements of a sequence by their positions: axis 1. The last axis has the
/// features.</summary>
internal static class PositionFunctions
{
    private const int Positions = 1;
    private const double Gamma = 0.4;
    private static readonly int[] s_table = { 1, 2 };
    private static readonly int[] s_pairs = { 0, 2 };

    /// <summary>Their rows of <see cref="FunctionTable"/>.</summary>
    public static IEnumerable<FunctionRow> Rows => new[]
    {
        new FunctionRow("Rope", static c => Rope(c)),
        new FunctionRow("XPos", static c => XPos(c)),
        new FunctionRow("TokenShift", static c => TokenShift(c)),
    };

    /// <summary>Rotary embedding: the features in pairs, each turned by an angle of its own.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">[b, n, …, d], d even.</param>
    /// <param name="angleBase">The base of the frequencies.</param>
    /// <param name="halves">Whether feature i is paired with i + d/2; else 2i with 2i + 1.</param>
    /// <param name="from">The first position.</param>
    /// <param name="scale">[n, d/2]: a factor for each pair; null: 1.</param>
    public static Node Rotate(Graph g, Node x, double angleBase, bool halves, int from, Node? scale = null)
    {
        Size pairs = x.Shape[x.Rank - 1] / 2;
        Size[] table = { x.Shape[Positions], pairs };
        var angle = new Value(g, g.Add(new AngleOp(table.ToEquatable(), angleBase, from)));
        Value cos = Scaled(angle.Apply("cos"));
        Value sin = Scaled(angle.Apply("sin"));

        // Both halves of the pairs have an axis, so that they are views, and the results are written to their places.
        int side = halves ? x.Rank - 1 : x.Rank;
        var leading = x.Shape.Take(x.Rank - 1);
        Node split = g.Reshape(x, leading.Concat(halves ? new[] { 2, pairs } : new[] { pairs, 2 }));
        Node first = g.Slice(split, side, 0, 1);
        int[] axes = { Positions, halves ? x.Rank : x.Rank - 1 };
        Value c = Everywhere(cos);
        Value s = Everywhere(sin);
        var a = new Value(g, first);
        var b = new Value(g, g.Slice(split, side, 1, 1));
        return g.Reshape(g.Concat(side, ((a * c) - (b * s)).Node, ((a * s) + (b * c)).Node), x.Shape);

        Value Scaled(Value v) => scale is null ? v : v * new Value(g, scale);
        Value Everywhere(Value v) => new(g, g.Broadcast(v.Node, first.Shape, axes));
    }

    /// <summary>Keys in a state, as if all of them had been earlier: features 2i and 2i + 1 are turned back.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="state">[b, heads, d, e], d even.</param>
    /// <param name="angleBase">The base of the frequencies.</param>
    /// <param name="positions">By how many positions, at least one: those of a sequence.</param>
    public static Node TurnBack(Graph g, Node state, double angleBase, Size positions)
    {
        (Size batch, Size heads, Size pairs, Size values) = (state.Shape[0], state.Shape[1], state.Shape[2] / 2, state.Shape[3]);
        Node split = g.Reshape(state, new[] { batch, heads, pairs, 2, values });

        // Behind the last position of each sequence, which may have a length of its own.
        Node angles = g.Add(new AngleOp(new[] { positions, pairs }.ToEquatable(), angleBase, From: 1));
        (Value a, Value b) = (Half(0), Half(1));
        (Value c, Value s) = (Everywhere("cos"), Everywhere("sin"));
        return g.Reshape(g.Concat(3, ((a * c) + (b * s)).Node, ((b * c) - (a * s)).Node), state.Shape);

        Value Half(int side) => new(g, g.Slice(split, 3, side, 1));

        Value Everywhere(string function)
        {
            Node all = g.Broadcast(g.Pointwise(function, angles), new[] { batch, positions, pairs }, s_table);
            Node last = g.Reshape(g.Slice(all, 1, positions - 1, 1), new[] { batch, pairs });
            return new(g, g.Broadcast(last, a.Node.Shape, s_pairs));
        }
    }

    /// <summary>The first features of each position from the position before it, zeros at the first one.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">[b, n, c].</param>
    /// <param name="features">How many features are shifted.</param>
    /// <param name="segments">[b, n]: the first position of each has zeros before it; null: one segment.</param>
    /// <param name="first">What is before the first position, [b, 1, features]; null: zeros.</param>
    public static Node Shift(Graph g, Node x, Size features, Node? segments = null, Node? first = null)
    {
        // One position in front, and without the last one: right for a single position, too.
        Node shifted = g.Slice(x, 2, 0, features);
        Node earlier = first is null ? g.Pad(shifted, Positions, 1, 0, 0) : g.Concat(Positions, first, shifted);
        Node before = g.Slice(earlier, Positions, 0, x.Shape[Positions]);
        if (segments is not null)
        {
            Node goesOn = Segments.GoesOn(g, segments, carries: first is not null);
            before = g.Pointwise("mul", before, Segments.Spread(g, goesOn, before.Shape));
        }

        return features.Equals(x.Shape[2])
            ? before
            : g.Concat(2, before, g.Slice(x, 2, features, x.Shape[2] - features));
    }

    private static Node Rope(FunctionContext c)
    {
        Node x = Features(c);
        return Rotate(c.Graph, x, AngleBase(c, 1), Halves(c, 2), From(c, 3));
    }

    /// <summary>Rope times ζᵢ^(position/scaleBase) with ζᵢ = (2i/d + γ)/(1 + γ); the inverse power for keys.</summary>
    private static Node XPos(FunctionContext c)
    {
        Graph g = c.Graph;
        Node x = Features(c);
        double scaleBase = c.Has("scaleBase", 1)
            ? c.Number("scaleBase", 1, static v => v > 0, "a number above 0")
            : 512;
        double sign = c.Bool("inverse", 2, false) ? -1 : 1;
        int from = From(c, 5);
        Size[] table = { x.Shape[Positions], x.Shape[x.Rank - 1] / 2 };
        var position = new Value(g, g.Add(new IotaOp(table.ToEquatable(), 0)));
        var pair = new Value(g, g.Add(new IotaOp(table.ToEquatable(), 1)));
        double step = 1 / ((1 + Gamma) * table[1].Constant);
        Value rate = ((pair * step) + (Gamma / (1 + Gamma))).Apply("log");
        Value scale = ((position + from) * (sign / scaleBase) * rate).Apply("exp");
        return Rotate(g, x, AngleBase(c, 3), Halves(c, 4), from, scale.Node);
    }

    private static Node TokenShift(FunctionContext c)
    {
        Node x = c.Rank(c.Tensor("x", 0), "x", 0, 3, "a sequence 'b, n, c'");
        Size features = x.Shape[2];
        int asked = c.Int("features", 1, 0, 0);
        if (asked == 0 && (!features.IsConstant || features.Constant % 2 != 0))
        {
            throw c.Mismatch(
                "x", 0, "a sequence 'b, n, 2*c'", "give it an even number of features, or say how many are shifted")
                .Offer(OneMore(c, x));
        }

        if (features.IsConstant && asked > features.Constant)
        {
            throw c.OutOfRange(
                    "features", asked.ToString(CultureInfo.InvariantCulture), $"at most the {features} features of 'x'")
                .Offer(c.Pass("features", (int)features.Constant));
        }

        Node? segments = null;
        if (c.Has("segments", 2))
        {
            segments = c.Ints("segments", 2);
            if (!segments.SameShape(new[] { x.Shape[0], x.Shape[1] }))
            {
                throw c.Mismatch(
                    "segments", 2, $"'{x.Shape[0]}, {x.Shape[1]}'", "segments are a number for each position");
            }
        }

        return Shift(c.Graph, x, asked == 0 ? features / 2 : asked, segments);
    }

    /// <summary>The operand: positions along axis 1, an even number of features.</summary>
    private static Node Features(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        if (x.Rank < 3 || x.Rank > 6)
        {
            throw c.Mismatch("x", 0, "'b, n, d' or 'b, n, heads, d'", "pass sequences: positions are axis 1");
        }

        Size features = x.Shape[x.Rank - 1];
        if (features.IsConstant && features.Constant % 2 == 0)
        {
            return x;
        }

        string[] expected = x.Shape.Select(static d => d.ToString()).ToArray();
        expected[x.Rank - 1] = "2*d";
        throw c.Mismatch(
            "x", 0, $"'{string.Join(", ", expected)}'",
            "features are turned in pairs: give the last axis an even, constant extent")
            .Offer(OneMore(c, x));
    }

    /// <summary>The changes after which an odd number of features is even.</summary>
    private static Remedy[] OneMore(FunctionContext c, Node x) => x.Shape[x.Rank - 1].IsConstant
        ? c.Make("x", 0, x.Shape.SetItem(x.Rank - 1, x.Shape[x.Rank - 1] + 1))
        : Array.Empty<Remedy>();

    private static double AngleBase(FunctionContext c, int position) =>
        c.Has("angleBase", position)
            ? c.Number("angleBase", position, static v => v >= 1 && !double.IsInfinity(v), "a number from 1")
            : 10000;

    private static bool Halves(FunctionContext c, int position) =>
        c.Text("layout", position, "Interleaved") == "Halves";

    private static int From(FunctionContext c, int position) => c.Int("from", position, 0, 0, 1 << 24);
}
