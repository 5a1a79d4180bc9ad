using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dsl.Vectors;

/// <summary>Four ints in an SSE or NEON register.</summary>
internal readonly unsafe struct Ints4 : IInts<Floats4, Ints4, Mask4>
{
    internal readonly Vector128<int> Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Ints4(Vector128<int> value) => Value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 Splat(int value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 Iota(int start) => new(Vector128.Create(0, 1, 2, 3) + Vector128.Create(start));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator +(Ints4 a, Ints4 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator -(Ints4 a, Ints4 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator *(Ints4 a, Ints4 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator &(Ints4 a, Ints4 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator |(Ints4 a, Ints4 b) => new(a.Value | b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator ^(Ints4 a, Ints4 b) => new(a.Value ^ b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 ShiftLeft(Ints4 a, int by) => new(Vector128.ShiftLeft(a.Value, by));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 ShiftRight(Ints4 a, int by) => new(Vector128.ShiftRightLogical(a.Value, by));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 MultiplyHigh(Ints4 a, Ints4 b)
    {
        (Vector128<ulong> low, Vector128<ulong> high) = Vector128.Widen(a.Value.AsUInt32());
        (Vector128<ulong> otherLow, Vector128<ulong> otherHigh) = Vector128.Widen(b.Value.AsUInt32());
        return new(Vector128.Narrow((low * otherLow) >>> 32, (high * otherHigh) >>> 32).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 Less(Ints4 a, Ints4 b) => new(Vector128.LessThan(a.Value, b.Value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 Equal(Ints4 a, Ints4 b) => new(Vector128.Equals(a.Value, b.Value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 Select(Mask4 mask, Ints4 a, Ints4 b) =>
        new(Vector128.ConditionalSelect(mask.Value.AsInt32(), a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 Load(int* at) => new(Vector128.Load(at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 Load(int* at, int count) => Floats4.Bits(Floats4.Load((float*)at, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* at, Ints4 value) => value.Value.Store(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* at, Ints4 value, int count) =>
        Floats4.Store((float*)at, Floats4.FromBits(value), count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Gather(float* from, Ints4 index) => new(Vector128.Create(
        from[index.Value.GetElement(0)],
        from[index.Value.GetElement(1)],
        from[index.Value.GetElement(2)],
        from[index.Value.GetElement(3)]));
}
