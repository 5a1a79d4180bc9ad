using System;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The HippoScan skeleton on the host. A row is a channel of a sample. With a transition, a piece of work is a few rows, lanes
/// are coefficients, and a position is a small matrix product, forward of the last position's result as it lies. Scaled,
/// a piece is a vector of rows, lanes are rows, and coefficients follow each other, for each needs the sum of those before it.
/// </summary>
internal static unsafe partial class HostHippoScan<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    /// <summary>Rows that share what is read of a transition.</summary>
    private const int Few = 4;

    /// <summary>Positions behind which what has faded is cleared.</summary>
    private const int Chunk = 32;

    private static int Lanes => F.Lanes;

    public static int Slices(HippoScanLaunch launch) => Slicing.Count(
        Pieces(launch), (long)Rows(launch) * launch.Positions * launch.Shape.Order * (launch.Shape.Scaled ? 1 : 2));

    public static void Run(HippoScanLaunch launch, float* memory, float* scratch, int slice)
    {
        (int first, int end) = Slicing.Range(Pieces(launch), Slices(launch), slice);
        if (launch.Shape.Scaled)
        {
            for (int piece = first; piece < end; piece++)
            {
                if (launch.Shape.Transposed)
                {
                    ScaledBack(launch, memory, scratch, piece * Lanes);
                }
                else
                {
                    Scaled(launch, memory, scratch, piece * Lanes);
                }
            }

            return;
        }

        float* others = ReadTransition(launch, memory, scratch);
        for (int piece = first; piece < end; piece++)
        {
            if (launch.Shape.Transposed)
            {
                SteadyBack(launch, memory, scratch, others, piece * Few);
            }
            else
            {
                Steady(launch, memory, scratch, others, piece * Few);
            }
        }
    }

    private static int Rows(HippoScanLaunch launch) => launch.Batch * launch.Shape.Channels;

    private static int Pieces(HippoScanLaunch launch) =>
        Slicing.Ceiling(Rows(launch), launch.Shape.Scaled ? Lanes : Few);

    /// <summary>Floats of a row of a matrix in scratch: whole pairs of vectors.</summary>
    private static int Pitch(HippoScanLaunch launch) => Slicing.RoundUp(launch.Shape.Order, 2 * Lanes);

    /// <summary>Values and coefficients of one row, and where it begins anew; null when nowhere.</summary>
    private static (nint U, nint Y, int GoesOn) Place(HippoScanLaunch launch, int row)
    {
        (int sample, int channel) = Math.DivRem(row, launch.Shape.Channels);
        return (
            launch.UAt + launch.U.At(sample, 0) + channel,
            launch.YAt + launch.Y.At(sample, 0) + ((nint)channel * launch.Shape.Order),
            launch.GoesOnAt < 0 ? -1 : launch.GoesOnAt + (sample * launch.Positions));
    }

    private static bool BeginsAnew(float* memory, int goesOn, int position) =>
        goesOn >= 0 && memory[goesOn + position] == 0f;

    /// <summary>What rows of coefficients are multiplied by, Āᵀ or of the transposed map Ā, as rows of whole vectors, and B̄
    /// behind them. Returns what is free behind that.</summary>
    private static float* ReadTransition(HippoScanLaunch launch, float* memory, float* matrix)
    {
        (int order, int pitch) = (launch.Shape.Order, Pitch(launch));
        float* source = memory + launch.TransitionAt;
        new Span<float>(matrix, (order + 1) * pitch).Clear();
        for (int i = 0; i < order; i++)
        {
            for (int j = 0; j < order; j++)
            {
                matrix[(i * pitch) + j] = launch.Shape.Transposed
                    ? source[(i * (order + 1)) + j] : source[(j * (order + 1)) + i];
            }

            matrix[(order * pitch) + i] = source[(i * (order + 1)) + order];
        }

        return matrix + ((order + 1) * pitch);
    }

    private static void Steady(HippoScanLaunch launch, float* memory, float* matrix, float* scratch, int row)
    {
        HippoScanShape shape = launch.Shape;
        (int order, int rows, int pitch) = (shape.Order, Math.Min(Few, Rows(launch) - row), Pitch(launch));
        float* input = matrix + (order * pitch);
        float* nothing = scratch;
        new Span<float>(nothing, pitch).Clear();
        float** past = stackalloc float*[Few];
        float** next = stackalloc float*[Few];
        float* values = stackalloc float[Few];
        for (int r = 0; r < Few; r++)
        {
            // Rows beyond the last compute what it does.
            nint own = row + Math.Min(r, rows - 1);
            past[r] = launch.StartAt >= 0 ? memory + launch.StartAt + (own * order)
                : launch.StateAt >= 0 ? memory + launch.StateAt + (own * (order + 1)) : nothing;
        }

        for (int t = 0; t < launch.Positions; t++)
        {
            for (int r = 0; r < Few; r++)
            {
                (nint u, nint y, int goesOn) = Place(launch, row + Math.Min(r, rows - 1));
                values[r] = memory[u + ((nint)t * launch.U.Position)];
                next[r] = memory + y + ((nint)t * launch.Y.Position);
                past[r] = BeginsAnew(memory, goesOn, t) ? nothing : past[r];
                if (t > 0 && t % Chunk == 0)
                {
                    FadedStates<F, I, M>.Clear(past[r], order);
                }
            }

            for (int at = 0; at < order; at += 2 * Lanes)
            {
                F b0 = F.Load(input + at), b1 = F.Load(input + at + Lanes);
                Multiply(
                    matrix + at, pitch, order, past,
                    b0 * F.Splat(values[0]), b1 * F.Splat(values[0]), b0 * F.Splat(values[1]), b1 * F.Splat(values[1]),
                    b0 * F.Splat(values[2]), b1 * F.Splat(values[2]), b0 * F.Splat(values[3]), b1 * F.Splat(values[3]),
                    next, at, order, rows);
            }

            for (int r = 0; r < Few; r++)
            {
                past[r] = next[r];
            }
        }

        for (int r = 0; launch.StateAt >= 0 && r < rows && launch.Positions > 0; r++)
        {
            float* kept = memory + launch.StateAt + ((nint)(row + r) * (order + 1));
            new Span<float>(past[r], order).CopyTo(new Span<float>(kept, order));
        }
    }

    private static void SteadyBack(HippoScanLaunch launch, float* memory, float* matrix, float* scratch, int row)
    {
        HippoScanShape shape = launch.Shape;
        (int order, int rows, int pitch) = (shape.Order, Math.Min(Few, Rows(launch) - row), Pitch(launch));
        float* input = matrix + (order * pitch);
        float** gradient = stackalloc float*[Few];
        float** next = stackalloc float*[Few];
        for (int r = 0; r < Few; r++)
        {
            gradient[r] = scratch + (r * pitch);
            next[r] = scratch + ((Few + r) * pitch);
        }

        // What is behind the end gives nothing.
        new Span<float>(scratch, 2 * Few * pitch).Clear();
        for (int t = launch.Positions - 1; t >= 0; t--)
        {
            for (int r = 0; r < rows; r++)
            {
                (nint u, nint y, int goesOn) = Place(launch, row + r);
                float* own = memory + y + ((nint)t * launch.Y.Position);
                F sum = F.Splat(0f);
                if (t % Chunk == 0)
                {
                    FadedStates<F, I, M>.Clear(gradient[r], order);
                }

                for (int at = 0; at < order; at += Lanes)
                {
                    int count = Math.Min(Lanes, order - at);
                    F all = F.Load(gradient[r] + at) + (count == Lanes ? F.Load(own + at) : F.Load(own + at, count));
                    F.Store(gradient[r] + at, all);
                    sum = F.Fma(all, F.Load(input + at), sum);
                }

                if (!shape.ToStart)
                {
                    memory[u + ((nint)t * launch.U.Position)] = F.Sum(sum);
                }

                if (BeginsAnew(memory, goesOn, t))
                {
                    new Span<float>(gradient[r], order).Clear();
                }
            }

            F zero = F.Splat(0f);
            for (int at = 0; at < order; at += 2 * Lanes)
            {
                Multiply(
                    matrix + at, pitch, order, gradient, zero, zero, zero, zero, zero, zero, zero, zero, next, at, pitch, Few);
            }

            for (int r = 0; r < Few; r++)
            {
                float* done = gradient[r];
                gradient[r] = next[r];
                next[r] = done;
            }
        }

        for (int r = 0; shape.ToStart && r < rows; r++)
        {
            float* start = memory + launch.UAt + ((nint)(row + r) * order);
            new Span<float>(gradient[r], order).CopyTo(new Span<float>(start, order));
        }
    }

    /// <summary>Two vectors of a few rows times a matrix, added to what is given.</summary>
    private static void Multiply(
        float* matrix, int pitch, int count, float** rows, F a0, F a1, F b0, F b1, F c0, F c1, F d0, F d1,
        float** results, int at, int width, int stored)
    {
        float* a = rows[0], b = rows[1], c = rows[2], d = rows[3];
        for (int k = 0; k < count; k++)
        {
            F m0 = F.Load(matrix), m1 = F.Load(matrix + Lanes);
            F of = F.Splat(a[k]);
            a0 = F.Fma(of, m0, a0);
            a1 = F.Fma(of, m1, a1);
            of = F.Splat(b[k]);
            b0 = F.Fma(of, m0, b0);
            b1 = F.Fma(of, m1, b1);
            of = F.Splat(c[k]);
            c0 = F.Fma(of, m0, c0);
            c1 = F.Fma(of, m1, c1);
            of = F.Splat(d[k]);
            d0 = F.Fma(of, m0, d0);
            d1 = F.Fma(of, m1, d1);
            matrix += pitch;
        }

        Store(results[0], at, width, a0, a1);
        if (stored > 1)
        {
            Store(results[1], at, width, b0, b1);
        }

        if (stored > 2)
        {
            Store(results[2], at, width, c0, c1);
        }

        if (stored > 3)
        {
            Store(results[3], at, width, d0, d1);
        }
    }

    private static void Store(float* row, int at, int width, F first, F second)
    {
        F.Store(row + at, first, Math.Min(Lanes, width - at));
        if (at + Lanes < width)
        {
            F.Store(row + at + Lanes, second, Math.Min(Lanes, width - at - Lanes));
        }
    }
}
