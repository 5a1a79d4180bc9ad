using System.Numerics;
using Dsl.Kernels;

namespace Dsl.Gpu;

/// <summary>
/// One dimension of a convolution restricted to the domain's pixels Start, Start + Step, …: all of them read through
/// the same taps First, First + TapStep, …, and pixel Start + i·Step reads source pixel i·SourceStep + SourceStart +
/// t·SourceTap through the t-th of them. A forward convolution is one phase. A transposed one with stride s has s,
/// because the taps for which the division by the stride is exact depend on the pixel's remainder.
/// </summary>
internal readonly struct ConvolvePhase
{
    internal readonly int Start;
    internal readonly int Step;
    internal readonly int First;
    internal readonly int TapStep;
    internal readonly int Taps;
    internal readonly int SourceStep;
    internal readonly int SourceStart;
    internal readonly int SourceTap;

    internal ConvolvePhase(bool transposed, int phase, int taps, int stride, int padding, int dilation)
    {
        if (!transposed)
        {
            (Start, Step, First, TapStep, Taps) = (0, 1, 0, 1, taps);
            (SourceStep, SourceStart, SourceTap) = (stride, -padding, dilation);
            return;
        }

        Start = phase;
        Step = stride;
        TapStep = stride / (int)BigInteger.GreatestCommonDivisor(stride, dilation);
        while (First < taps && (phase + padding - (First * dilation)) % stride != 0)
        {
            First++;
        }

        Taps = First < taps ? ((taps - 1 - First) / TapStep) + 1 : 0;
        SourceStep = 1;
        SourceStart = Taps > 0 ? (phase + padding - (First * dilation)) / stride : 0;
        SourceTap = -(TapStep * dilation / stride);
    }

    /// <summary>Phases of a dimension.</summary>
    internal static int Count(bool transposed, int stride) => transposed ? stride : 1;

    /// <summary>How many pixels of <paramref name="extent"/> belong to the phase.</summary>
    internal int Pixels(int extent) => extent <= Start ? 0 : ((extent - 1 - Start) / Step) + 1;

    /// <summary>All phases of a shape, rows of pixels first.</summary>
    internal static (ConvolvePhase Y, ConvolvePhase X)[] All(ConvolveShape s)
    {
        int down = Count(s.Transposed, s.StrideY);
        int across = Count(s.Transposed, s.StrideX);
        var phases = new (ConvolvePhase Y, ConvolvePhase X)[down * across];
        for (int i = 0; i < phases.Length; i++)
        {
            phases[i] = (
                new ConvolvePhase(s.Transposed, i / across, s.KernelHeight, s.StrideY, s.PaddingY, s.DilationY),
                new ConvolvePhase(s.Transposed, i % across, s.KernelWidth, s.StrideX, s.PaddingX, s.DilationX));
        }

        return phases;
    }
}
