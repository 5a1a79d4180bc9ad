using System.Runtime.CompilerServices;
using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>The Halo skeleton on the host: zeros around every image.</summary>
internal static unsafe class HostHalo
{
    public static int Slices(HaloLaunch launch)
    {
        HaloShape h = launch.Shape;
        long across = (long)(launch.Width + h.Left + h.Right) * (h.Top + h.Bottom);
        long down = (long)launch.Height * (h.Left + h.Right);
        return Slicing.Count(launch.Images, launch.Images * (across + down) * h.Channels);
    }

    public static void Run(HaloLaunch launch, float* memory, int slice)
    {
        HaloShape h = launch.Shape;
        nint left = (nint)h.Left * h.Channels;
        nint right = (nint)h.Right * h.Channels;
        nint inside = (nint)launch.Width * h.Channels;
        nint row = left + inside + right;
        nint image = row * (h.Top + launch.Height + h.Bottom);
        (int first, int end) = Slicing.Range(launch.Images, Slices(launch), slice);
        for (int i = first; i < end; i++)
        {
            // The right edge of a row and the left edge of the next lie side by side.
            float* at = memory + launch.Slots.A0 + (i * image) - (h.Top * row) - left;
            Clear(at, (h.Top * row) + left);
            at += (h.Top * row) + left + inside;
            for (int y = 1; y < launch.Height; y++)
            {
                Clear(at, right + left);
                at += row;
            }

            Clear(at, right + (h.Bottom * row));
        }
    }

    private static void Clear(float* at, nint count)
    {
        if (count > 0)
        {
            Unsafe.InitBlockUnaligned(at, 0, checked((uint)(count * sizeof(float))));
        }
    }
}
