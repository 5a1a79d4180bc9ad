using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The DiagonalScan skeleton on the host. Lanes are channels. A vector of channels goes through the positions chunk by chunk;
/// inside a chunk a few states at a time stay in registers. For y a piece of work is the vector of channels of one sample; for
/// the sums it is some states of a vector of channels, of all samples, so that nobody shares a sum.
/// </summary>
internal static unsafe partial class HostDiagonalScan<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    /// <summary>Positions that states go through at a time, at most. What one chunk has summed up is added to the sums of the
    /// others, so that sums over many positions stay exact.</summary>
    private const int MostPositions = 64;

    /// <summary>States in registers: of y, and of the sums.</summary>
    private const int Few = 4;
    private const int FewSums = 2;

    /// <summary>Pieces of work that are worth reading positions anew.</summary>
    private const int FewPieces = 8;

    /// <summary>Vectors of a state in scratch: the parts of λ and w, and of the state; or of λ, x and z and the four
    /// sums.</summary>
    private const int Vectors = 6;
    private const int SumVectors = 10;

    private static int Lanes => F.Lanes;

    private static int Chunk => MostPositions * F.Lanes;

    public static int Slices(DiagonalScanLaunch launch) => Slicing.Count(
        launch.IsSums ? Groups(launch) * Parts(launch) : launch.Batch * Groups(launch),
        (long)launch.Batch * launch.Positions * launch.Shape.Channels * Slicing.Ceiling(launch.Shape.States, 2));

    public static void Run(DiagonalScanLaunch launch, float* memory, float* scratch, int slice)
    {
        int groups = Groups(launch);
        int parts = launch.IsSums ? Parts(launch) : launch.Batch;
        (int first, int end) = Slicing.Range(groups * parts, Slices(launch), slice);
        for (int piece = first; piece < end; piece++)
        {
            (int part, int group) = Math.DivRem(piece, groups);
            if (launch.IsSums)
            {
                (int state, int stateEnd) = Slicing.Range(Slicing.Ceiling(launch.Shape.States, FewSums), parts, part);
                Sums(launch, memory, scratch, group * Lanes, state * FewSums, stateEnd * FewSums);
            }
            else if (launch.Shape.FromStates || launch.Shape.ToStates)
            {
                States(launch, memory, scratch, part, group * Lanes);
            }
            else
            {
                Sequence(launch, memory, scratch, part, group * Lanes);
            }
        }
    }

    private static int Groups(DiagonalScanLaunch launch) => Slicing.Ceiling(launch.Shape.Channels, Lanes);

    /// <summary>Into how many parts the states are cut for the sums.</summary>
    private static int Parts(DiagonalScanLaunch launch) => Math.Clamp(
        FewPieces / Groups(launch), 1, Slicing.Ceiling(launch.Shape.States, FewSums));

    /// <summary>y of some channels of one sample.</summary>
    private static void Sequence(DiagonalScanLaunch launch, float* memory, float* scratch, int sample, int channel)
    {
        DiagonalScanShape shape = launch.Shape;
        int channels = Math.Min(Lanes, shape.Channels - channel);
        int blocks = Slicing.Ceiling(shape.States, Few);
        Slots slots = launch.Slots;
        int row = channel * shape.States;
        float* kept = !launch.HasState ? null
            : memory + (shape.Resets ? slots.A7 : slots.A6) + (((nint)sample * shape.Channels * shape.States * 2) + (row * 2));
        if (kept != null && launch.Positions == 1)
        {
            Step(launch, memory, scratch, kept, sample, channel, channels);
            return;
        }

        float* us = scratch;
        float* ys = us + Chunk;
        float* states = ys + Chunk;
        int vector = Few * Lanes;
        new Span<float>(states, blocks * Vectors * vector).Clear();
        for (int part = 0; part < 4; part++)
        {
            int at = part switch { 0 => slots.A1, 1 => slots.A2, 2 => slots.A3, _ => slots.A4 };
            Gather(memory + at + row, shape.States, shape.States, channels, states + (part * vector), Vectors, Few);
        }

        float* x = states + (4 * vector);
        if (kept != null)
        {
            Gather(kept, shape.States * 2, shape.States, channels, x, Vectors, Few);
            Gather(kept + shape.States, shape.States * 2, shape.States, channels, x + vector, Vectors, Few);
        }

        float* goesOn = shape.Resets ? memory + slots.A6 + ((nint)sample * launch.Positions) : null;
        float* u = memory + slots.A0 + launch.U.At(sample, 0) + channel;
        float* y = memory + slots.A5 + launch.Y.At(sample, 0) + channel;
        for (int done = 0; done < launch.Positions;)
        {
            if (BeginsAnew(goesOn, done, launch.Positions, shape.Reverse))
            {
                for (int block = 0; block < blocks; block++)
                {
                    new Span<float>(x + (block * Vectors * vector), 2 * vector).Clear();
                }
            }

            int count = Run(goesOn, done, launch.Positions, shape.Reverse);
            (int first, int step) = shape.Reverse ? (launch.Positions - 1 - done, -1) : (done, 1);
            done += count;
            for (int i = 0; i < count; i++)
            {
                float* at = u + ((nint)(first + (i * step)) * launch.U.Position);
                F.Store(us + (i * Lanes), channels == Lanes ? F.Load(at) : F.Load(at, channels));
                F.Store(ys + (i * Lanes), F.Splat(0f));
            }

            for (int block = 0; block < blocks; block++)
            {
                Through(states + (block * Vectors * vector), us, ys, count);
            }

            for (int i = 0; i < count; i++)
            {
                F.Store(
                    y + ((nint)(first + (i * step)) * launch.Y.Position), F.Load(ys + (i * Lanes)), channels);
            }
        }

        if (kept != null)
        {
            Scatter(x, Vectors, Few, kept, shape.States * 2, shape.States, channels);
            Scatter(x + vector, Vectors, Few, kept + shape.States, shape.States * 2, shape.States, channels);
        }
    }

    /// <summary>Whether states begin anew at the position that comes after <paramref name="done"/> others.</summary>
    private static bool BeginsAnew(float* goesOn, int done, int positions, bool reverse)
    {
        // In reverse a border lies behind the position that comes next: it is that of the one before.
        int border = reverse ? positions - done : done;
        return goesOn != null && border < positions && goesOn[border] == 0f;
    }

    /// <summary>Positions from there on, of one chunk, before states begin anew.</summary>
    private static int Run(float* goesOn, int done, int positions, bool reverse)
    {
        int most = Math.Min(MostPositions, positions - done);
        int count = 1;
        while (count < most && !BeginsAnew(goesOn, done + count, positions, reverse))
        {
            count++;
        }

        return count;
    }

    /// <summary>Four states through a chunk: what they give is added to y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Through(float* states, float* u, float* y, int count)
    {
        F re0 = F.Load(states);
        F re1 = F.Load(states + Lanes);
        F re2 = F.Load(states + (2 * Lanes));
        F re3 = F.Load(states + (3 * Lanes));
        F im0 = F.Load(states + (4 * Lanes));
        F im1 = F.Load(states + (5 * Lanes));
        F im2 = F.Load(states + (6 * Lanes));
        F im3 = F.Load(states + (7 * Lanes));
        F a0 = F.Load(states + (8 * Lanes));
        F a1 = F.Load(states + (9 * Lanes));
        F a2 = F.Load(states + (10 * Lanes));
        F a3 = F.Load(states + (11 * Lanes));
        F b0 = -F.Load(states + (12 * Lanes));
        F b1 = -F.Load(states + (13 * Lanes));
        F b2 = -F.Load(states + (14 * Lanes));
        F b3 = -F.Load(states + (15 * Lanes));
        F x0 = FadedStates<F, I, M>.Cleared(F.Load(states + (16 * Lanes)));
        F x1 = FadedStates<F, I, M>.Cleared(F.Load(states + (17 * Lanes)));
        F x2 = FadedStates<F, I, M>.Cleared(F.Load(states + (18 * Lanes)));
        F x3 = FadedStates<F, I, M>.Cleared(F.Load(states + (19 * Lanes)));
        F i0 = FadedStates<F, I, M>.Cleared(F.Load(states + (20 * Lanes)));
        F i1 = FadedStates<F, I, M>.Cleared(F.Load(states + (21 * Lanes)));
        F i2 = FadedStates<F, I, M>.Cleared(F.Load(states + (22 * Lanes)));
        F i3 = FadedStates<F, I, M>.Cleared(F.Load(states + (23 * Lanes)));
        for (int i = 0; i < count; i++)
        {
            F input = F.Load(u);
            F next0 = F.Fma(re0, x0, F.Fma(-im0, i0, input));
            F next1 = F.Fma(re1, x1, F.Fma(-im1, i1, input));
            F next2 = F.Fma(re2, x2, F.Fma(-im2, i2, input));
            F next3 = F.Fma(re3, x3, F.Fma(-im3, i3, input));
            i0 = F.Fma(re0, i0, im0 * x0);
            i1 = F.Fma(re1, i1, im1 * x1);
            i2 = F.Fma(re2, i2, im2 * x2);
            i3 = F.Fma(re3, i3, im3 * x3);
            x0 = next0;
            x1 = next1;
            x2 = next2;
            x3 = next3;
            F first = F.Fma(b1, i1, F.Fma(a1, x1, F.Fma(b0, i0, F.Fma(a0, x0, F.Load(y)))));
            F second = F.Fma(b3, i3, F.Fma(a3, x3, F.Fma(b2, i2, a2 * x2)));
            F.Store(y, first + second);
            u += Lanes;
            y += Lanes;
        }

        F.Store(states + (16 * Lanes), x0);
        F.Store(states + (17 * Lanes), x1);
        F.Store(states + (18 * Lanes), x2);
        F.Store(states + (19 * Lanes), x3);
        F.Store(states + (20 * Lanes), i0);
        F.Store(states + (21 * Lanes), i1);
        F.Store(states + (22 * Lanes), i2);
        F.Store(states + (23 * Lanes), i3);
    }

    /// <summary>Rows of channels [channel][state] into vectors of channels, a few states behind one another in each
    /// block.</summary>
    private static void Gather(
        float* from, int pitch, int states, int channels, float* to, int vectors, int few)
    {
        for (int state = 0; state < states; state++)
        {
            float* at = to + ((((state / few) * vectors * few) + (state % few)) * Lanes);
            for (int lane = 0; lane < channels; lane++)
            {
                at[lane] = from[((nint)lane * pitch) + state];
            }
        }
    }

    /// <summary>The way back.</summary>
    private static void Scatter(
        float* from, int vectors, int few, float* to, int pitch, int states, int channels)
    {
        for (int state = 0; state < states; state++)
        {
            float* at = from + ((((state / few) * vectors * few) + (state % few)) * Lanes);
            for (int lane = 0; lane < channels; lane++)
            {
                to[((nint)lane * pitch) + state] = at[lane];
            }
        }
    }
}
