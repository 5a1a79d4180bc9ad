using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dsl.Vectors;

/// <summary>Eight ints in an AVX2 register.</summary>
internal readonly unsafe struct Ints8 : IInts<Floats8, Ints8, Mask8>
{
    internal readonly Vector256<int> Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Ints8(Vector256<int> value) => Value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 Splat(int value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 Iota(int start) =>
        new(Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7) + Vector256.Create(start));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator +(Ints8 a, Ints8 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator -(Ints8 a, Ints8 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator *(Ints8 a, Ints8 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator &(Ints8 a, Ints8 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator |(Ints8 a, Ints8 b) => new(a.Value | b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator ^(Ints8 a, Ints8 b) => new(a.Value ^ b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 ShiftLeft(Ints8 a, int by) => new(Vector256.ShiftLeft(a.Value, by));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 ShiftRight(Ints8 a, int by) => new(Vector256.ShiftRightLogical(a.Value, by));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 MultiplyHigh(Ints8 a, Ints8 b)
    {
        // The multiplication takes even lanes only; odd ones are moved there and their high halves are already in
        // place.
        Vector256<ulong> even = Avx2.Multiply(a.Value.AsUInt32(), b.Value.AsUInt32()) >>> 32;
        Vector256<ulong> odd = Avx2.Multiply(
            (a.Value.AsUInt64() >>> 32).AsUInt32(), (b.Value.AsUInt64() >>> 32).AsUInt32());
        return new(Vector256.ConditionalSelect(
            Vector256.Create(0, -1, 0, -1, 0, -1, 0, -1), odd.AsInt32(), even.AsInt32()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 Less(Ints8 a, Ints8 b) => new(Vector256.LessThan(a.Value, b.Value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 Equal(Ints8 a, Ints8 b) => new(Vector256.Equals(a.Value, b.Value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 Select(Mask8 mask, Ints8 a, Ints8 b) =>
        new(Vector256.ConditionalSelect(mask.Value.AsInt32(), a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 Load(int* at) => new(Vector256.Load(at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 Load(int* at, int count) => Floats8.Bits(Floats8.Load((float*)at, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* at, Ints8 value) => value.Value.Store(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* at, Ints8 value, int count) =>
        Floats8.Store((float*)at, Floats8.FromBits(value), count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Gather(float* from, Ints8 index) => new(Avx2.GatherVector256(from, index.Value, 4));
}
