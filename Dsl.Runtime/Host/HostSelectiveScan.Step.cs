using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>One position of a session: as for <see cref="HostDiagonalScan{F, I, M}"/> lanes are states.</content>
internal static unsafe partial class HostSelectiveScan<F, I, M>
{
    /// <summary>y of some channels of one sample, and the states behind the position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step(
        SelectiveScanLaunch launch, float* memory, float* scratch, float* kept, int sample, int channel, int channels)
    {
        Slots slots = launch.Slots;
        int own = launch.Shape.States;
        if (launch.Shape.Resets && memory[slots.A6 + sample] == 0f)
        {
            new Span<float>(kept, channels * own).Clear();
        }

        float* u = memory + slots.A0 + launch.U.At(sample, 0);
        float* delta = memory + slots.A1 + launch.Delta.At(sample, 0);
        float* b = memory + slots.A3 + launch.B.At(sample, 0);
        float* c = memory + slots.A4 + launch.C.At(sample, 0);
        float* y = memory + slots.A5 + launch.Y.At(sample, 0);
        float* sum = scratch;
        new Span<float>(sum, LaneSums<F, I, M>.Parts).Clear();
        for (int k = channel; k < channel + channels; k++)
        {
            float* a = memory + slots.A2 + ((nint)k * own);
            F step = F.Splat(delta[k]);
            F input = F.Splat(delta[k] * u[k]);
            for (int state = 0; state < own; state += Lanes)
            {
                int there = own - state;
                F factor = F.Exp(step * LaneSums<F, I, M>.Load(a + state, there));
                F h = F.Fma(
                    factor, LaneSums<F, I, M>.Load(kept + state, there), input * LaneSums<F, I, M>.Load(b + state, there));
                F.Store(kept + state, h, there);
                LaneSums<F, I, M>.Add(sum, state, LaneSums<F, I, M>.Load(c + state, there), h);
            }

            y[k] = LaneSums<F, I, M>.Take(sum);
            kept += own;
        }
    }
}
