using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>States [batch, part, channel, state] instead of u, or instead of y; of a state there are λ and
/// itself.</content>
internal static unsafe partial class HostDiagonalScan<F, I, M>
{
    private const int OwnVectors = 4;

    /// <summary>Some channels of one sample: what states from outside give where nothing comes in, or the last states.</summary>
    private static void States(DiagonalScanLaunch launch, float* memory, float* scratch, int sample, int channel)
    {
        DiagonalScanShape shape = launch.Shape;
        bool gives = shape.FromStates;
        int channels = Math.Min(Lanes, shape.Channels - channel);
        int own = shape.States;
        int blocks = Slicing.Ceiling(own, Few);
        int vector = Few * Lanes;
        float* us = scratch;
        float* ys = us + Chunk;
        float* states = ys + Chunk;
        new Span<float>(us, 2 * Chunk).Clear();
        ReadPoles(launch, memory, channel, states);
        float* outside = Planes(launch, memory + (gives ? launch.Slots.A0 : launch.Slots.A3), sample, channel);
        nint plane = (nint)shape.Channels * own;
        if (gives)
        {
            Gather(outside, own, own, channels, states + (2 * vector), OwnVectors, Few);
            Gather(outside + plane, own, own, channels, states + (3 * vector), OwnVectors, Few);
        }

        float* goesOn = shape.Resets ? memory + launch.Slots.A4 + ((nint)sample * launch.Positions) : null;
        SequenceStrides strides = gives ? launch.Y : launch.U;
        float* sequence = memory + (gives ? launch.Slots.A3 : launch.Slots.A0) + strides.At(sample, 0) + channel;
        int positions = launch.Own(memory, sample);
        for (int done = 0; done < positions;)
        {
            if (done > 0 && BeginsAnew(goesOn, done, positions, shape.Reverse))
            {
                ClearStates(states, blocks);
            }

            int count = Run(goesOn, done, positions, shape.Reverse);
            (int first, int step) = shape.Reverse ? (positions - 1 - done, -1) : (done, 1);
            for (int i = 0; i < count && !gives; i++)
            {
                float* at = sequence + ((nint)(first + (i * step)) * strides.Position);
                F.Store(us + (i * Lanes), channels == Lanes ? F.Load(at) : F.Load(at, channels));
            }

            new Span<float>(ys, count * Lanes).Clear();
            for (int block = 0; block < blocks; block++)
            {
                Turn(states + (block * OwnVectors * vector), us, ys, count);
            }

            for (int i = 0; i < count && gives; i++)
            {
                F.Store(
                    sequence + ((nint)(first + (i * step)) * strides.Position), F.Load(ys + (i * Lanes)), channels);
            }

            done += count;
        }

        for (int position = positions; position < launch.Positions && gives; position++)
        {
            F.Store(sequence + ((nint)position * strides.Position), F.Splat(0f), channels);
        }

        if (!gives)
        {
            Scatter(states + (2 * vector), OwnVectors, Few, outside, own, own, channels);
            Scatter(states + (3 * vector), OwnVectors, Few, outside + plane, own, own, channels);
        }
    }

    /// <summary>The real parts of a sample from a channel on; the imaginary ones lie behind those of all
    /// channels.</summary>
    private static float* Planes(DiagonalScanLaunch launch, float* states, int sample, int channel) =>
        states + ((((nint)sample * 2 * launch.Shape.Channels) + channel) * launch.Shape.States);

    /// <summary>λ of each state, and states of 0.</summary>
    private static void ReadPoles(DiagonalScanLaunch launch, float* memory, int channel, float* states)
    {
        DiagonalScanShape shape = launch.Shape;
        int channels = Math.Min(Lanes, shape.Channels - channel);
        int vector = Few * Lanes;
        int own = shape.States;
        nint row = (nint)channel * own;
        new Span<float>(states, Slicing.Ceiling(own, Few) * OwnVectors * vector).Clear();
        Gather(memory + launch.Slots.A1 + row, own, own, channels, states, OwnVectors, Few);
        Gather(memory + launch.Slots.A2 + row, own, own, channels, states + vector, OwnVectors, Few);
    }

    private static void ClearStates(float* states, int blocks)
    {
        int vector = Few * Lanes;
        for (int block = 0; block < blocks; block++)
        {
            new Span<float>(states + (((block * OwnVectors) + 2) * vector), 2 * vector).Clear();
        }
    }

    /// <summary>Four states through a chunk: at each position their real parts are added to y, then a turn takes u
    /// in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Turn(float* states, float* u, float* y, int count)
    {
        F re0 = F.Load(states);
        F re1 = F.Load(states + Lanes);
        F re2 = F.Load(states + (2 * Lanes));
        F re3 = F.Load(states + (3 * Lanes));
        F im0 = F.Load(states + (4 * Lanes));
        F im1 = F.Load(states + (5 * Lanes));
        F im2 = F.Load(states + (6 * Lanes));
        F im3 = F.Load(states + (7 * Lanes));
        F x0 = FadedStates<F, I, M>.Cleared(F.Load(states + (8 * Lanes)));
        F x1 = FadedStates<F, I, M>.Cleared(F.Load(states + (9 * Lanes)));
        F x2 = FadedStates<F, I, M>.Cleared(F.Load(states + (10 * Lanes)));
        F x3 = FadedStates<F, I, M>.Cleared(F.Load(states + (11 * Lanes)));
        F i0 = FadedStates<F, I, M>.Cleared(F.Load(states + (12 * Lanes)));
        F i1 = FadedStates<F, I, M>.Cleared(F.Load(states + (13 * Lanes)));
        F i2 = FadedStates<F, I, M>.Cleared(F.Load(states + (14 * Lanes)));
        F i3 = FadedStates<F, I, M>.Cleared(F.Load(states + (15 * Lanes)));
        for (int i = 0; i < count; i++)
        {
            F input = F.Load(u);
            F.Store(y, F.Load(y) + (x0 + x1 + (x2 + x3)));
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
            u += Lanes;
            y += Lanes;
        }

        F.Store(states + (8 * Lanes), x0);
        F.Store(states + (9 * Lanes), x1);
        F.Store(states + (10 * Lanes), x2);
        F.Store(states + (11 * Lanes), x3);
        F.Store(states + (12 * Lanes), i0);
        F.Store(states + (13 * Lanes), i1);
        F.Store(states + (14 * Lanes), i2);
        F.Store(states + (15 * Lanes), i3);
    }
}
