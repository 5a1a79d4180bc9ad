using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>One position of a session. Poles and states of a channel lie side by side, so lanes are states: to turn them around would
/// take ten times as long as the position itself.</content>
internal static unsafe partial class HostDiagonalScan<F, I, M>
{
    /// <summary>y of some channels of one sample, and the states behind the position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step(
        DiagonalScanLaunch launch, float* memory, float* scratch, float* kept, int sample, int channel, int channels)
    {
        Slots slots = launch.Slots;
        int own = launch.Shape.States;
        float* goesOn = launch.Shape.Resets ? memory + slots.A6 + sample : null;
        if (BeginsAnew(goesOn, 0, 1, launch.Shape.Reverse))
        {
            new Span<float>(kept, channels * own * 2).Clear();
        }

        float* u = memory + slots.A0 + launch.U.At(sample, 0);
        float* y = memory + slots.A5 + launch.Y.At(sample, 0);
        float* sum = scratch;
        new Span<float>(sum, LaneSums<F, I, M>.Parts).Clear();
        for (int c = channel; c < channel + channels; c++)
        {
            F input = F.Splat(u[c]);
            for (int state = 0; state < own; state += Lanes)
            {
                int there = own - state;
                float* at = memory + ((nint)c * own) + state;
                F re = LaneSums<F, I, M>.Load(at + slots.A1, there);
                F im = LaneSums<F, I, M>.Load(at + slots.A2, there);
                F x = FadedStates<F, I, M>.Cleared(LaneSums<F, I, M>.Load(kept + state, there));
                F i = FadedStates<F, I, M>.Cleared(LaneSums<F, I, M>.Load(kept + own + state, there));
                F next = F.Fma(re, x, F.Fma(-im, i, input));
                i = F.Fma(re, i, im * x);
                F.Store(kept + state, next, there);
                F.Store(kept + own + state, i, there);
                LaneSums<F, I, M>.Add(
                    sum, state, LaneSums<F, I, M>.Load(at + slots.A3, there), next,
                    -LaneSums<F, I, M>.Load(at + slots.A4, there), i);
            }

            y[c] = LaneSums<F, I, M>.Take(sum);
            kept += 2 * own;
        }
    }
}
