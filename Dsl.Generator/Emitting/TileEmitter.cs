using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <summary>
/// Emits register tiles, the inner loops of every product and convolution, from one template over rows and vectors. A
/// tile has a loop for its full row count and some below it (see Counts), which share a ragged tile. None reads behind
/// the last row: what is missing repeats it.
/// </summary>
internal static class TileEmitter
{
    /// <summary>The accumulators that still fit beside B and a broadcast of A, by register count.</summary>
    private const int WideAccumulators = 28;
    private const int NarrowAccumulators = 12;

    /// <summary>Products, or loads, that two units finish within the latency of one: four cycles.</summary>
    private const int LatencyAccumulators = 8;

    /// <summary>The tiles of products seen before, which are few; 0 rows are unknown ones.</summary>
    private static readonly ConcurrentDictionary<(int Rows, int Vectors, int Registers), (int Rows, int Vectors)> s_chosen =
        new();

    /// <summary>More rows than this need more address registers than there are.</summary>
    private const int MostRows = 14;

    /// <summary>
    /// The tile that computes a product of this size with the least work: for each step of the depth a tile costs the
    /// most of its
    /// fused products (two a cycle), its loads (two a cycle) and the latency of the chain (four cycles).
    /// </summary>
    /// <param name="rows">Rows of the result when they are known, else null: many.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="registers">Vector registers of the target: 32 or 16.</param>
    /// <param name="lanes">Floats in a register.</param>
    public static (int Rows, int Vectors) Choose(int? rows, int columns, int registers, int lanes) =>
        s_chosen.GetOrAdd((rows ?? 0, (columns + lanes - 1) / lanes, registers), static size =>
            Choose(size.Rows == 0 ? null : size.Rows, size.Vectors, size.Registers));

    private static (int Rows, int Vectors) Choose(int? rows, int vectorsInAll, int registers)
    {
        int accumulators = registers >= 32 ? WideAccumulators : NarrowAccumulators;
        (int Rows, int Vectors) best = (1, 1);
        double least = double.MaxValue;
        for (int v = 1; v <= Math.Min(vectorsInAll, 6); v++)
        {
            for (int r = 1; r <= Math.Min(MostRows, accumulators / v); r++)
            {
                if ((r * v) + v + 1 > registers || r > rows)
                {
                    continue;
                }

                // Unknown rows: one of each remainder, as likely as the others.
                double cost = rows is int exact
                    ? RowCost(exact, r, v) / exact
                    : Enumerable.Range(0, r).Sum(rest => RowCost((8 * r) + rest, r, v) / ((8 * r) + rest)) / r;
                cost *= (vectorsInAll + v - 1) / v;

                // Of equals the larger tile: fewer calls and less traffic.
                if (cost < least - 1e-9 || (cost < least + 1e-9 && r * v > best.Rows * best.Vectors))
                {
                    (best, least) = ((r, v), cost);
                }
            }
        }

        return best;
    }

    /// <summary>
    /// The text of a tile, which takes the loops for as many rows as it is given:
    /// <code>
    /// internal readonly struct Tile14x2 : ITile
    /// {
    ///     public static void Run&lt;F, I, M&gt;(in TileOperands t, int rows, float* sums, bool accumulate)
    ///         { … TileLoops.Rows14x2, Rows7x2, Rows4x2 … }
    /// }
    /// </code>
    /// </summary>
    public static string Emit(Tile tile)
    {
        var text = new StringBuilder();
        int[] counts = Counts(tile.Rows, tile.Vectors);
        Line(text, 0, $"/// <summary>Register tile of {tile.Rows} rows x {tile.Vectors} vectors.</summary>");
        Line(text, 0, $"internal readonly struct {tile.TypeName} : ITile");
        Line(text, 0, "{");
        Line(text, 1, $"public static int Rows => {tile.Rows};");
        Line(text, 0, "");
        Line(text, 1, $"public static int Vectors => {tile.Vectors};");
        Line(text, 0, "");
        Line(text, 1, $"public static unsafe void Run<F, I, M>({Parameters})");
        Constraints(text);
        Line(text, 1, "{");
        if (counts.Length == 1)
        {
            Line(text, 2, $"TileLoops.{Loop(counts[0], tile.Vectors)}<F, I, M>(in t, rows, sums, accumulate);");
        }
        else
        {
            Pieces(text, counts, tile.Vectors);
        }

        Line(text, 1, "}");
        Line(text, 0, "}");
        return text.ToString();
    }

