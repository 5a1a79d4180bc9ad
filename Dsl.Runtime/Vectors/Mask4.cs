using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dsl.Vectors;

/// <summary>Four truth values in an SSE or NEON register, all bits set or none.</summary>
internal readonly struct Mask4 : IMask<Mask4>
{
    internal readonly Vector128<float> Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Mask4(Vector128<float> value) => Value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 operator &(Mask4 a, Mask4 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 operator |(Mask4 a, Mask4 b) => new(a.Value | b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 operator !(Mask4 a) => new(~a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 Until(int count) => Ints4.Less(Ints4.Iota(0), Ints4.Splat(count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Mask4 a) => Vector128.ExtractMostSignificantBits(a.Value) != 0;
}
