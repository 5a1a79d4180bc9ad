using System.Runtime.CompilerServices;

namespace Dsl.Vectors;

/// <summary>A plain int.</summary>
internal readonly unsafe struct Ints1 : IInts<Floats1, Ints1, Mask1>
{
    internal readonly int Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Ints1(int value) => Value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 Splat(int value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 Iota(int start) => new(start);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator +(Ints1 a, Ints1 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator -(Ints1 a, Ints1 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator *(Ints1 a, Ints1 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator &(Ints1 a, Ints1 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator |(Ints1 a, Ints1 b) => new(a.Value | b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator ^(Ints1 a, Ints1 b) => new(a.Value ^ b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 ShiftLeft(Ints1 a, int by) => new(a.Value << by);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 ShiftRight(Ints1 a, int by) => new(a.Value >>> by);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 MultiplyHigh(Ints1 a, Ints1 b) => new((int)(((ulong)(uint)a.Value * (uint)b.Value) >> 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 Less(Ints1 a, Ints1 b) => new(a.Value < b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 Equal(Ints1 a, Ints1 b) => new(a.Value == b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 Select(Mask1 mask, Ints1 a, Ints1 b) => mask.Value ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 Load(int* at) => new(*at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 Load(int* at, int count) => count > 0 ? new(*at) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* at, Ints1 value) => *at = value.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* at, Ints1 value, int count)
    {
        if (count > 0)
        {
            *at = value.Value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Gather(float* from, Ints1 index) => new(from[index.Value]);
}
