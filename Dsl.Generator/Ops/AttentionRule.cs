using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>What attention makes of a score; the members have the names of the runtime's <c>Dsl.AttentionScore</c>.</summary>
internal enum AttentionScore
{
    Softmax,
    ReluSquared,
    Laplace,
    Identity,
}

/// <summary>How the bias of a score is given; the members have the names of the runtime's <c>AttendBias</c>.</summary>
internal enum AttentionBias
{
    None,

    /// <summary>[queries, keys] or [heads, queries, keys]; with chunks [chunk, chunk].</summary>
    Dense,

    /// <summary>By distance: [2·span - 1] or [heads, 2·span - 1].</summary>
    Relative,
}

/// <summary>
/// How attention weighs values: s = Scale·q·k + bias, weight(s), over the keys that a query sees. Operands are
/// [b, n, heads·width]; several query heads in turn share a key head.
/// </summary>
internal sealed record AttentionRule(AttentionScore Score, int Heads, int KeyHeads, double Scale)
{
    /// <summary>Queries see keys up to their own position.</summary>
    public bool Causal { get; init; }

    /// <summary>Queries see keys less than so many positions away; 0: all.</summary>
    public int Window { get; init; }

    /// <summary>Queries see keys of their own chunk of so many positions; 0: all.</summary>
    public int Chunk { get; init; }

    /// <summary>Which position the first query has, where key 0 has position 0: of a program that takes positions one by one.
    /// Keys in a ring may be fewer.</summary>
    public Size Position { get; init; } = Size.Zero;

    /// <summary>Which of those keys queries see.</summary>
    public SparsePattern Pattern { get; init; }

    public AttentionBias Bias { get; init; }

    /// <summary>Whether ints [b, n] number segments: queries see keys of their own segment, a negative number hides.</summary>
    public bool Segments { get; init; }

    /// <summary>Whether ints [b] say how many keys a sequence has: queries see none behind them.</summary>
    public bool Lengths { get; init; }

    /// <summary>Whether queries and keys begin at the same position.</summary>
    public bool IsAtStart => Position.Equals(Size.Zero);

    public bool IsSoftmax => Score == AttentionScore.Softmax;

    /// <summary>How many operands follow queries, keys and values.</summary>
    public int Extras => (Bias == AttentionBias.None ? 0 : 1) + (Segments ? 1 : 0) + (Lengths ? 1 : 0);

    public override string ToString()
    {
        var words = new List<string>
        {
            Score.ToString().ToLowerInvariant(),
            $"heads={Heads}",
            KeyHeads == Heads ? "" : $"keyheads={KeyHeads}",
            Scale == 1 ? "" : $"scale={Scale.ToString("R", CultureInfo.InvariantCulture)}",
            Causal ? "causal" : "",
            Window == 0 ? "" : $"window={Window}",
            Chunk == 0 ? "" : $"chunk={Chunk}",
            Pattern.Kind switch
            {
                0 => "",
                1 => $"strided={Pattern.Stride}",
                _ => $"fixed={Pattern.Stride} summary={Pattern.Summary}",
            },
            Bias == AttentionBias.None ? "" : $"{Bias.ToString().ToLowerInvariant()}bias",
            Segments ? "segments" : "",
            Lengths ? "lengths" : "",
            IsAtStart ? "" : $"from={Position}",
        };
        return string.Join(" ", words.Where(static w => w.Length > 0));
    }

    /// <summary>Checks queries, keys and values and what follows them.</summary>
    /// <param name="op">Who asks.</param>
    /// <param name="operands">Queries, keys, values, bias, segments, lengths.</param>
    public void Check(Op op, IReadOnlyList<Node> operands)
    {
        Expect.Count(op, operands, 3 + Extras);
        (Node q, Node k, Node v) = (operands[0], operands[1], operands[2]);
        foreach (Node x in new[] { q, k, v })
        {
            Expect.Type(op, x, DType.Float);
            Expect.Rank(op, x, 3);
            Expect.That(x.Shape[2].IsConstant, op, $"expects a constant width but gets '{x.Shape.Text()}'");
        }

        Divides(op, q, Heads);
        Divides(op, k, KeyHeads);
        Divides(op, v, KeyHeads);
        Expect.That(Heads % KeyHeads == 0, op, $"expects a divisor of {Heads} key heads, not {KeyHeads}");
        Expect.Shape(op, k, q.Shape[0], k.Shape[1], q.Shape[2].Constant / Heads * KeyHeads);
        Expect.Shape(op, v, q.Shape[0], k.Shape[1], v.Shape[2]);
        Expect.That(
            !(Causal || Window > 0 || Chunk > 0 || Segments || Pattern.IsSparse) || !IsAtStart
                || q.Shape[1].Equals(k.Shape[1]),
            op, $"expects as many keys as queries, '{q.Shape[1]}', but gets '{k.Shape[1]}'");
        int next = 3;
        if (Bias != AttentionBias.None)
        {
            Node bias = operands[next++];
            Size queries = Chunk > 0 ? Chunk : q.Shape[1];
            Size keys = Chunk > 0 ? Chunk : k.Shape[1];
            Size[] one = Bias == AttentionBias.Dense ? new[] { queries, keys } : new[] { queries + keys - 1 };
            Expect.Type(op, bias, DType.Float);
            Expect.Shape(op, bias, bias.Rank > one.Length ? new[] { (Size)Heads }.Concat(one).ToArray() : one);
        }

        if (Segments)
        {
            Expect.Type(op, operands[next], DType.Int);
            Expect.Shape(op, operands[next++], q.Shape[0], k.Shape[1]);
        }

        if (Lengths)
        {
            Expect.Type(op, operands[next], DType.Int);
            Expect.Shape(op, operands[next], q.Shape[0]);
        }
    }

    /// <summary>Whether a query at a position sees a key.</summary>
    public bool Sees(int query, int key) => (!Causal || key <= query)
        && (Window == 0 || Math.Abs(key - query) < Window)
        && (Chunk == 0 || key / Chunk == query / Chunk)
        && Pattern.Shows(query, key);

    /// <summary>Where the bias of a key for a query lies in a head's.</summary>
    public int BiasAt(int query, int key, int queries, int keys)
    {
        int start = Chunk > 0 ? query / Chunk * Chunk : 0;
        return Bias == AttentionBias.Dense
            ? ((query - start) * (Chunk > 0 ? Chunk : keys)) + key - start
            : key - query + (Chunk > 0 ? Chunk : queries) - 1;
    }

    /// <summary>The weight of a score, of those that do not look at other keys.</summary>
    public double Weight(double s) => Score switch
    {
        AttentionScore.ReluSquared => Math.Max(s, 0) * Math.Max(s, 0),
        AttentionScore.Laplace => 0.5 * (1 + ScalarFunctions.Erf((s - Math.Sqrt(0.5)) * Math.Sqrt(2 * Math.PI))),
        _ => s,
    };

    /// <summary>Its derivative.</summary>
    public double Slope(double s)
    {
        double x = (s - Math.Sqrt(0.5)) * Math.Sqrt(2 * Math.PI);
        return Score switch
        {
            AttentionScore.ReluSquared => 2 * Math.Max(s, 0),
            AttentionScore.Laplace => Math.Sqrt(2) * Math.Exp(-x * x),
            _ => 1,
        };
    }

    private static void Divides(Op op, Node x, int heads) => Expect.That(
        heads > 0 && x.Shape[2].Constant % heads == 0, op,
        $"expects a width that {heads} heads divide but gets '{x.Shape.Text()}'");
}
