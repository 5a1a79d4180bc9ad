using System;
using System.Runtime.CompilerServices;

namespace Dsl.Vectors;

/// <summary>A plain float.</summary>
internal readonly unsafe struct Floats1 : IFloats<Floats1, Ints1, Mask1>
{
    internal readonly float Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Floats1(float value) => Value = value;

    public static int Lanes => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Splat(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 operator +(Floats1 a, Floats1 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 operator -(Floats1 a, Floats1 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 operator *(Floats1 a, Floats1 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 operator /(Floats1 a, Floats1 b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 operator -(Floats1 a) => new(-a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Fma(Floats1 a, Floats1 b, Floats1 c) => new(MathF.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Floats1 Fma(float* a, Floats1 b, Floats1 c) => new(MathF.FusedMultiplyAdd(*a, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Clamp(Floats1 a, Floats1 low, Floats1 high) =>
        a.Value < low.Value ? low : high.Value < a.Value ? high : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Max(Floats1 a, Floats1 b) => float.IsNaN(a.Value) || a.Value > b.Value ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Min(Floats1 a, Floats1 b) => float.IsNaN(a.Value) || a.Value < b.Value ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Abs(Floats1 a) => new(MathF.Abs(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Sqrt(Floats1 a) => new(MathF.Sqrt(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Floor(Floats1 a) => new(MathF.Floor(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Exp(Floats1 a) => Polynomials.Exp<Floats1, Ints1, Mask1>(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Log(Floats1 a) => Polynomials.Log<Floats1, Ints1, Mask1>(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 Less(Floats1 a, Floats1 b) => new(a.Value < b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 LessOrEqual(Floats1 a, Floats1 b) => new(a.Value <= b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 Equal(Floats1 a, Floats1 b) => new(a.Value == b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Select(Mask1 mask, Floats1 a, Floats1 b) => mask.Value ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 SelectLess(Floats1 a, Floats1 b, Floats1 yes, Floats1 no) => a.Value < b.Value ? yes : no;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 FromInts(Ints1 a) => new(a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 ToInts(Floats1 a) => new(float.ConvertToIntegerNative<int>(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 Bits(Floats1 a) => new(BitConverter.SingleToInt32Bits(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 FromBits(Ints1 a) => new(BitConverter.Int32BitsToSingle(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Load(float* at) => new(*at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Load(float* at, int count) => count > 0 ? new(*at) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, Floats1 value) => *at = value.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, Floats1 value, int count)
    {
        if (count > 0)
        {
            *at = value.Value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 LoadAlternate(float* at) => new(*at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAlternate(float* at, Floats1 value) => *at = value.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Rotate(Floats1 a, int by) => a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Floats1 a) => a.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Floats1 a) => a.Value;
}
