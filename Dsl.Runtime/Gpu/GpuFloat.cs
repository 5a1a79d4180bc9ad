using System;
using Dsl.Vectors;
using ILGPU;

namespace Dsl.Gpu;

/// <summary>
/// The float of one GPU thread. It keeps to what ILGPU turns into sound PTX and OpenCL alike: ordered comparisons only,
/// NaN recognised by its bits, e^x and ln x by polynomials (ex2.approx(x·log2 e) would lose up to 80 ulp at |x| = 80),
/// a·b + c written plainly (the driver contracts it). The members that take host pointers are never part of a kernel.
/// </summary>
internal readonly unsafe struct GpuFloat : IFloats<GpuFloat, GpuInt, GpuMask>
{
    internal readonly float V;

    internal GpuFloat(float v) => V = v;

    public static int Lanes => 1;

    public static GpuFloat Splat(float value) => new(value);

    public static GpuFloat operator +(GpuFloat a, GpuFloat b) => new(a.V + b.V);

    public static GpuFloat operator -(GpuFloat a, GpuFloat b) => new(a.V - b.V);

    public static GpuFloat operator *(GpuFloat a, GpuFloat b) => new(a.V * b.V);

    public static GpuFloat operator /(GpuFloat a, GpuFloat b) => new(a.V / b.V);

    public static GpuFloat operator -(GpuFloat a) => new(-a.V);

    public static GpuFloat Fma(GpuFloat a, GpuFloat b, GpuFloat c) => new((a.V * b.V) + c.V);

    public static unsafe GpuFloat Fma(float* a, GpuFloat b, GpuFloat c) => new((*a * b.V) + c.V);

    public static GpuFloat Clamp(GpuFloat a, GpuFloat low, GpuFloat high) =>
        new(a.V < low.V ? low.V : high.V < a.V ? high.V : a.V);

    // max.f32 and fmax return the operand that is not NaN; here NaN has to win.
    public static GpuFloat Max(GpuFloat a, GpuFloat b) => new(IsNaN(a.V) | (a.V > b.V) ? a.V : b.V);

    public static GpuFloat Min(GpuFloat a, GpuFloat b) => new(IsNaN(a.V) | (a.V < b.V) ? a.V : b.V);

    public static GpuFloat Abs(GpuFloat a) => new(MathF.Abs(a.V));

    public static GpuFloat Sqrt(GpuFloat a) => new(MathF.Sqrt(a.V));

    public static GpuFloat Floor(GpuFloat a) => new(MathF.Floor(a.V));

    public static GpuFloat Exp(GpuFloat a) => new(GpuMath.Exp(a.V));

    public static GpuFloat Log(GpuFloat a) => new(GpuMath.Log(a.V));

    public static GpuMask Less(GpuFloat a, GpuFloat b) => new(a.V < b.V);

    // C# compiles a <= b to !(a > b, unordered), whose negation ILGPU does not keep apart from a plain one.
    public static GpuMask LessOrEqual(GpuFloat a, GpuFloat b) => new((a.V < b.V) | (a.V == b.V));

    public static GpuMask Equal(GpuFloat a, GpuFloat b) => new(a.V == b.V);

    public static GpuFloat Select(GpuMask mask, GpuFloat a, GpuFloat b) => new(mask.V ? a.V : b.V);

    public static GpuFloat SelectLess(GpuFloat a, GpuFloat b, GpuFloat yes, GpuFloat no) => new(a.V < b.V ? yes.V : no.V);

    public static GpuFloat FromInts(GpuInt a) => new(a.V);

    public static GpuInt ToInts(GpuFloat a) => new((int)a.V);

    public static GpuInt Bits(GpuFloat a) => new(GpuMath.Bits(a.V));

    public static GpuFloat FromBits(GpuInt a) => new(GpuMath.FromBits(a.V));

    public static GpuFloat Load(float* at) => throw new NotSupportedException();

    public static GpuFloat Load(float* at, int count) => throw new NotSupportedException();

    public static void Store(float* at, GpuFloat value) => throw new NotSupportedException();

    public static void Store(float* at, GpuFloat value, int count) => throw new NotSupportedException();

    public static GpuFloat LoadAlternate(float* at) => throw new NotSupportedException();

    public static void StoreAlternate(float* at, GpuFloat value) => throw new NotSupportedException();

    public static GpuFloat Rotate(GpuFloat a, int by) => a;

    public static float First(GpuFloat a) => a.V;

    public static float Sum(GpuFloat a) => a.V;

    private static bool IsNaN(float a) => (GpuMath.Bits(a) & 0x7FFFFFFF) > 0x7F800000;
}
