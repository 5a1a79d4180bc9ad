using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The LowRankScan skeleton on the host. Lanes are channels. All states of a vector of channels go through a position
/// before the next one, for r is made of all of them; two at a time, so that no sum waits for the other. A piece of
/// work is a vector of channels of one sample; for the gradient of all samples, so that nobody shares a sum.
/// </summary>
internal static unsafe partial class HostLowRankScan<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    private const int Chunk = LowRankParts.Chunk;

    private static int Lanes => F.Lanes;

    /// <summary>Floats of a number of all states of a vector of channels: real parts and imaginary parts side by
    /// side.</summary>
    private static int Own(LowRankScanLaunch launch) => LowRankParts.Even(launch.Shape.States) * 2 * Lanes;

    public static int Slices(LowRankScanLaunch launch) => Slicing.Count(
        launch.IsGradient ? Groups(launch) : launch.Batch * Groups(launch),
        (long)launch.Batch * launch.Positions * launch.Shape.Channels * Slicing.Ceiling(launch.Shape.States, 2));

    public static void Run(LowRankScanLaunch launch, float* memory, float* scratch, int slice)
    {
        int groups = Groups(launch);
        (int first, int end) = Slicing.Range(
            launch.IsGradient ? groups : groups * launch.Batch, Slices(launch), slice);
        for (int piece = first; piece < end; piece++)
        {
            if (launch.IsGradient)
            {
                Gradient(launch, memory, scratch, piece);
            }
            else
            {
                Sequence(launch, memory, scratch, piece / groups, piece % groups);
            }
        }
    }

    private static int Groups(LowRankScanLaunch launch) => Slicing.Ceiling(launch.Shape.Channels, Lanes);

    private static int Channels(LowRankScanLaunch launch, int group) =>
        Math.Min(Lanes, launch.Shape.Channels - (group * Lanes));

    /// <summary>y of some channels of one sample.</summary>
    private static void Sequence(LowRankScanLaunch launch, float* memory, float* scratch, int sample, int group)
    {
        LowRankScanShape shape = launch.Shape;
        int channels = Channels(launch, group);
        int states = LowRankParts.Even(shape.States);
        float* kept = launch.StateAt < 0 ? null : memory + launch.StateAt
            + ((((nint)sample * shape.Channels) + (group * Lanes)) * shape.States * 2);
        if (kept != null && launch.Positions == 1)
        {
            Step(launch, memory, scratch, kept, sample, group);
            return;
        }

        float* modes = scratch;
        float* x = modes + (states * LowRankParts.Rows * Lanes);
        ReadModes(launch, memory, group, modes);
        new Span<float>(x, Own(launch)).Clear();
        if (kept != null)
        {
            Gather(kept, shape.States * 2, shape.States, channels, x, 2 * Lanes);
            Gather(kept + shape.States, shape.States * 2, shape.States, channels, x + Lanes, 2 * Lanes);
        }

        if (shape.FromStates)
        {
            ReadStates(launch, memory + launch.StartAt, sample, group, x);
        }

        float* y = memory + launch.YAt + launch.Y.At(sample, 0) + (group * Lanes);
        F r = Coupling(modes, x, states);
        int positions = launch.Own(memory, sample);
        for (int done = 0; done < positions; done++)
        {
            if (done % Chunk == 0)
            {
                FadedStates<F, I, M>.Clear(x, Own(launch));
                r = FadedStates<F, I, M>.Cleared(r);
            }

            int position = PositionOf(launch, done, positions);
            F u = Input(launch, memory, sample, group, position, done);
            F result;
            if (done == 0 && shape.FromStates)
            {
                result = First(modes, x, states, u, ref r);
            }
            else
            {
                if (BeginsAnew(launch, memory, sample, done, positions))
                {
                    new Span<float>(x, Own(launch)).Clear();
                    r = F.Splat(0f);
                }

                result = Step(modes, x, x, states, u, ref r);
            }

            if (!shape.ToStates)
            {
                F.Store(y + ((nint)position * launch.Y.Position), result, channels);
            }
        }

        for (int position = positions; position < launch.Positions && !shape.ToStates; position++)
        {
            F.Store(y + ((nint)position * launch.Y.Position), F.Splat(0f), channels);
        }

        if (shape.ToStates)
        {
            WriteStates(launch, x, memory + launch.LastAt, sample, group);
        }

        if (kept != null)
        {
            Scatter(x, 2 * Lanes, kept, shape.States * 2, shape.States, channels);
            Scatter(x + Lanes, 2 * Lanes, kept + shape.States, shape.States * 2, shape.States, channels);
        }
    }

    /// <summary>All states through a position: what they give; <paramref name="r"/> becomes that of the next
    /// one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static F Step(float* modes, float* from, float* to, int states, F u, ref F r)
    {
        int lanes = F.Lanes;
        F minus = -r;
        F zero = F.Splat(0f);
        (F y0, F y1, F r0, F r1) = (zero, zero, zero, zero);
        for (int state = 0; state < states; state += 2)
        {
            (F re, F im) = Next(modes, from, u, minus);
            F.Store(to, re);
            F.Store(to + lanes, im);
            r0 = F.Fma(F.Load(modes + (7 * lanes)), im, F.Fma(F.Load(modes + (6 * lanes)), re, r0));
            y0 = F.Fma(F.Load(modes + (9 * lanes)), im, F.Fma(F.Load(modes + (8 * lanes)), re, y0));
            modes += LowRankParts.Rows * lanes;
            (re, im) = Next(modes, from + (2 * lanes), u, minus);
            F.Store(to + (2 * lanes), re);
            F.Store(to + (3 * lanes), im);
            r1 = F.Fma(F.Load(modes + (7 * lanes)), im, F.Fma(F.Load(modes + (6 * lanes)), re, r1));
            y1 = F.Fma(F.Load(modes + (9 * lanes)), im, F.Fma(F.Load(modes + (8 * lanes)), re, y1));
            modes += LowRankParts.Rows * lanes;
            from += 4 * lanes;
            to += 4 * lanes;
        }

        r = r0 + r1;
        return y0 + y1;
    }

    /// <summary>λ·x - p·r + b·u.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (F Re, F Im) Next(float* modes, float* x, F u, F minus)
    {
        int lanes = F.Lanes;
        (F xRe, F xIm, F re, F im) = (F.Load(x), F.Load(x + lanes), F.Load(modes), F.Load(modes + lanes));
        F nextRe = F.Fma(F.Load(modes + (2 * lanes)), minus, F.Load(modes + (4 * lanes)) * u);
        F nextIm = F.Fma(F.Load(modes + (3 * lanes)), minus, F.Load(modes + (5 * lanes)) * u);
        return (F.Fma(re, xRe, F.Fma(-im, xIm, nextRe)), F.Fma(re, xIm, F.Fma(im, xRe, nextIm)));
    }

    /// <summary>r of the position after the states.</summary>
    private static F Coupling(float* modes, float* x, int states)
    {
        F r = F.Splat(0f);
        for (int state = 0; state < states; state++)
        {
            float* q = modes + (((state * LowRankParts.Rows) + 6) * Lanes);
            r = F.Fma(F.Load(q + Lanes), F.Load(x + (((2 * state) + 1) * Lanes)),
                F.Fma(F.Load(q), F.Load(x + (2 * state * Lanes)), r));
        }

        return r;
    }

    /// <summary>What describes the recurrence, all of a state side by side: λ, p and b, and q and w with the sign that
    /// the imaginary part has in a real part of a product.</summary>
    private static void ReadModes(LowRankScanLaunch launch, float* memory, int group, float* modes)
    {
        LowRankScanShape shape = launch.Shape;
        int states = LowRankParts.Even(shape.States);
        new Span<float>(modes, states * LowRankParts.Rows * Lanes).Clear();
        for (int row = 0; row < LowRankParts.Rows; row++)
        {
            nint at = ((nint)row * shape.Channels * shape.States) + (group * Lanes * shape.States);
            Gather(
                memory + launch.ModesAt + at, shape.States, shape.States, Channels(launch, group), modes
                + (row * Lanes),
                LowRankParts.Rows * Lanes);
        }

        for (int state = 0; state < states; state++)
        {
            for (int row = 7; row < LowRankParts.Rows; row += 2)
            {
                float* at = modes + (((state * LowRankParts.Rows) + row) * Lanes);
                F.Store(at, -F.Load(at));
            }
        }
    }

    /// <summary>u of a vector of channels at a position, which comes after <paramref name="done"/> others.</summary>
    private static F Input(LowRankScanLaunch launch, float* memory, int sample, int group, int position, int done)
    {
        if (launch.Shape.Impulse)
        {
            return F.Splat(done == 0 ? 1f : 0f);
        }

        if (!launch.HasInput)
        {
            return F.Splat(0f);
        }

        float* at = memory + launch.Slots.A0 + launch.U.At(sample, 0)
            + ((nint)position * launch.U.Position)
            + (group * Lanes);
        int channels = Channels(launch, group);
        return channels == Lanes ? F.Load(at) : F.Load(at, channels);
    }

    private static int PositionOf(LowRankScanLaunch launch, int done, int positions) =>
        launch.Shape.Reverse ? positions - 1 - done : done;

    /// <summary>Whether states begin anew at the position that comes after <paramref name="done"/> others.</summary>
    private static bool BeginsAnew(LowRankScanLaunch launch, float* memory, int sample, int done, int positions)
    {
        // In reverse a border lies behind the position that comes next: it is that of the one before.
        int border = launch.Shape.Reverse ? positions - done : done;
        return launch.GoesOnAt >= 0 && border < positions
            && memory[launch.GoesOnAt + ((nint)sample * launch.Positions) + border] == 0f;
    }

    /// <summary>Numbers [channel][state] to vectors of channels.</summary>
    private static void Gather(float* from, int row, int states, int channels, float* to, int stride)
    {
        for (int state = 0; state < states; state++)
        {
            for (int lane = 0; lane < channels; lane++)
            {
                to[((nint)state * stride) + lane] = from[((nint)lane * row) + state];
            }
        }
    }

    /// <summary>The way back.</summary>
    private static void Scatter(float* from, int stride, float* to, int row, int states, int channels)
    {
        for (int state = 0; state < states; state++)
        {
            for (int lane = 0; lane < channels; lane++)
            {
                to[((nint)lane * row) + state] = from[((nint)state * stride) + lane];
            }
        }
    }
}
