using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dsl.Vectors;

/// <summary>Eight floats in an AVX2 register.</summary>
internal readonly unsafe struct Floats8 : IFloats<Floats8, Ints8, Mask8>
{
    internal readonly Vector256<float> Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Floats8(Vector256<float> value) => Value = value;

    public static int Lanes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Splat(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 operator +(Floats8 a, Floats8 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 operator -(Floats8 a, Floats8 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 operator *(Floats8 a, Floats8 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 operator /(Floats8 a, Floats8 b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 operator -(Floats8 a) => new(a.Value ^ Vector256.Create(-0f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Fma(Floats8 a, Floats8 b, Floats8 c) =>
        new(System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(a.Value, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Floats8 Fma(float* a, Floats8 b, Floats8 c) =>
        new(System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(Vector256.Create(*a), b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Clamp(Floats8 a, Floats8 low, Floats8 high) =>
        new(Avx.Min(high.Value, Avx.Max(low.Value, a.Value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Max(Floats8 a, Floats8 b) =>
        new(Avx.BlendVariable(Avx.Max(a.Value, b.Value), a.Value, Avx.CompareUnordered(a.Value, a.Value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Min(Floats8 a, Floats8 b) =>
        new(Avx.BlendVariable(Avx.Min(a.Value, b.Value), a.Value, Avx.CompareUnordered(a.Value, a.Value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Abs(Floats8 a) => new(Vector256.Abs(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Sqrt(Floats8 a) => new(Vector256.Sqrt(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Floor(Floats8 a) => new(Vector256.Floor(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Exp(Floats8 a) => Polynomials.Exp<Floats8, Ints8, Mask8>(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Log(Floats8 a) => Polynomials.Log<Floats8, Ints8, Mask8>(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 Less(Floats8 a, Floats8 b) => new(Vector256.LessThan(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 LessOrEqual(Floats8 a, Floats8 b) => new(Vector256.LessThanOrEqual(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 Equal(Floats8 a, Floats8 b) => new(Vector256.Equals(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Select(Mask8 mask, Floats8 a, Floats8 b) =>
        new(Avx.BlendVariable(b.Value, a.Value, mask.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 SelectLess(Floats8 a, Floats8 b, Floats8 yes, Floats8 no) => Select(Less(a, b), yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 FromInts(Ints8 a) => new(Vector256.ConvertToSingle(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 ToInts(Floats8 a) => new(Avx.ConvertToVector256Int32WithTruncation(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 Bits(Floats8 a) => new(a.Value.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 FromBits(Ints8 a) => new(a.Value.AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Load(float* at) => new(Vector256.Load(at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Load(float* at, int count) => new(Avx.MaskLoad(at, Mask8.Until(count).Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, Floats8 value) => value.Value.Store(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, Floats8 value, int count) =>
        Avx.MaskStore(at, Mask8.Until(count).Value, value.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 LoadAlternate(float* at)
    {
        // 0 2 8 10 | 4 6 12 14: the middle pairs change places.
        Vector256<float> pairs = Avx.Shuffle(Vector256.Load(at), Vector256.Load(at + 7), 0b11_01_10_00);
        return new(Avx2.Permute4x64(pairs.AsDouble(), 0b11_01_10_00).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAlternate(float* at, Floats8 value)
    {
        Vector256<float> alternate = Vector256.Create(0x00000000_FFFFFFFFL).AsSingle();
        Vector256<int> first = Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3);
        Avx.MaskStore(at, alternate, Avx2.PermuteVar8x32(value.Value, first));
        Avx.MaskStore(at + 8, alternate, Avx2.PermuteVar8x32(value.Value, first + Vector256.Create(4)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats8 Rotate(Floats8 a, int by) =>
        new(Avx2.PermuteVar8x32(a.Value, (Ints8.Iota(by) & Ints8.Splat(7)).Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Floats8 a) => a.Value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Floats8 a) => Floats4.Sum(new(a.Value.GetLower() + a.Value.GetUpper()));
}
