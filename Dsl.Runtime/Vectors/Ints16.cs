using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dsl.Vectors;

/// <summary>Sixteen ints in an AVX-512 register.</summary>
internal readonly unsafe struct Ints16 : IInts<Floats16, Ints16, Mask16>
{
    internal readonly Vector512<int> Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Ints16(Vector512<int> value) => Value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 Splat(int value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 Iota(int start) =>
        new(Vector512.Create(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) + Vector512.Create(start));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator +(Ints16 a, Ints16 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator -(Ints16 a, Ints16 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator *(Ints16 a, Ints16 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator &(Ints16 a, Ints16 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator |(Ints16 a, Ints16 b) => new(a.Value | b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator ^(Ints16 a, Ints16 b) => new(a.Value ^ b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 ShiftLeft(Ints16 a, int by) => new(Vector512.ShiftLeft(a.Value, by));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 ShiftRight(Ints16 a, int by) => new(Vector512.ShiftRightLogical(a.Value, by));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 MultiplyHigh(Ints16 a, Ints16 b)
    {
        // The multiplication takes even lanes only; odd ones are moved there and their high halves are already in
        // place.
        Vector512<ulong> even = Avx512F.Multiply(a.Value.AsUInt32(), b.Value.AsUInt32()) >>> 32;
        Vector512<ulong> odd = Avx512F.Multiply(
            (a.Value.AsUInt64() >>> 32).AsUInt32(), (b.Value.AsUInt64() >>> 32).AsUInt32());
        return new(Vector512.ConditionalSelect(
            Vector512.Create(0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1), odd.AsInt32(), even.AsInt32()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 Less(Ints16 a, Ints16 b) => new(Vector512.LessThan(a.Value, b.Value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 Equal(Ints16 a, Ints16 b) => new(Vector512.Equals(a.Value, b.Value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 Select(Mask16 mask, Ints16 a, Ints16 b) =>
        new(Vector512.ConditionalSelect(mask.Value.AsInt32(), a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 Load(int* at) => new(Vector512.Load(at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 Load(int* at, int count) => Floats16.Bits(Floats16.Load((float*)at, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* at, Ints16 value) => value.Value.Store(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* at, Ints16 value, int count) =>
        Floats16.Store((float*)at, Floats16.FromBits(value), count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Gather(float* from, Ints16 index) => new(Vector512.Create(
        Avx2.GatherVector256(from, index.Value.GetLower(), 4), Avx2.GatherVector256(from, index.Value.GetUpper(), 4)));
}
