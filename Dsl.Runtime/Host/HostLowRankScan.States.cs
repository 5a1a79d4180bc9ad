using System;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>States [batch, part, channel, state] that the first position begins with, and those behind the last
/// one.</content>
internal static unsafe partial class HostLowRankScan<F, I, M>
{
    /// <summary>The states of a vector of channels, in place of what is in scratch.</summary>
    private static void ReadStates(LowRankScanLaunch launch, float* from, int sample, int group, float* x)
    {
        LowRankScanShape shape = launch.Shape;
        int channels = Channels(launch, group);
        from += Plane(launch, sample, group);
        new Span<float>(x, Own(launch)).Clear();
        Gather(from, shape.States, shape.States, channels, x, 2 * Lanes);
        Gather(from + (shape.Channels * shape.States), shape.States, shape.States, channels, x + Lanes, 2 * Lanes);
    }

    private static void WriteStates(LowRankScanLaunch launch, float* x, float* to, int sample, int group)
    {
        LowRankScanShape shape = launch.Shape;
        int channels = Channels(launch, group);
        to += Plane(launch, sample, group);
        Scatter(x, 2 * Lanes, to, shape.States, shape.States, channels);
        Scatter(x + Lanes, 2 * Lanes, to + (shape.Channels * shape.States), shape.States, shape.States, channels);
    }

    /// <summary>Elements before the real parts of a vector of channels; the imaginary ones lie behind those of
    /// all.</summary>
    private static nint Plane(LowRankScanLaunch launch, int sample, int group) =>
        (((nint)sample * 2 * launch.Shape.Channels) + (group * Lanes)) * launch.Shape.States;

    /// <summary>The first position: states from outside take in u; the result is what they give, and <paramref
    /// name="r"/> becomes that of the next position.</summary>
    private static F First(float* modes, float* x, int states, F u, ref F r)
    {
        (F y, F sum) = (F.Splat(0f), F.Splat(0f));
        for (int state = 0; state < states; state++)
        {
            F re = F.Fma(F.Load(modes + (4 * Lanes)), u, F.Load(x));
            F im = F.Fma(F.Load(modes + (5 * Lanes)), u, F.Load(x + Lanes));
            F.Store(x, re);
            F.Store(x + Lanes, im);
            sum = F.Fma(F.Load(modes + (7 * Lanes)), im, F.Fma(F.Load(modes + (6 * Lanes)), re, sum));
            y = F.Fma(F.Load(modes + (9 * Lanes)), im, F.Fma(F.Load(modes + (8 * Lanes)), re, y));
            modes += LowRankParts.Rows * Lanes;
            x += 2 * Lanes;
        }

        r = sum;
        return y;
    }

    /// <summary>The last position on the way back: w·y comes to h, which is that of the last states; the result is
    /// ρ.</summary>
    private static F Last(float* modes, float* h, int states, F y)
    {
        F rho = F.Splat(0f);
        for (int state = 0; state < states; state++)
        {
            // The imaginary parts of w are there with the other sign.
            F re = F.Fma(F.Load(modes + (8 * Lanes)), y, F.Load(h));
            F im = F.Fma(F.Load(modes + (9 * Lanes)), -y, F.Load(h + Lanes));
            F.Store(h, re);
            F.Store(h + Lanes, im);
            rho = F.Fma(F.Load(modes + (3 * Lanes)), im, F.Fma(-F.Load(modes + (2 * Lanes)), re, rho));
            modes += LowRankParts.Rows * Lanes;
            h += 2 * Lanes;
        }

        return rho;
    }
}
