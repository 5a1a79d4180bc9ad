using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dsl.Vectors;

/// <summary>Eight truth values in an AVX2 register, all bits set or none.</summary>
internal readonly struct Mask8 : IMask<Mask8>
{
    internal readonly Vector256<float> Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Mask8(Vector256<float> value) => Value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 operator &(Mask8 a, Mask8 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 operator |(Mask8 a, Mask8 b) => new(a.Value | b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 operator !(Mask8 a) => new(~a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 Until(int count) => Ints8.Less(Ints8.Iota(0), Ints8.Splat(count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Mask8 a) => Vector256.ExtractMostSignificantBits(a.Value) != 0;
}
