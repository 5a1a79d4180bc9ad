using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>The four sums of every state.</content>
internal static unsafe partial class HostDiagonalScan<F, I, M>
{
    /// <summary>The four sums of some states of some channels.</summary>
    private static void Sums(
        DiagonalScanLaunch launch, float* memory, float* scratch, int channel, int from, int to)
    {
        DiagonalScanShape shape = launch.Shape;
        int channels = Math.Min(Lanes, shape.Channels - channel);
        int own = Math.Min(to, shape.States) - from;
        int blocks = Slicing.Ceiling(own, FewSums);
        Slots slots = launch.Slots;
        int row = (channel * shape.States) + from;
        float* us = scratch;
        float* ys = us + Chunk;
        float* states = ys + Chunk;
        int vector = FewSums * Lanes;
        new Span<float>(states, blocks * SumVectors * vector).Clear();
        Gather(memory + slots.A2 + row, shape.States, own, channels, states, SumVectors, FewSums);
        Gather(memory + slots.A3 + row, shape.States, own, channels, states + vector, SumVectors, FewSums);
        for (int sample = 0; sample < launch.Batch; sample++)
        {
            float* goesOn = shape.Resets ? memory + slots.A5 + ((nint)sample * launch.Positions) : null;
            float* y = memory + slots.A0 + launch.Y.At(sample, 0) + channel;
            float* u = memory + slots.A1 + launch.U.At(sample, 0) + channel;
            for (int done = 0; done < launch.Positions;)
            {
                if (done == 0 || BeginsAnew(goesOn, done, launch.Positions, shape.Reverse))
                {
                    for (int block = 0; block < blocks; block++)
                    {
                        new Span<float>(states + (((block * SumVectors) + 2) * vector), 4 * vector).Clear();
                    }
                }

                int count = Run(goesOn, done, launch.Positions, shape.Reverse);
                (int first, int step) = shape.Reverse ? (launch.Positions - 1 - done, -1) : (done, 1);
                for (int i = 0; i < count; i++)
                {
                    float* uAt = u + ((nint)(first + (i * step)) * launch.U.Position);
                    float* yAt = y + ((nint)(first + (i * step)) * launch.Y.Position);
                    F.Store(us + (i * Lanes), channels == Lanes ? F.Load(uAt) : F.Load(uAt, channels));
                    F.Store(ys + (i * Lanes), channels == Lanes ? F.Load(yAt) : F.Load(yAt, channels));
                }

                nint after = first + (count * step);
                var uAhead = new LineAhead(u + (after * launch.U.Position), step * (nint)launch.U.Position);
                var yAhead = new LineAhead(y + (after * launch.Y.Position), step * (nint)launch.Y.Position);
                for (int block = 0; block < blocks; block++)
                {
                    SumUp(states + (block * SumVectors * vector), us, ys, count, uAhead, yAhead);
                    uAhead = default;
                    yAhead = default;
                }

                done += count;
            }
        }

        for (int sum = 0; sum < 4; sum++)
        {
            Scatter(
                states + ((6 + sum) * vector), SumVectors, FewSums,
                memory + slots.A4 + (sum * shape.Channels * shape.States) + row, shape.States, own, channels);
        }
    }

    /// <summary>Two states and how they change with λ through a chunk: what comes to their sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void SumUp(float* states, float* u, float* y, int count, LineAhead uAhead, LineAhead yAhead)
    {
        float* uLine = uAhead.At == null ? u : uAhead.At;
        float* yLine = yAhead.At == null ? y : yAhead.At;
        F re0 = F.Load(states);
        F re1 = F.Load(states + Lanes);
        F im0 = F.Load(states + (2 * Lanes));
        F im1 = F.Load(states + (3 * Lanes));
        F x0 = FadedStates<F, I, M>.Cleared(F.Load(states + (4 * Lanes)));
        F x1 = FadedStates<F, I, M>.Cleared(F.Load(states + (5 * Lanes)));
        F i0 = FadedStates<F, I, M>.Cleared(F.Load(states + (6 * Lanes)));
        F i1 = FadedStates<F, I, M>.Cleared(F.Load(states + (7 * Lanes)));
        F z0 = FadedStates<F, I, M>.Cleared(F.Load(states + (8 * Lanes)));
        F z1 = FadedStates<F, I, M>.Cleared(F.Load(states + (9 * Lanes)));
        F j0 = FadedStates<F, I, M>.Cleared(F.Load(states + (10 * Lanes)));
        F j1 = FadedStates<F, I, M>.Cleared(F.Load(states + (11 * Lanes)));
        F ofX0 = F.Splat(0f);
        F ofX1 = ofX0;
        F ofI0 = ofX0;
        F ofI1 = ofX0;
        F ofZ0 = ofX0;
        F ofZ1 = ofX0;
        F ofJ0 = ofX0;
        F ofJ1 = ofX0;
        for (int i = 0; i < count; i++)
        {
            Prefetch.FarLine(uLine);
            Prefetch.FarLine(yLine);
            uLine += uAhead.Step;
            yLine += yAhead.Step;
            F input = F.Load(u);
            F weight = F.Load(y);
            F nextZ0 = F.Fma(re0, z0, F.Fma(-im0, j0, x0));
            F nextZ1 = F.Fma(re1, z1, F.Fma(-im1, j1, x1));
            j0 = F.Fma(re0, j0, F.Fma(im0, z0, i0));
            j1 = F.Fma(re1, j1, F.Fma(im1, z1, i1));
            z0 = nextZ0;
            z1 = nextZ1;
            F nextX0 = F.Fma(re0, x0, F.Fma(-im0, i0, input));
            F nextX1 = F.Fma(re1, x1, F.Fma(-im1, i1, input));
            i0 = F.Fma(re0, i0, im0 * x0);
            i1 = F.Fma(re1, i1, im1 * x1);
            x0 = nextX0;
            x1 = nextX1;
            ofX0 = F.Fma(weight, x0, ofX0);
            ofX1 = F.Fma(weight, x1, ofX1);
            ofI0 = F.Fma(weight, i0, ofI0);
            ofI1 = F.Fma(weight, i1, ofI1);
            ofZ0 = F.Fma(weight, z0, ofZ0);
            ofZ1 = F.Fma(weight, z1, ofZ1);
            ofJ0 = F.Fma(weight, j0, ofJ0);
            ofJ1 = F.Fma(weight, j1, ofJ1);
            u += Lanes;
            y += Lanes;
        }

        F.Store(states + (4 * Lanes), x0);
        F.Store(states + (5 * Lanes), x1);
        F.Store(states + (6 * Lanes), i0);
        F.Store(states + (7 * Lanes), i1);
        F.Store(states + (8 * Lanes), z0);
        F.Store(states + (9 * Lanes), z1);
        F.Store(states + (10 * Lanes), j0);
        F.Store(states + (11 * Lanes), j1);
        Add(states + (12 * Lanes), ofX0, ofX1);
        Add(states + (14 * Lanes), ofI0, ofI1);
        Add(states + (16 * Lanes), ofZ0, ofZ1);
        Add(states + (18 * Lanes), ofJ0, ofJ1);
    }

    private static void Add(float* to, F first, F second)
    {
        F.Store(to, F.Load(to) + first);
        F.Store(to + Lanes, F.Load(to + Lanes) + second);
    }
}
