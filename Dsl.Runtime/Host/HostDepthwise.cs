using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;
using unsafe Consumer = delegate*<
    float*, in Dsl.Kernels.Slots, float*, int, in Dsl.Host.HostConvolve.Row, int, int, int, int, void>;

namespace Dsl.Host;

/// <summary>A convolution of groups of one channel: lanes are groups, and a pixel is one chain of fused products over
/// its taps.</summary>
internal static unsafe class HostDepthwise
{
    public static void Run<F, I, M>(
        ConvolveLaunch launch, Consumer consume, float* memory, float* scratch, int slices, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        ConvolveShape shape = launch.Shape;
        int channels = shape.Groups;
        int pitch = Slicing.RoundUp(channels, 16);
        int taps = shape.KernelHeight * shape.KernelWidth;
        float* sums = scratch;
        float* weights = scratch + pitch;
        float* from = memory + launch.Slots.A1;
        for (int tap = 0; tap < taps; tap++)
        {
            for (int c = 0; c < pitch; c++)
            {
                weights[(tap * pitch) + c] = c < channels ? from[(c * taps) + tap] : 0f;
            }
        }

        (int first, int end) = Slicing.Range(launch.Images * launch.Height, slices, slice);
        for (int unit = first; unit < end; unit++)
        {
            int image = unit / launch.Height;
            int y = unit % launch.Height;
            Taps down = HostConvolve.Down(shape, y);
            float* source = memory + launch.Slots.A0 + ((nint)image * launch.ImagePitch)
                + ((nint)down.Source * launch.RowPitch);
            for (int x = 0; x < launch.Width; x++)
            {
                Taps across = HostConvolve.Across(shape, x);
                TileOperands t = default;
                t.A = source + ((nint)across.Source * shape.Pixel);
                t.AOuter = (nint)down.SourceStep * launch.RowPitch;
                t.AMiddle = (nint)across.SourceStep * shape.Pixel;
                t.B = weights + ((nint)((down.Tap * shape.KernelWidth) + across.Tap) * pitch);
                t.BOuter = (nint)down.TapStep * shape.KernelWidth * pitch;
                t.BMiddle = (nint)across.TapStep * pitch;
                t.Outer = down.Count;
                t.Middle = across.Count;
                Sum<F, I, M>(in t, channels, sums);
                var row = new HostConvolve.Row(image, y, x, 1, 1);
                consume(memory, in launch.Slots, sums, pitch, in row, 0, 1, channels, 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Sum<F, I, M>(in TileOperands t, int channels, float* sums)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int c = 0; c < channels; c += F.Lanes)
        {
            F sum = F.Splat(0f);
            float* a = t.A + c;
            float* b = t.B + c;
            for (int outer = t.Outer; outer > 0; outer--)
            {
                float* p = a;
                float* q = b;
                for (int middle = t.Middle; middle > 0; middle--)
                {
                    sum = F.Fma(F.Load(p), F.Load(q), sum);
                    p += t.AMiddle;
                    q += t.BMiddle;
                }

                a += t.AOuter;
                b += t.BOuter;
            }

            F.Store(sums + c, sum);
        }
    }
}
