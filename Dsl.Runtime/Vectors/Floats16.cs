using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dsl.Vectors;

/// <summary>Sixteen floats in an AVX-512 register.</summary>
internal readonly unsafe struct Floats16 : IFloats<Floats16, Ints16, Mask16>
{
    internal readonly Vector512<float> Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Floats16(Vector512<float> value) => Value = value;

    public static int Lanes => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Splat(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 operator +(Floats16 a, Floats16 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 operator -(Floats16 a, Floats16 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 operator *(Floats16 a, Floats16 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 operator /(Floats16 a, Floats16 b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 operator -(Floats16 a) => new(a.Value ^ Vector512.Create(-0f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Fma(Floats16 a, Floats16 b, Floats16 c) =>
        new(Avx512F.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Floats16 Fma(float* a, Floats16 b, Floats16 c) =>
        new(Avx512F.FusedMultiplyAdd(Vector512.Create(*a), b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Clamp(Floats16 a, Floats16 low, Floats16 high) =>
        new(Avx512F.Min(high.Value, Avx512F.Max(low.Value, a.Value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Max(Floats16 a, Floats16 b) =>
        new(Vector512.ConditionalSelect(Avx512F.CompareUnordered(a.Value, a.Value), a.Value, Avx512F.Max(a.Value, b.Value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Min(Floats16 a, Floats16 b) =>
        new(Vector512.ConditionalSelect(Avx512F.CompareUnordered(a.Value, a.Value), a.Value, Avx512F.Min(a.Value, b.Value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Abs(Floats16 a) => new(Vector512.Abs(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Sqrt(Floats16 a) => new(Vector512.Sqrt(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Floor(Floats16 a) => new(Vector512.Floor(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Exp(Floats16 a)
    {
        // One instruction scales by 2ⁿ with the same rounding as the two steps of Polynomials.Scale.
        Floats16 p = Polynomials.ExpReduced<Floats16, Ints16, Mask16>(a, out Floats16 n);
        return new(Avx512F.Scale(p.Value, n.Value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Log(Floats16 a) => Polynomials.Log<Floats16, Ints16, Mask16>(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 Less(Floats16 a, Floats16 b) => new(Vector512.LessThan(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 LessOrEqual(Floats16 a, Floats16 b) => new(Vector512.LessThanOrEqual(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 Equal(Floats16 a, Floats16 b) => new(Vector512.Equals(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Select(Mask16 mask, Floats16 a, Floats16 b) =>
        new(Vector512.ConditionalSelect(mask.Value, a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 SelectLess(Floats16 a, Floats16 b, Floats16 yes, Floats16 no) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.Value, b.Value), yes.Value, no.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 FromInts(Ints16 a) => new(Vector512.ConvertToSingle(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 ToInts(Floats16 a) => new(Avx512F.ConvertToVector512Int32WithTruncation(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 Bits(Floats16 a) => new(a.Value.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 FromBits(Ints16 a) => new(a.Value.AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Load(float* at) => new(Vector512.Load(at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Load(float* at, int count) =>
        new(Avx512F.MaskLoad(at, Mask16.Until(count).Value, Vector512<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, Floats16 value) => value.Value.Store(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, Floats16 value, int count) =>
        Avx512F.MaskStore(at, Mask16.Until(count).Value, value.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 LoadAlternate(float* at) => new(Avx512F.PermuteVar16x32x2(
        Vector512.Load(at),
        Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31),
        Vector512.Load(at + 15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAlternate(float* at, Floats16 value)
    {
        Vector512<float> alternate = Vector512.Create(0x00000000_FFFFFFFFL).AsSingle();
        Vector512<int> first = Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
        Avx512F.MaskStore(at, alternate, Avx512F.PermuteVar16x32(value.Value, first));
        Avx512F.MaskStore(at + 16, alternate, Avx512F.PermuteVar16x32(value.Value, first + Vector512.Create(8)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats16 Rotate(Floats16 a, int by) =>
        new(Avx512F.PermuteVar16x32(a.Value, (Ints16.Iota(by) & Ints16.Splat(15)).Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Floats16 a) => a.Value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Floats16 a) => Floats8.Sum(new(a.Value.GetLower() + a.Value.GetUpper()));
}
