using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>
/// The gradient. The states of a sample before each chunk are kept; then each chunk, from the last one, is gone through
/// again. With h the conjugate of the gradient by x, what goes back is a scan like the one before, w and b, and p and q
/// having changed places: h_t = w·ȳ_t + λ·h_{t+1} + q·ρ_{t+1}, ρ_t = -Σ Re(p·h_t). Both are in scratch for a chunk, so
/// that the ten sums of a state stay in registers for as long.
/// </content>
internal static unsafe partial class HostLowRankScan<F, I, M>
{
    /// <summary>Where the parts of a worker's scratch begin.</summary>
    private readonly ref struct Work
    {
        public readonly float* Modes;
        public readonly float* Sums;

        /// <summary>States after each position of a chunk, behind those before it.</summary>
        public readonly float* States;

        /// <summary>h of each position of a chunk, before that of the one behind it.</summary>
        public readonly float* Back;

        /// <summary>u, ȳ, r and ρ of each position; ρ of the one behind, too.</summary>
        public readonly float* U;
        public readonly float* Y;
        public readonly float* R;
        public readonly float* Rho;

        /// <summary>States of 0.</summary>
        public readonly float* Zeros;

        /// <summary>1 where states begin anew, for each position of a chunk and the one behind it.</summary>
        public readonly float* Anew;

        public Work(LowRankScanLaunch launch, float* scratch)
        {
            int own = Own(launch);
            int modes = LowRankParts.Even(launch.Shape.States) * LowRankParts.Rows * Lanes;
            Modes = scratch;
            Sums = Modes + modes;
            States = Sums + modes;
            Back = States + ((Chunk + 1) * own);
            U = Back + ((Chunk + 1) * own);
            Y = U + (Chunk * Lanes);
            R = Y + (Chunk * Lanes);
            Rho = R + (Chunk * Lanes);
            Zeros = Rho + ((Chunk + 1) * Lanes);
            Anew = Zeros + own;
            new Span<float>(Sums, modes).Clear();
            new Span<float>(Zeros, own).Clear();
        }
    }

    /// <summary>The gradient of a vector of channels, of all samples.</summary>
    private static void Gradient(LowRankScanLaunch launch, float* memory, float* scratch, int group)
    {
        LowRankScanShape shape = launch.Shape;
        int channels = Channels(launch, group);
        int states = LowRankParts.Even(shape.States);
        int own = Own(launch);
        var work = new Work(launch, scratch);
        ReadModes(launch, memory, group, work.Modes);
        for (int sample = 0; sample < launch.Batch; sample++)
        {
            int positions = launch.Own(memory, sample);
            KeepStates(launch, memory, in work, sample, group, positions);
            new Span<float>(work.Back, own).Clear();
            F.Store(work.Rho, F.Splat(0f));
            work.Anew[0] = 1f;
            for (int chunk = Slicing.Ceiling(positions, Chunk) - 1; chunk >= 0; chunk--)
            {
                int first = chunk * Chunk;
                int count = Math.Min(Chunk, positions - first);

                // What was the first position is now the one behind the chunk.
                FadedStates<F, I, M>.Clear(work.Back, own);
                Copy(work.Back, work.Back + (count * own), own);
                F.Store(work.Rho + (count * Lanes), FadedStates<F, I, M>.Cleared(F.Load(work.Rho)));
                work.Anew[count] = work.Anew[0];
                Again(launch, memory, in work, sample, group, chunk, count, positions);
                for (int i = count - 1; i >= 0; i--)
                {
                    float* back = work.Back + (i * own);
                    F y = F.Load(work.Y + (i * Lanes));
                    if (shape.ToStates && first + i + 1 == positions)
                    {
                        ReadStates(launch, memory + launch.LastAt, sample, group, back);
                        F.Store(work.Rho + (i * Lanes), Last(work.Modes, back, states, y));
                        continue;
                    }

                    bool isLast = work.Anew[i + 1] != 0f;
                    F rho = isLast ? F.Splat(0f) : F.Load(work.Rho + ((i + 1) * Lanes));
                    rho = GoBack(work.Modes, isLast ? work.Zeros : back + own, back, states, y, rho);
                    F.Store(work.Rho + (i * Lanes), rho);
                }

                for (int state = 0; state < shape.States; state++)
                {
                    SumUp(in work, work.Sums + (state * LowRankParts.Rows * Lanes), state * 2 * Lanes, own, count);
                }
            }
        }

        for (int row = 0; row < LowRankParts.Rows; row++)
        {
            nint at = ((nint)row * shape.Channels * shape.States) + (group * Lanes * shape.States);
            Scatter(
                work.Sums + (row * Lanes), LowRankParts.Rows * Lanes, memory + launch.GradientAt + at, shape.States, shape.States,
                channels);
        }
    }

