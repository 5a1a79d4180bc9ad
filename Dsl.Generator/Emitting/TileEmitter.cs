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
/// tile has a loop for its full row count and some below it (see Counts): a ragged tile takes the smallest that holds it.
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
    /// The text of a tile, which takes the loop for as many rows as it is given:
    /// <code>
    /// internal readonly struct Tile6x2 : ITile
    /// {
    ///     public static void Run&lt;F, I, M&gt;(in TileOperands t, int rows, float* sums, bool accumulate)
    ///         { … TileLoops.Rows6x2, Rows4x2, Rows2x2 … }
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
        for (int i = 0; i < counts.Length; i++)
        {
            string call = $"TileLoops.{Loop(counts[i], tile.Vectors)}<F, I, M>(in t, rows, sums, accumulate);";
            if (i == counts.Length - 1)
            {
                Line(text, 2, call);
                break;
            }

            Line(text, 2, $"if (rows > {counts[i + 1]})");
            Line(text, 2, "{");
            Line(text, 3, call);
            Line(text, 3, "return;");
            Line(text, 2, "}");
            Line(text, 0, "");
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

    private static string Loop(int rows, int vectors) => $"Rows{rows}x{vectors}";

    private const string Parameters = "in TileOperands t, int rows, float* sums, bool accumulate";

    /// <summary>The row counts that have a method: all rows, then half as many, down to what costs no less with fewer
    /// rows, because the chain's latency or the loads bound it. A ragged tile takes the smallest that holds it.</summary>
    private static int[] Counts(int rows, int vectors)
    {
        int least = Math.Max(2, Math.Min(LatencyAccumulators / vectors, LatencyAccumulators - vectors));
        var counts = new List<int> { rows };
        while (counts[counts.Count - 1] > least)
        {
            counts.Add(Math.Max(least, (counts[counts.Count - 1] + 1) / 2));
        }

        return counts.ToArray();
    }

    /// <summary>Cycles for each step of the depth over all row tiles of a panel of <paramref name="v"/>
    /// vectors.</summary>
    private static double RowCost(int rows, int r, int v)
    {
        int rest = rows % r;
        double cost = rows / r * TileCost(r, v);
        return rest == 0 ? cost : cost + TileCost(Counts(r, v).Last(count => count >= rest), v);
    }

    private static double TileCost(int r, int v) => Math.Max(Math.Max(r * v / 2.0, (r + v) / 2.0), 4) + 0.3;

    private static void Rows(StringBuilder text, int rows, int vectors)
    {
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
        for (int r = 0; r < rows; r++)
        {
            Line(text, 3, string.Join(" ", Each(vectors, v => $"sum{r}_{v} = F.Load({At("sums", (r * vectors) + v)});")));
        }

        Line(text, 2, "}");
        Line(text, 0, "");
        if (rows > 1)
        {
            Line(text, 2, "nint row = t.ARow;");
            if (rows > 3)
            {
                Line(text, 2, "nint row2 = 2 * row;");
            }

            Line(text, 2, "// A ragged tile repeats its last row, so nothing beyond is read.");
            Line(text, 2, "nint last = (rows - 1) * row;");
        }

        Line(text, 2, "// In bytes, or every step would scale them again.");
        Line(text, 2, "nint aDepth = t.ADepth * sizeof(float);");
        Line(text, 2, "nint bDepth = t.BDepth * sizeof(float);");
        Line(text, 2, "for (int outer = 0; outer < t.Outer; outer++)");
        Line(text, 2, "{");
        Line(text, 3, "for (int middle = 0; middle < t.Middle; middle++)");
        Line(text, 3, "{");
        Line(text, 4, "float* a0 = t.A + (outer * t.AOuter) + (middle * t.AMiddle);");
        for (int r = 3; r < rows - 1; r += 3)
        {
            Line(text, 4, $"float* a{r} = a{r - 3} + row2 + row;");
        }

        Line(text, 4, "float* b = t.B + (outer * t.BOuter) + (middle * t.BMiddle);");
        Line(text, 4, "for (int k = t.Depth; k != 0; k--)");
        Line(text, 4, "{");
        for (int v = 0; v < vectors; v++)
        {
            Line(text, 5, $"F b_{v} = F.Load({At("b", v)});");
        }

        for (int r = 0; r < rows; r++)
        {
            string from = r == rows - 1 && r > 0 ? "a0[last]"
                : (r % 3) switch { 0 => $"*a{r}", 1 => $"a{r - 1}[row]", _ => $"a{r - 2}[row2]" };
            Line(text, 5, $"F a_{r} = F.Splat({from});");
            Line(text, 5, string.Join(" ", Each(vectors, v => $"sum{r}_{v} = F.Fma(a_{r}, b_{v}, sum{r}_{v});")));
        }

        Line(text, 5, Advance("a0", "aDepth"));
        for (int r = 3; r < rows - 1; r += 3)
        {
            Line(text, 5, Advance($"a{r}", "aDepth"));
        }

        Line(text, 5, Advance("b", "bDepth"));
        Line(text, 4, "}");
        Line(text, 3, "}");
        Line(text, 2, "}");
        Line(text, 0, "");
        for (int r = 0; r < rows; r++)
        {
            Line(text, 2, string.Join(" ", Each(vectors, v => $"F.Store({At("sums", (r * vectors) + v)}, sum{r}_{v});")));
        }

        Line(text, 1, "}");
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
