using System.Runtime.CompilerServices;

namespace Dsl.Vectors;

/// <summary>A plain truth value.</summary>
internal readonly struct Mask1 : IMask<Mask1>
{
    internal readonly bool Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Mask1(bool value) => Value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 operator &(Mask1 a, Mask1 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 operator |(Mask1 a, Mask1 b) => new(a.Value | b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 operator !(Mask1 a) => new(!a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 Until(int count) => new(count > 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Mask1 a) => a.Value;
}