    /// <summary>The loops that tiles of these sizes take, each once:
    /// <code>
    /// internal static unsafe class TileLoops
    /// {
    ///     public static void Rows6x2&lt;F, I, M&gt;(…) { accumulators from 0 or sums; outer, middle, depth loops; stores }
    /// }
    /// </code>
    /// </summary>
    public static string Loops(IEnumerable<Tile> tiles)
    {
        var text = new StringBuilder();
        Line(text, 0, "/// <summary>The inner loops of the tiles, by rows and vectors.</summary>");
        Line(text, 0, "internal static class TileLoops");
        Line(text, 0, "{");
        bool first = true;
        foreach ((int count, int vectors) in tiles.SelectMany(static t => Counts(t.Rows, t.Vectors), static (t, c) => (c, t.Vectors))
            .Distinct().OrderBy(static l => l.c).ThenBy(static l => l.Vectors))
        {
            if (!first)
            {
                Line(text, 0, "");
            }

            first = false;
            Rows(text, count, vectors);
        }

        Line(text, 0, "}");
        return text.ToString();
    }

    /// <summary>
    /// The text that gives a ragged tile to loops of which each lacks at most one row; only the last may lack more:
    /// <code>
    /// if (rows >= 13) { TileLoops.Rows14x2(…); return; }
    ///
    /// TileOperands rest = t;
    /// while (rows >= 6) { TileLoops.Rows7x2(…); rest.A += 7 * t.ARow; sums += 14 * F.Lanes; rows -= 7; }
    ///
    /// while (rows > 0) { TileLoops.Rows4x2(…); … }
    /// </code>
    /// </summary>
    private static void Pieces(StringBuilder text, int[] counts, int vectors)
    {
        int full = counts[0];
        Line(text, 2, $"if (rows >= {full - 1})");
        Line(text, 2, "{");
        Line(text, 3, $"TileLoops.{Loop(full, vectors)}<F, I, M>(in t, rows, sums, accumulate);");
        Line(text, 3, "return;");
        Line(text, 2, "}");
        Line(text, 0, "");
        Line(text, 2, "TileOperands rest = t;");
        for (int i = 1; i < counts.Length; i++)
        {
            int count = counts[i];
            string call = $"TileLoops.{Loop(count, vectors)}<F, I, M>(in rest, Math.Min(rows, {count}), sums, accumulate);";
            bool last = i == counts.Length - 1;
            Line(text, 2, last ? "while (rows > 0)" : $"while (rows >= {count - 1})");
            Line(text, 2, "{");
            Line(text, 3, call);
            Line(text, 3, $"rest.A += {count} * t.ARow;");
            Line(text, 3, $"sums += {count * vectors} * F.Lanes;");
            Line(text, 3, $"rows -= {count};");
            Line(text, 2, "}");
            if (!last)
            {
                Line(text, 0, "");
            }
        }
    }

    private static string Loop(int rows, int vectors) => $"Rows{rows}x{vectors}";

    private const string Parameters = "in TileOperands t, int rows, float* sums, bool accumulate";

    /// <summary>The row counts that have a method: all rows, then half as many, down to what costs no less with fewer
    /// rows, because the chain's latency or the loads bound it. The last takes any rows below it, the others one less.</summary>
    private static int[] Counts(int rows, int vectors)
    {
        int least = LeastRows(vectors);
        var counts = new List<int> { rows };
        while (counts[counts.Count - 1] > least)
        {
            counts.Add(Math.Max(least, (counts[counts.Count - 1] + 1) / 2));
        }

        return counts.ToArray();
    }

    private static int LeastRows(int vectors) =>
        Math.Max(2, Math.Min(LatencyAccumulators / vectors, LatencyAccumulators - vectors));

    private static bool TakesAny(int rows, int vectors) => rows <= LeastRows(vectors);

    /// <summary>Cycles for each step of the depth over all row tiles of a panel of <paramref name="v"/>
    /// vectors.</summary>
    private static double RowCost(int rows, int r, int v)
    {
        double cost = rows / r * TileCost(r, v);
        int rest = rows % r;
        int[] counts = Counts(r, v);
        for (int i = 0; i < counts.Length && rest > 0; i++)
        {
            bool last = i == counts.Length - 1;
            for (; last ? rest > 0 : rest >= counts[i] - 1; rest -= counts[i])
            {
                cost += TileCost(counts[i], v);
            }
        }

        return cost;
    }

    private static double TileCost(int r, int v) => Math.Max(Math.Max(r * v / 2.0, (r + v) / 2.0), 4) + 0.3;

