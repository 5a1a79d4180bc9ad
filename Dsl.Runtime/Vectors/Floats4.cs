using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dsl.Vectors;

/// <summary>Four floats in an SSE or NEON register.</summary>
internal readonly unsafe struct Floats4 : IFloats<Floats4, Ints4, Mask4>
{
    internal readonly Vector128<float> Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Floats4(Vector128<float> value) => Value = value;

    public static int Lanes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Splat(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 operator +(Floats4 a, Floats4 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 operator -(Floats4 a, Floats4 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 operator *(Floats4 a, Floats4 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 operator /(Floats4 a, Floats4 b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 operator -(Floats4 a) => new(a.Value ^ Vector128.Create(-0f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Fma(Floats4 a, Floats4 b, Floats4 c) =>
        new(Vector128.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Floats4 Fma(float* a, Floats4 b, Floats4 c) =>
        new(Vector128.FusedMultiplyAdd(Vector128.Create(*a), b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Clamp(Floats4 a, Floats4 low, Floats4 high)
    {
        Vector128<float> above = Vector128.ConditionalSelect(Vector128.LessThan(a.Value, low.Value), low.Value, a.Value);
        return new(Vector128.ConditionalSelect(Vector128.LessThan(high.Value, above), high.Value, above));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Max(Floats4 a, Floats4 b) =>
        new(Vector128.ConditionalSelect(
            Vector128.GreaterThan(a.Value, b.Value) | ~Vector128.Equals(a.Value, a.Value), a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Min(Floats4 a, Floats4 b) =>
        new(Vector128.ConditionalSelect(
            Vector128.LessThan(a.Value, b.Value) | ~Vector128.Equals(a.Value, a.Value), a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Abs(Floats4 a) => new(Vector128.Abs(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Sqrt(Floats4 a) => new(Vector128.Sqrt(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Floor(Floats4 a) => new(Vector128.Floor(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Exp(Floats4 a) => Polynomials.Exp<Floats4, Ints4, Mask4>(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Log(Floats4 a) => Polynomials.Log<Floats4, Ints4, Mask4>(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 Less(Floats4 a, Floats4 b) => new(Vector128.LessThan(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 LessOrEqual(Floats4 a, Floats4 b) => new(Vector128.LessThanOrEqual(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 Equal(Floats4 a, Floats4 b) => new(Vector128.Equals(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Select(Mask4 mask, Floats4 a, Floats4 b) =>
        new(Vector128.ConditionalSelect(mask.Value, a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 SelectLess(Floats4 a, Floats4 b, Floats4 yes, Floats4 no) => Select(Less(a, b), yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 FromInts(Ints4 a) => new(Vector128.ConvertToSingle(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 ToInts(Floats4 a) => new(Vector128.ConvertToInt32Native(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 Bits(Floats4 a) => new(a.Value.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 FromBits(Ints4 a) => new(a.Value.AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Load(float* at) => new(Vector128.Load(at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Load(float* at, int count)
    {
        if (Avx.IsSupported)
        {
            return new(Avx.MaskLoad(at, Mask4.Until(count).Value));
        }
    
        return new(Vector128.Create(
            count > 0 ? at[0] : 0f, count > 1 ? at[1] : 0f, count > 2 ? at[2] : 0f, count > 3 ? at[3] : 0f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, Floats4 value) => value.Value.Store(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* at, Floats4 value, int count)
    {
        if (Avx.IsSupported)
        {
            Avx.MaskStore(at, Mask4.Until(count).Value, value.Value);
            return;
        }
    
        for (int lane = 0; lane < count && lane < 4; lane++)
        {
            at[lane] = value.Value.GetElement(lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 LoadAlternate(float* at) => new(Vector128.Create(at[0], at[2], at[4], at[6]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAlternate(float* at, Floats4 value)
    {
        at[0] = value.Value.GetElement(0);
        at[2] = value.Value.GetElement(1);
        at[4] = value.Value.GetElement(2);
        at[6] = value.Value.GetElement(3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats4 Rotate(Floats4 a, int by) => new(by == 2
        ? Vector128.Shuffle(a.Value, Vector128.Create(2, 3, 0, 1))
        : Vector128.Shuffle(a.Value, Vector128.Create(1, 2, 3, 0)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Floats4 a) => a.Value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Floats4 a)
    {
        Vector128<float> two = a.Value + Vector128.Shuffle(a.Value, Vector128.Create(2, 3, 0, 1));
        return (two + Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
