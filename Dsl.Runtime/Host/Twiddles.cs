using System;
using System.Collections.Concurrent;
using System.Numerics;

namespace Dsl.Host;

/// <summary>The roots of unity e^{-2πik/n} for transforms of n complex numbers, shared by all launches; n is a power of
/// two.</summary>
internal sealed unsafe class Twiddles
{
    private static readonly ConcurrentDictionary<int, Twiddles> s_known = new();
    private readonly float[] _inOrder;
    private readonly float[] _reversed;

    private Twiddles(int count)
    {
        Count = count;
        _inOrder = GC.AllocateArray<float>(2 * count, pinned: true);
        _reversed = GC.AllocateArray<float>(2 * count, pinned: true);
        int bits = BitOperations.Log2((uint)count);
        for (int k = 0; k < count; k++)
        {
            (double sin, double cos) = Math.SinCos(-2 * Math.PI * k / count);
            int at = Reverse(k, bits);
            _inOrder[2 * k] = _reversed[2 * at] = (float)cos;
            _inOrder[(2 * k) + 1] = _reversed[(2 * at) + 1] = (float)sin;
        }
    }

    public int Count { get; }

    /// <summary>Root k, real part and imaginary part.</summary>
    public float* InOrder => Pointer(_inOrder);

    /// <summary>Of place p of a result in bit-reversed order, the root of its frequency.</summary>
    public float* Reversed => Pointer(_reversed);

    public static Twiddles Of(int count) => s_known.GetOrAdd(count, static n => new Twiddles(n));

    private static int Reverse(int value, int bits)
    {
        int result = 0;
        for (int i = 0; i < bits; i++)
        {
            result = (result << 1) | ((value >> i) & 1);
        }

        return result;
    }

    // Pinned arrays never move.
    private static float* Pointer(float[] array) =>
        (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(
            ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array));
}
