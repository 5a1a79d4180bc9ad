using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>Few queries before many keys, as those of a session that takes positions one by one. What counts then is memory: keys and
/// values are read once and as they lie; to transpose keys would take longer than all the rest.</content>
internal static unsafe partial class HostAttend
{
    private const int FewQueries = 3;

    /// <summary>Keys in front of the one that is read, whose lines are asked for: rows of a head are no stream.</summary>
    private const int KeysAhead = 8;

    private static bool AreFew(in AttendExtents e) => e.Queries <= FewQueries;

    /// <summary>Products of a few queries with the keys of a block; zeros behind the last key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ScoreFew<F, I, M>(
        float* queries, nint queryRow, float* keys, nint keyRow, in SeenKeys seen, int width, AttendBlocks blocks, float* scores)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int panel = blocks.Panel;
        int count = seen.Before(seen.Rows);
        for (int r = 0; r < seen.Rows; r++, queries += queryRow)
        {
            float* key = keys;
            for (int first = 0; first < AttendBlocks.Keys; first += panel)
            {
                float* cells = scores + (first * blocks.Rows) + (r * panel);
                for (int j = 0; j < panel; j++, key += keyRow)
                {
                    for (int k = 0; k < width; k += TileWalk.LineFloats)
                    {
                        Prefetch.Line(key + (KeysAhead * keyRow) + k);
                    }

                    cells[j] = first + j < count ? DotProduct.Of<F, I, M>(queries, key, width) : 0f;
                }
            }
        }
    }

    /// <summary>sums += weights · values of a block, for a few rows; the sums lie panel after panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void WeighFew<F, I, M>(
        float* weights, in SeenKeys seen, float* values, nint valueRow, int width, AttendBlocks blocks, float* sums, bool accumulate)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int panel = blocks.Panel;
        if (!accumulate)
        {
            Clear(sums, blocks, width);
        }

        int count = seen.Before(seen.Rows);
        for (int r = 0; r < seen.Rows; r++)
        {
            for (int first = 0; first < count; first += panel)
            {
                float* weight = weights + (first * blocks.Rows) + (r * panel);
                float* value = values + (first * valueRow);
                int end = Math.Min(panel, count - first);
                int j = 0;
                for (; j <= end - 4; j += 4, value += 4 * valueRow)
                {
                    AddFour<F, I, M>(weight + j, value, valueRow, width, sums + (r * panel), panel, blocks.Rows);
                }

                for (; j < end; j++, value += valueRow)
                {
                    HostAttendPairs.Add<F, I, M>(
                        sums + (r * panel), panel, (nint)blocks.Rows * panel, value, weight[j], width);
                }
            }
        }
    }

    /// <summary>The values of four keys, each times its weight, added to a row of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFour<F, I, M>(
        float* weight, float* value, nint row, int width, float* sums, int panel, int rows)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F w0 = F.Splat(weight[0]);
        F w1 = F.Splat(weight[1]);
        F w2 = F.Splat(weight[2]);
        F w3 = F.Splat(weight[3]);
        for (int first = 0; first < width; first += panel)
        {
            float* from = value + first;
            float* sum = sums + (first * rows);
            int end = Math.Min(panel, width - first);
            for (int c = 0; c < end; c += F.Lanes)
            {
                float* at = from + c;
                float* ahead = at + (KeysAhead * row);
                Prefetch.Line(ahead);
                Prefetch.Line(ahead + row);
                Prefetch.Line(ahead + (2 * row));
                Prefetch.Line(ahead + (3 * row));
                F s = F.Fma(w0, F.Load(at), F.Load(sum + c));
                s = F.Fma(w1, F.Load(at + row), s);
                s = F.Fma(w2, F.Load(at + (2 * row)), s);
                F.Store(sum + c, F.Fma(w3, F.Load(at + (3 * row)), s));
            }
        }
    }
}
