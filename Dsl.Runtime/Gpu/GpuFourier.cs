using Dsl.Vectors;
using ILGPU;

namespace Dsl.Gpu;

/// <summary>
/// Fourier transforms of one row of complex numbers in memory by all threads of a group: radix 2, in place, forward
/// from order to bit-reversed order and back from there.
/// </summary>
internal static class GpuFourier
{
    private const float Circle = 6.28318530717958648f;

    /// <summary>Forward.</summary>
    /// <param name="memory">The session's memory.</param>
    /// <param name="row">Where the row begins, which all threads have written.</param>
    /// <param name="count">Complex numbers: a power of two.</param>
    internal static void Forward(ArrayView<float> memory, int row, int count)
    {
        for (int half = count / 2; half > 0; half /= 2)
        {
            Wait();
            for (int i = Group.IdxX; i < count / 2; i += Group.DimX)
            {
                int j = i & (half - 1);
                int a = row + (2 * ((2 * (i - j)) + j));
                int b = a + (2 * half);
                float angle = -0.5f * Circle * ((float)j / half);
                (float cos, float sin) = (Cos(angle), Sin(angle));
                (float re, float im) = (memory[a] - memory[b], memory[a + 1] - memory[b + 1]);
                memory[a] += memory[b];
                memory[a + 1] += memory[b + 1];
                memory[b] = (re * cos) - (im * sin);
                memory[b + 1] = (re * sin) + (im * cos);
            }
        }

        Wait();
    }

    /// <summary>Back, times <paramref name="count"/>.</summary>
    internal static void Back(ArrayView<float> memory, int row, int count)
    {
        for (int half = 1; half < count; half *= 2)
        {
            Wait();
            for (int i = Group.IdxX; i < count / 2; i += Group.DimX)
            {
                int j = i & (half - 1);
                int a = row + (2 * ((2 * (i - j)) + j));
                int b = a + (2 * half);
                float angle = 0.5f * Circle * ((float)j / half);
                (float cos, float sin) = (Cos(angle), Sin(angle));
                float re = (memory[b] * cos) - (memory[b + 1] * sin);
                float im = (memory[b] * sin) + (memory[b + 1] * cos);
                memory[b] = memory[a] - re;
                memory[b + 1] = memory[a + 1] - im;
                memory[a] += re;
                memory[a + 1] += im;
            }
        }

        Wait();
    }

    /// <summary>The angle -2πk/count of the frequency k at a place of a bit-reversed result.</summary>
    internal static float Angle(int place, int count)
    {
        int k = 0;
        for (int bit = 1; bit < count; bit *= 2)
        {
            k = (2 * k) + (place & 1);
            place >>= 1;
        }

        return -Circle * ((float)k / count);
    }

    /// <summary>The place of the counterpart -k of the frequency at a place above 1.</summary>
    internal static int Counterpart(int place)
    {
        int block = 1;
        while (2 * block <= place)
        {
            block *= 2;
        }

        return (3 * block) - 1 - place;
    }

    internal static float Sin(float x) => Lanes.Sin<GpuFloat, GpuInt, GpuMask>(new GpuFloat(x)).V;

    internal static float Cos(float x) => Lanes.Cos<GpuFloat, GpuInt, GpuMask>(new GpuFloat(x)).V;

    /// <summary>All threads see what all have written to memory.</summary>
    internal static void Wait()
    {
        MemoryFence.GroupLevel();
        Group.Barrier();
    }
}