    private static float* Kept(LowRankScanLaunch launch, float* memory, int group, int chunk) =>
        memory + launch.ScratchAt + ((((nint)group * launch.Chunks) + chunk) * Own(launch));

    private static void Copy(float* from, float* to, int count) =>
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    /// <summary>The states of a sample before each chunk.</summary>
    private static void KeepStates(
        LowRankScanLaunch launch, float* memory, in Work work, int sample, int group, int positions)
    {
        float* x = work.States;
        int states = LowRankParts.Even(launch.Shape.States);
        new Span<float>(x, Own(launch)).Clear();
        F r = F.Splat(0f);
        for (int done = 0; done < positions; done++)
        {
            if (done % Chunk == 0)
            {
                FadedStates<F, I, M>.Clear(x, Own(launch));
                r = FadedStates<F, I, M>.Cleared(r);
                Copy(x, Kept(launch, memory, group, done / Chunk), Own(launch));
                if (done + Chunk >= positions)
                {
                    return;
                }
            }

            F u = Input(launch, memory, sample, group, PositionOf(launch, done, positions), done);
            if (done == 0 && launch.Shape.FromStates)
            {
                ReadStates(launch, memory + launch.StartAt, sample, group, x);
                First(work.Modes, x, states, u, ref r);
                continue;
            }

            if (BeginsAnew(launch, memory, sample, done, positions))
            {
                new Span<float>(x, Own(launch)).Clear();
                r = F.Splat(0f);
            }

            Step(work.Modes, x, x, states, u, ref r);
        }
    }

    /// <summary>A chunk forward: states, inputs and r.</summary>
    private static void Again(LowRankScanLaunch launch, float* memory, in Work work, int sample, int group, int chunk,
        int count, int positions)
    {
        int own = Own(launch);
        int states = LowRankParts.Even(launch.Shape.States);
        int channels = Channels(launch, group);
        float* y = memory + launch.YAt + launch.Y.At(sample, 0) + (group * Lanes);
        Copy(Kept(launch, memory, group, chunk), work.States, own);
        F r = Coupling(work.Modes, work.States, states);
        for (int i = 0; i < count; i++)
        {
            int done = (chunk * Chunk) + i;
            bool anew = done == 0 || BeginsAnew(launch, memory, sample, done, positions);
            int position = PositionOf(launch, done, positions);
            F u = Input(launch, memory, sample, group, position, done);
            r = anew ? F.Splat(0f) : r;
            F.Store(work.R + (i * Lanes), r);
            F.Store(work.U + (i * Lanes), u);
            F.Store(work.Y + (i * Lanes), F.Load(y + ((nint)position * launch.Y.Position), channels));
            work.Anew[i] = anew ? 1f : 0f;
            float* after = work.States + ((i + 1) * own);
            if (done == 0 && launch.Shape.FromStates)
            {
                ReadStates(launch, memory + launch.StartAt, sample, group, after);
                First(work.Modes, after, states, u, ref r);
                continue;
            }

            Step(work.Modes, anew ? work.Zeros : work.States + (i * own), after, states, u, ref r);
        }
    }

