using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>One position of a session: as for <see cref="HostDiagonalScan{F, I, M}"/> lanes are states.</content>
internal static unsafe partial class HostLowRankScan<F, I, M>
{
    /// <summary>y of some channels of one sample, and the states behind the position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step(LowRankScanLaunch launch, float* memory, float* scratch, float* kept, int sample, int group)
    {
        int own = launch.Shape.States;
        int channel = group * Lanes;
        int channels = Channels(launch, group);
        if (BeginsAnew(launch, memory, sample, 0, 1))
        {
            new Span<float>(kept, channels * own * 2).Clear();
        }

        nint row = (nint)launch.Shape.Channels * own;
        float* u = memory + launch.Slots.A0 + launch.U.At(sample, 0);
        float* y = memory + launch.YAt + launch.Y.At(sample, 0);
        float* sum = scratch;
        new Span<float>(sum, LaneSums<F, I, M>.Parts).Clear();
        for (int c = channel; c < channel + channels; c++)
        {
            // Rows of λ, p, b, q and w, real parts and imaginary ones.
            float* modes = memory + launch.ModesAt + ((nint)c * own);
            for (int state = 0; state < own; state += Lanes)
            {
                int there = own - state;
                F x = FadedStates<F, I, M>.Cleared(LaneSums<F, I, M>.Load(kept + state, there));
                F i = FadedStates<F, I, M>.Cleared(LaneSums<F, I, M>.Load(kept + own + state, there));
                LaneSums<F, I, M>.Add(
                    sum, state, Mode(modes, row, 6, state, there), x, -Mode(modes, row, 7, state, there), i);
            }

            F minus = F.Splat(-LaneSums<F, I, M>.Take(sum));
            F input = F.Splat(u[c]);
            for (int state = 0; state < own; state += Lanes)
            {
                int there = own - state;
                F re = Mode(modes, row, 0, state, there);
                F im = Mode(modes, row, 1, state, there);
                F x = FadedStates<F, I, M>.Cleared(LaneSums<F, I, M>.Load(kept + state, there));
                F i = FadedStates<F, I, M>.Cleared(LaneSums<F, I, M>.Load(kept + own + state, there));
                F real = F.Fma(Mode(modes, row, 2, state, there), minus, Mode(modes, row, 4, state, there) * input);
                F imaginary = F.Fma(Mode(modes, row, 3, state, there), minus, Mode(modes, row, 5, state, there) * input);
                F next = F.Fma(re, x, F.Fma(-im, i, real));
                i = F.Fma(re, i, F.Fma(im, x, imaginary));
                F.Store(kept + state, next, there);
                F.Store(kept + own + state, i, there);
                LaneSums<F, I, M>.Add(
                    sum, state, Mode(modes, row, 8, state, there), next, -Mode(modes, row, 9, state, there), i);
            }

            y[c] = LaneSums<F, I, M>.Take(sum);
            kept += 2 * own;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F Mode(float* modes, nint row, int which, int state, int there) =>
        LaneSums<F, I, M>.Load(modes + (which * row) + state, there);
}
