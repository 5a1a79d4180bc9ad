using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// Scores q_t·k_s of the positions of one chunk: the one product of a scan whose columns are positions. It has tiles
/// of its own, one vector wide, so that what no row sees is left out vector by vector.
/// </summary>
internal static unsafe class ScanScores
{
    /// <summary>Rows of the larger tile, for 32 vector registers.</summary>
    public const int MostRows = 16;
    private const int FewRows = 8;

    /// <summary>Instead of a position: every row sees every position.</summary>
    private const int Shows = int.MinValue;

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

    /// <summary>Scores of all positions of a chunk with all of them, 0 where a row does not see a position.</summary>
    /// <param name="queries">The first row.</param>
    /// <param name="step">Elements from one row to the next.</param>
    /// <param name="keys">What <see cref="Pack"/> has made of the chunk.</param>
    /// <param name="features">Features of a key.</param>
    /// <param name="count">Positions.</param>
    /// <param name="reverse">Whether rows see later positions.</param>
    /// <param name="exclusive">Whether a row does not see itself.</param>
    /// <param name="scores">Room for as many rows, rounded up to <see cref="MostRows"/>.</param>
    /// <param name="pitch">Elements from one row of scores to the next: whole vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of<F, I, M>(
        float* queries, nint step, float* keys, int features, int count, bool reverse, bool exclusive, float* scores,
        nint pitch)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int nearest = exclusive ? 1 : 0;
        for (int row = 0, rows; row < count; row += rows)
        {
            rows = F.Lanes == 16 && count - row >= MostRows ? MostRows : FewRows;
            float* q = queries + (row * step);
            for (int s = 0; s < count; s += F.Lanes)
            {
                // Forwards row t sees up to t - nearest, in reverse from t + nearest on.
                float* at = scores + (row * pitch) + s;
                (int nothing, int everything) = reverse
                    ? (row + nearest - s - F.Lanes + 1, s - (row + rows - 1 + nearest))
                    : (s - (row + rows - 1 - nearest), row - nearest - s - F.Lanes + 1);
                int own = everything >= 0 ? Shows : reverse ? row + nearest : row - nearest;
                if (nothing > 0)
                {
                    Clear<F, I, M>(at, pitch, rows);
                }
                else if (rows == MostRows)
                {
                    Sixteen<F, I, M>(q, step, keys + ((nint)s * features), features, at, pitch);
                    Hide<F, I, M>(at, pitch, rows, s, own, reverse);
                }
                else
                {
                    int some = Math.Min(rows, count - row);
                    Eight<F, I, M>(q, step, some, keys + ((nint)s * features), features, at, pitch);
                    Hide<F, I, M>(at, pitch, some, s, own, reverse);
                }
            }
        }
    }

    private static void Clear<F, I, M>(float* scores, nint pitch, int rows)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int row = 0; row < rows; row++)
        {
            F.Store(scores + (row * pitch), F.Splat(0f));
        }
    }

    /// <summary>Sets to 0 what rows do not see; <paramref name="own"/> is the first row's nearest position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Hide<F, I, M>(float* scores, nint pitch, int rows, int position, int own, bool reverse)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        I positions = I.Iota(position);
        for (int row = 0; row < rows && own != Shows; row++)
        {
            I nearest = I.Splat(own + row);
            M hidden = reverse ? I.Less(positions, nearest) : I.Less(nearest, positions);
            F.Store(scores, F.Select(hidden, F.Splat(0f), F.Load(scores)));
            scores += pitch;
        }
    }

    /// <summary>Eight rows and one vector of positions; rows that do not exist repeat the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Eight<F, I, M>(
        float* q, nint step, int rows, float* keys, int features, float* scores, nint pitch)
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
            s0 = F.Fma(q + i, key, s0);
            s1 = F.Fma(q1 + i, key, s1);
            s2 = F.Fma(q2 + i, key, s2);
            s3 = F.Fma(q3 + i, key, s3);
            s4 = F.Fma(q4 + i, key, s4);
            s5 = F.Fma(q5 + i, key, s5);
            s6 = F.Fma(q6 + i, key, s6);
            s7 = F.Fma(q7 + i, key, s7);
            keys += F.Lanes;
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

    /// <summary>Sixteen rows and one vector of positions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Sixteen<F, I, M>(float* q, nint step, float* keys, int features, float* scores, nint pitch)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        nint step2 = 2 * step;
        float* q3 = q + step2 + step;
        float* q6 = q3 + step2 + step;
        float* q9 = q6 + step2 + step;
        float* q12 = q9 + step2 + step;
        float* q15 = q12 + step2 + step;
        F s0 = F.Splat(0f);
        F s1 = F.Splat(0f);
        F s2 = F.Splat(0f);
        F s3 = F.Splat(0f);
        F s4 = F.Splat(0f);
        F s5 = F.Splat(0f);
        F s6 = F.Splat(0f);
        F s7 = F.Splat(0f);
        F s8 = F.Splat(0f);
        F s9 = F.Splat(0f);
        F s10 = F.Splat(0f);
        F s11 = F.Splat(0f);
        F s12 = F.Splat(0f);
        F s13 = F.Splat(0f);
        F s14 = F.Splat(0f);
        F s15 = F.Splat(0f);
        for (int i = features; i > 0; i--)
        {
            F key = F.Load(keys);
            s0 = F.Fma(q, key, s0);
            s1 = F.Fma(q + step, key, s1);
            s2 = F.Fma(q + step2, key, s2);
            s3 = F.Fma(q3, key, s3);
            s4 = F.Fma(q3 + step, key, s4);
            s5 = F.Fma(q3 + step2, key, s5);
            s6 = F.Fma(q6, key, s6);
            s7 = F.Fma(q6 + step, key, s7);
            s8 = F.Fma(q6 + step2, key, s8);
            s9 = F.Fma(q9, key, s9);
            s10 = F.Fma(q9 + step, key, s10);
            s11 = F.Fma(q9 + step2, key, s11);
            s12 = F.Fma(q12, key, s12);
            s13 = F.Fma(q12 + step, key, s13);
            s14 = F.Fma(q12 + step2, key, s14);
            s15 = F.Fma(q15, key, s15);
            q++;
            q3++;
            q6++;
            q9++;
            q12++;
            q15++;
            keys += F.Lanes;
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
        scores += 4 * pitch;
        F.Store(scores, s8);
        F.Store(scores + pitch, s9);
        F.Store(scores + (2 * pitch), s10);
        F.Store(scores + (3 * pitch), s11);
        scores += 4 * pitch;
        F.Store(scores, s12);
        F.Store(scores + pitch, s13);
        F.Store(scores + (2 * pitch), s14);
        F.Store(scores + (3 * pitch), s15);
    }
}
