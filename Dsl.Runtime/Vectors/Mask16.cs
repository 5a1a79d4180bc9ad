using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dsl.Vectors;

/// <summary>Sixteen truth values in an AVX-512 register, all bits set or none.</summary>
internal readonly struct Mask16 : IMask<Mask16>
{
    internal readonly Vector512<float> Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Mask16(Vector512<float> value) => Value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 operator &(Mask16 a, Mask16 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 operator |(Mask16 a, Mask16 b) => new(a.Value | b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 operator !(Mask16 a) => new(~a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 Until(int count) => Ints16.Less(Ints16.Iota(0), Ints16.Splat(count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Mask16 a) => Vector512.ExtractMostSignificantBits(a.Value) != 0;
}
