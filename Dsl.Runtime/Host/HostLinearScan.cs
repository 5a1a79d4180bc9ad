using System;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>The LinearScan skeleton on the host. Lanes are channels; a piece of work is a vector of channels of one sample, whose
/// state stays in a register. It is as fast as memory is.</summary>
internal static unsafe class HostLinearScan<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    private static int Lanes => F.Lanes;

    public static int Slices(LinearScanLaunch launch) => Slicing.Count(
        launch.Batch * Groups(launch), (long)launch.Batch * launch.Positions * launch.Width);

    public static void Run(LinearScanLaunch launch, float* memory, int slice)
    {
        int groups = Groups(launch);
        (int first, int end) = Slicing.Range(launch.Batch * groups, Slices(launch), slice);
        for (int piece = first; piece < end; piece++)
        {
            (int sample, int group) = Math.DivRem(piece, groups);
            if (launch.Shape.Complex)
            {
                Complex(launch, memory, sample, group * Lanes);
            }
            else
            {
                Real(launch, memory, sample, group * Lanes);
            }
        }
    }

    private static int Groups(LinearScanLaunch launch) => Slicing.Ceiling(launch.Shape.Channels, Lanes);

    private static void Real(LinearScanLaunch launch, float* memory, int sample, int channel)
    {
        int count = Math.Min(Lanes, launch.Shape.Channels - channel);
        float* a = memory + launch.Slots.A0 + launch.A.At(sample, 0) + channel;
        float* x = memory + launch.Slots.A1 + launch.X.At(sample, 0) + channel;
        float* y = memory + launch.Slots.A2 + launch.Y.At(sample, 0) + channel;
        float* kept = launch.StateAt < 0 ? null : memory + launch.StateAt + ((nint)sample * launch.Width) + channel;
        F h = kept == null ? F.Splat(0f) : F.Load(kept, count);
        for (int done = 0; done < launch.Positions; done++)
        {
            nint t = launch.Shape.Adjoint ? launch.Positions - 1 - done : done;
            F factor = Load(a + (t * launch.A.Position), count);
            F input = Load(x + (t * launch.X.Position), count);
            F now = launch.Shape.Adjoint ? h + input : F.Fma(factor, h, input);
            F.Store(y + (t * launch.Y.Position), now, count);

            // What comes to the position before goes by this one's factor.
            h = launch.Shape.Adjoint ? factor * now : now;
        }

        if (kept != null)
        {
            F.Store(kept, h, count);
        }
    }

    private static void Complex(LinearScanLaunch launch, float* memory, int sample, int channel)
    {
        int channels = launch.Shape.Channels;
        int count = Math.Min(Lanes, channels - channel);
        float* a = memory + launch.Slots.A0 + launch.A.At(sample, 0) + channel;
        float* x = memory + launch.Slots.A1 + launch.X.At(sample, 0) + channel;
        float* y = memory + launch.Slots.A2 + launch.Y.At(sample, 0) + channel;
        float* kept = launch.StateAt < 0 ? null : memory + launch.StateAt + ((nint)sample * launch.Width) + channel;
        F re = kept == null ? F.Splat(0f) : F.Load(kept, count);
        F im = kept == null ? F.Splat(0f) : F.Load(kept + channels, count);
        for (int done = 0; done < launch.Positions; done++)
        {
            nint t = launch.Shape.Adjoint ? launch.Positions - 1 - done : done;
            float* factor = a + (t * launch.A.Position);
            float* input = x + (t * launch.X.Position);
            F aRe = Load(factor, count), aIm = Load(factor + channels, count);
            F xRe = Load(input, count), xIm = Load(input + channels, count);
            F nowRe, nowIm;
            if (launch.Shape.Adjoint)
            {
                (nowRe, nowIm) = (re + xRe, im + xIm);
                (re, im) = (F.Fma(aRe, nowRe, aIm * nowIm), F.Fma(aRe, nowIm, -(aIm * nowRe)));
            }
            else
            {
                (nowRe, nowIm) = (F.Fma(aRe, re, xRe - (aIm * im)), F.Fma(aRe, im, F.Fma(aIm, re, xIm)));
                (re, im) = (nowRe, nowIm);
            }

            float* result = y + (t * launch.Y.Position);
            F.Store(result, nowRe, count);
            F.Store(result + channels, nowIm, count);
        }

        if (kept != null)
        {
            F.Store(kept, re, count);
            F.Store(kept + channels, im, count);
        }
    }

    private static F Load(float* at, int count) => count == Lanes ? F.Load(at) : F.Load(at, count);
}