    /// <summary>h of a position from that of the next one; the result is ρ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static F GoBack(float* modes, float* from, float* to, int states, F y, F rho)
    {
        int lanes = F.Lanes;
        (F sum0, F sum1) = (F.Splat(0f), F.Splat(0f));
        (F minusY, F minusRho) = (-y, -rho);
        for (int state = 0; state < states; state += 2)
        {
            (F re, F im) = Before(modes, from, y, minusY, rho, minusRho);
            F.Store(to, re);
            F.Store(to + lanes, im);
            sum0 = F.Fma(F.Load(modes + (3 * lanes)), im, F.Fma(-F.Load(modes + (2 * lanes)), re, sum0));
            modes += LowRankParts.Rows * lanes;
            (re, im) = Before(modes, from + (2 * lanes), y, minusY, rho, minusRho);
            F.Store(to + (2 * lanes), re);
            F.Store(to + (3 * lanes), im);
            sum1 = F.Fma(F.Load(modes + (3 * lanes)), im, F.Fma(-F.Load(modes + (2 * lanes)), re, sum1));
            modes += LowRankParts.Rows * lanes;
            from += 4 * lanes;
            to += 4 * lanes;
        }

        return sum0 + sum1;
    }

    /// <summary>w·y + λ·h + q·ρ; of q and w the imaginary parts are there with the other sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (F Re, F Im) Before(float* modes, float* h, F y, F minusY, F rho, F minusRho)
    {
        int lanes = F.Lanes;
        (F hRe, F hIm, F re, F im) = (F.Load(h), F.Load(h + lanes), F.Load(modes), F.Load(modes + lanes));
        F nextRe = F.Fma(F.Load(modes + (8 * lanes)), y, F.Load(modes + (6 * lanes)) * rho);
        F nextIm = F.Fma(F.Load(modes + (9 * lanes)), minusY, F.Load(modes + (7 * lanes)) * minusRho);
        return (F.Fma(re, hRe, F.Fma(-im, hIm, nextRe)), F.Fma(re, hIm, F.Fma(im, hRe, nextIm)));
    }

    /// <summary>Adds a chunk to the ten sums of a state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void SumUp(in Work work, float* sums, int state, int own, int count)
    {
        int lanes = F.Lanes;
        F zero = F.Splat(0f);
        (F poleRe, F poleIm, F pRe, F pIm, F bRe) = (zero, zero, zero, zero, zero);
        (F bIm, F qRe, F qIm, F wRe, F wIm) = (zero, zero, zero, zero, zero);
        for (int i = 0; i < count; i++)
        {
            float* before = work.Anew[i] != 0f ? work.Zeros : work.States + (i * own) + state;
            float* after = work.States + ((i + 1) * own) + state;
            float* back = work.Back + (i * own) + state;
            (F xRe, F xIm, F hRe, F hIm) = (F.Load(before), F.Load(before + lanes), F.Load(back), F.Load(back + lanes));
            (F u, F y) = (F.Load(work.U + (i * lanes)), F.Load(work.Y + (i * lanes)));
            (F r, F rho) = (F.Load(work.R + (i * lanes)), F.Load(work.Rho + (i * lanes)));
            poleRe = F.Fma(hRe, xRe, F.Fma(-hIm, xIm, poleRe));
            poleIm = F.Fma(hRe, xIm, F.Fma(hIm, xRe, poleIm));
            pRe = F.Fma(hRe, r, pRe);
            pIm = F.Fma(hIm, r, pIm);
            bRe = F.Fma(hRe, u, bRe);
            bIm = F.Fma(hIm, u, bIm);
            qRe = F.Fma(rho, xRe, qRe);
            qIm = F.Fma(rho, xIm, qIm);
            wRe = F.Fma(y, F.Load(after), wRe);
            wIm = F.Fma(y, F.Load(after + lanes), wIm);
        }

        // By an imaginary part the gradient of Re(h·x) is -Im(h·x); p is subtracted.
        Add(sums, poleRe);
        Add(sums + lanes, -poleIm);
        Add(sums + (2 * lanes), -pRe);
        Add(sums + (3 * lanes), pIm);
        Add(sums + (4 * lanes), bRe);
        Add(sums + (5 * lanes), -bIm);
        Add(sums + (6 * lanes), qRe);
        Add(sums + (7 * lanes), -qIm);
        Add(sums + (8 * lanes), wRe);
        Add(sums + (9 * lanes), -wIm);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* sum, F value) => F.Store(sum, F.Load(sum) + value);
}
