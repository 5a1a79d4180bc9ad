using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// Scores q_t·k_s of the positions of one chunk: the one product of a scan whose columns are positions. It has a tile of its
/// own, one vector wide, so that what no position sees is skipped vector by vector.
/// </summary>
internal static unsafe class ScanScores
{
    /// <summary>Rows of the tile: enough chains for the latency, and broadcasts that do not bound it.</summary>
    public const int Rows = 8;

    /// <summary>Copies keys so that a vector holds one feature of neighbouring positions: [vector of positions]
    /// [feature][lane].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack<F, I, M>(float* keys, nint step, int count, int features, float* to)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int whole = F.Lanes >= 8 && Avx.IsSupported ? count & ~7 : 0;
        int wholeFeatures = features & ~7;
        for (int s = 0; s < count; s += s < whole ? 8 : 1)
        {
            float* from = keys + (s * step);
            float* at = to + ((nint)(s / F.Lanes) * features * F.Lanes) + (s % F.Lanes);
            int feature = 0;
            for (; s < whole && feature < wholeFeatures; feature += 8)
            {
                HostTranspose.Eight(from + feature, step, at + (feature * F.Lanes), F.Lanes);
            }

            int last = s < whole ? 8 : 1;
            for (; feature < features; feature++)
            {
                for (int i = 0; i < last; i++)
                {
                    at[(feature * F.Lanes) + i] = from[(i * step) + feature];
                }
            }
        }
    }

    /// <summary>Scores of rows with the positions from … to, 0 where a row does not see a position; what lies before or
    /// behind in the same vectors may be written, too.</summary>
    /// <param name="queries">The first row.</param>
    /// <param name="queryStep">Elements from one row to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="first">The position of the first row in its chunk.</param>
    /// <param name="keys">What <see cref="Pack"/> has made of the chunk.</param>
    /// <param name="features">Features of a key.</param>
    /// <param name="from">The first position that any row sees.</param>
    /// <param name="to">Behind the last one.</param>
    /// <param name="reverse">Whether rows see later positions.</param>
    /// <param name="exclusive">Whether a row does not see itself.</param>
    /// <param name="scores">Room for rows, rounded up to <see cref="Rows"/>.</param>
    /// <param name="pitch">Elements from one row of scores to the next.</param>
    public static void Of<F, I, M>(
        float* queries, nint queryStep, int rows, int first, float* keys, int features, int from, int to, bool reverse,
        bool exclusive, float* scores, nint pitch)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int row = 0; row < rows; row += Rows)
        {
            int some = Math.Min(Rows, rows - row);
            for (int s = from / F.Lanes * F.Lanes; s < to; s += F.Lanes)
            {
                float* at = scores + (row * pitch) + s;
                int nearest = first + row + (reverse ? some - 1 : 0) - (exclusive ? reverse ? -1 : 1 : 0);
                bool hides = reverse ? s < nearest : s + F.Lanes - 1 > nearest;
                int own = !hides ? Shows : first + row + (exclusive ? reverse ? 1 : -1 : 0);
                Eight<F, I, M>(
                    queries + (row * queryStep), queryStep, some, keys + ((nint)s * features), features, at, pitch,
                    s, own, reverse);
            }
        }
    }

    /// <summary>Instead of a position: every row sees every position.</summary>
    private const int Shows = int.MinValue;

    /// <summary>Eight rows and one vector of positions; rows that do not exist repeat the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Eight<F, I, M>(
        float* q, nint step, int rows, float* keys, int features, float* scores, nint pitch, int position, int own,
        bool reverse)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        float* q1 = rows > 1 ? q + step : q;
        float* q2 = rows > 2 ? q1 + step : q1;
        float* q3 = rows > 3 ? q2 + step : q2;
        float* q4 = rows > 4 ? q3 + step : q3;
        float* q5 = rows > 5 ? q4 + step : q4;
        float* q6 = rows > 6 ? q5 + step : q5;
        float* q7 = rows > 7 ? q6 + step : q6;
        F s0 = F.Splat(0f);
        F s1 = s0;
        F s2 = s0;
        F s3 = s0;
        F s4 = s0;
        F s5 = s0;
        F s6 = s0;
        F s7 = s0;
        for (nint i = 0; i < features; i++)
        {
            F key = F.Load(keys);
            s0 = F.Fma(F.Splat(q[i]), key, s0);
            s1 = F.Fma(F.Splat(q1[i]), key, s1);
            s2 = F.Fma(F.Splat(q2[i]), key, s2);
            s3 = F.Fma(F.Splat(q3[i]), key, s3);
            s4 = F.Fma(F.Splat(q4[i]), key, s4);
            s5 = F.Fma(F.Splat(q5[i]), key, s5);
            s6 = F.Fma(F.Splat(q6[i]), key, s6);
            s7 = F.Fma(F.Splat(q7[i]), key, s7);
            keys += F.Lanes;
        }

        if (own != Shows)
        {
            // Forwards a row sees the positions up to its own, in reverse those from it on.
            I positions = I.Iota(position);
            F none = F.Splat(0f);
            if (reverse)
            {
                s0 = F.Select(I.Less(positions, I.Splat(own)), none, s0);
                s1 = F.Select(I.Less(positions, I.Splat(own + 1)), none, s1);
                s2 = F.Select(I.Less(positions, I.Splat(own + 2)), none, s2);
                s3 = F.Select(I.Less(positions, I.Splat(own + 3)), none, s3);
                s4 = F.Select(I.Less(positions, I.Splat(own + 4)), none, s4);
                s5 = F.Select(I.Less(positions, I.Splat(own + 5)), none, s5);
                s6 = F.Select(I.Less(positions, I.Splat(own + 6)), none, s6);
                s7 = F.Select(I.Less(positions, I.Splat(own + 7)), none, s7);
            }
            else
            {
                s0 = F.Select(I.Less(I.Splat(own), positions), none, s0);
                s1 = F.Select(I.Less(I.Splat(own + 1), positions), none, s1);
                s2 = F.Select(I.Less(I.Splat(own + 2), positions), none, s2);
                s3 = F.Select(I.Less(I.Splat(own + 3), positions), none, s3);
                s4 = F.Select(I.Less(I.Splat(own + 4), positions), none, s4);
                s5 = F.Select(I.Less(I.Splat(own + 5), positions), none, s5);
                s6 = F.Select(I.Less(I.Splat(own + 6), positions), none, s6);
                s7 = F.Select(I.Less(I.Splat(own + 7), positions), none, s7);
            }
        }

        F.Store(scores, s0);
        F.Store(scores + pitch, s1);
        F.Store(scores + (2 * pitch), s2);
        F.Store(scores + (3 * pitch), s3);
        scores += 4 * pitch;
        F.Store(scores, s4);
        F.Store(scores + pitch, s5);
        F.Store(scores + (2 * pitch), s6);
        F.Store(scores + (3 * pitch), s7);
    }
}