    /// <summary>A loop. A least one may be given any rows, so each of its rows has an offset in a register; more rows than that
    /// share pointers and offsets by threes, and one at most may be missing.</summary>
    private static void Rows(StringBuilder text, int rows, int vectors)
    {
        bool any = TakesAny(rows, vectors);
        Line(text, 1, "[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        Line(text, 1, $"public static unsafe void {Loop(rows, vectors)}<F, I, M>({Parameters})");
        Constraints(text);
        Line(text, 1, "{");
        for (int r = 0; r < rows; r++)
        {
            Line(text, 2, string.Join(" ", Each(vectors, v => $"F sum{r}_{v} = F.Splat(0f);")));
        }

        Line(text, 2, "if (accumulate)");
        Line(text, 2, "{");
        Sums(text, 3, rows, vectors, static (sum, at) => $"{sum} = F.Load({at});");
        Line(text, 2, "}");
        Line(text, 0, "");
        if (rows > 1)
        {
            Line(text, 2, "// Missing rows repeat the last, so nothing behind it is read.");
        }

        if (any)
        {
            for (int r = 1; r < rows; r++)
            {
                Line(text, 2, $"nint row{r} = Math.Min({r}, rows - 1) * t.ARow;");
            }
        }
        else
        {
            Line(text, 2, "nint last = (rows - 1) * t.ARow;");
            Line(text, 2, "nint row1 = t.ARow;");
            if (rows > 3)
            {
                Line(text, 2, "nint row2 = 2 * row1;");
            }
        }

        Line(text, 2, "// In bytes, or every step would scale them again.");
        Line(text, 2, "nint aDepth = t.ADepth * sizeof(float);");
        Line(text, 2, "nint bDepth = t.BDepth * sizeof(float);");
        Line(text, 2, "nint aheadStep = t.AheadStep * sizeof(float);");
        Line(text, 2, "float* ahead = t.Ahead == null ? t.B : t.Ahead;");
        Line(text, 2, "for (int outer = 0; outer < t.Outer; outer++)");
        Line(text, 2, "{");
        Line(text, 3, "for (int middle = 0; middle < t.Middle; middle++)");
        Line(text, 3, "{");
        Line(text, 4, "float* a0 = t.A + (outer * t.AOuter) + (middle * t.AMiddle);");
        for (int r = 3; r < rows - 1 && !any; r += 3)
        {
            Line(text, 4, $"float* a{r} = a{r - 3} + row2 + row1;");
        }

        Line(text, 4, "float* b = t.B + (outer * t.BOuter) + (middle * t.BMiddle);");
        Line(text, 4, "for (int k = t.Depth; k != 0; k--)");
        Line(text, 4, "{");
        Line(text, 5, "Prefetch.Line(ahead);");
        for (int v = 0; v < vectors; v++)
        {
            Line(text, 5, $"F b_{v} = F.Load({At("b", v)});");
        }

        for (int r = 0; r < rows; r++)
        {
            (string a, string? step) = r == 0 ? ("a0", null)
                : any ? ("a0", $"row{r}")
                : r == rows - 1 ? ("a0", "last")
                : (r % 3) switch { 0 => ($"a{r}", null), 1 => ($"a{r - 1}", "row1"), _ => ($"a{r - 2}", "row2") };
            if (vectors == 1)
            {
                Line(text, 5, $"sum{r}_0 = F.Fma({(step == null ? a : $"{a} + {step}")}, b_0, sum{r}_0);");
                continue;
            }

            Line(text, 5, $"F a_{r} = F.Splat({(step == null ? $"*{a}" : $"{a}[{step}]")});");
            Line(text, 5, string.Join(" ", Each(vectors, v => $"sum{r}_{v} = F.Fma(a_{r}, b_{v}, sum{r}_{v});")));
        }

        Line(text, 5, Advance("a0", "aDepth"));
        for (int r = 3; r < rows - 1 && !any; r += 3)
        {
            Line(text, 5, Advance($"a{r}", "aDepth"));
        }

        Line(text, 5, Advance("b", "bDepth"));
        Line(text, 5, Advance("ahead", "aheadStep"));
        Line(text, 4, "}");
        Line(text, 3, "}");
        Line(text, 2, "}");
        Line(text, 0, "");
        Sums(text, 2, rows, vectors, static (sum, at) => $"F.Store({at}, {sum});");
        Line(text, 1, "}");
    }

    /// <summary>A statement for each accumulator and its place; those of missing rows have the place of the last, whose value
    /// they have, too.</summary>
    private static void Sums(StringBuilder text, int indent, int rows, int vectors, Func<string, string, string> statement)
    {
        bool any = TakesAny(rows, vectors);
        for (int r = 0; r < rows; r++)
        {
            string from = any && r > 0 ? $"sums + (Math.Min({r}, rows - 1) * {vectors} * F.Lanes)" : "sums";
            int first = any ? 0 : r * vectors;
            Line(text, indent, string.Join(" ", Each(vectors, v => statement($"sum{r}_{v}", At(from, first + v)))));
        }
    }

    private static void Constraints(StringBuilder text)
    {
        Line(text, 2, "where F : struct, IFloats<F, I, M>");
        Line(text, 2, "where I : struct, IInts<F, I, M>");
        Line(text, 2, "where M : struct, IMask<M>");
    }

    private static string Advance(string pointer, string bytes) => $"{pointer} = (float*)((byte*){pointer} + {bytes});";

    private static string At(string pointer, int vector) => vector switch
    {
        0 => pointer,
        1 => $"{pointer} + F.Lanes",
        _ => $"{pointer} + ({vector} * F.Lanes)",
    };

    private static IEnumerable<string> Each(int count, Func<int, string> text) => Enumerable.Range(0, count).Select(text);

    private static void Line(StringBuilder text, int indent, string line) =>
        text.Append(' ', line.Length == 0 ? 0 : 4 * indent).Append(line).Append('\n');
}
