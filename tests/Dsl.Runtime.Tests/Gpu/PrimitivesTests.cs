using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Gpu;
using Dsl.Kernels;
using Dsl.Vectors;
using Xunit;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>The vector types of a GPU thread: on this machine's own instructions, and as a driver compiles
/// them.</summary>
[Collection(GpuTestGroup.Name)]
public sealed class PrimitivesTests(GpuFixture device)
{
    private static readonly float[] Specials =
    [
        0f, -0f, 1f, -1f, 0.5f, -2.5f, 3.7f, 1e-30f, -1e-30f, 1.5e-39f, 1e-45f, 88.7f, 89.5f, -87.5f, -103.5f, -110f,
        1e30f, 0.70710677f, 0.9999999f, 1.0000001f, float.MaxValue, float.MinValue, float.PositiveInfinity,
        float.NegativeInfinity, float.NaN, 2f, 1234.5f,
    ];

    [Fact]
    public void Exp_and_log_are_within_two_ulp()
    {
        for (int i = 0; i < 200_000; i++)
        {
            float x = -104f + (i * (193f / 200_000));
            Near(Exponential(x), GpuMath.Exp(x), 2, $"exp {x:R}");
            float y = MathF.Exp(x * 0.8f);
            Near(Math.Log(y), GpuMath.Log(y), 2, $"log {y:R}");
            float z = 0.5f + (i * (1.5f / 200_000));
            Near(Math.Log(z), GpuMath.Log(z), 2, $"log {z:R}");
        }
    }

    [Fact]
    public void Sine_and_cosine_are_right_far_from_zero_without_fused_products()
    {
        for (int i = 0; i < 200_000; i++)
        {
            float x = -131072f + (i * (262144f / 200_000));
            float sin = GpuFloat.First(Lanes.Sin<GpuFloat, GpuInt, GpuMask>(GpuFloat.Splat(x)));
            float cos = GpuFloat.First(Lanes.Cos<GpuFloat, GpuInt, GpuMask>(GpuFloat.Splat(x)));
            Assert.True(Math.Abs(sin - Math.Sin(x)) <= 2e-7, $"sin {x:R} = {sin:R}");
            Assert.True(Math.Abs(cos - Math.Cos(x)) <= 2e-7, $"cos {x:R} = {cos:R}");
        }
    }

    /// <summary>Where an angle has no digits left, what it means is anybody's guess, but not which numbers it may be.</summary>
    [Theory]
    [InlineData(1e7f)]
    [InlineData(1e9f)]
    [InlineData(-1e10f)]
    [InlineData(3e38f)]
    public void Sine_and_cosine_never_leave_their_range(float x)
    {
        Assert.InRange(GpuFloat.First(Lanes.Sin<GpuFloat, GpuInt, GpuMask>(GpuFloat.Splat(x))), -1f, 1f);
        Assert.InRange(GpuFloat.First(Lanes.Cos<GpuFloat, GpuInt, GpuMask>(GpuFloat.Splat(x))), -1f, 1f);
        Assert.InRange(Floats1.First(Lanes.Sin<Floats1, Ints1, Mask1>(Floats1.Splat(x))), -1f, 1f);
        Assert.InRange(Floats1.First(Lanes.Cos<Floats1, Ints1, Mask1>(Floats1.Splat(x))), -1f, 1f);
    }

    [SkippableFact]
    public void Primitives_do_on_a_GPU_what_they_say()
    {
        var engine = device.Require();
        float[] x = [.. Specials.SelectMany(_ => Specials)], y = [.. Specials.SelectMany(b => Specials.Select(_ => b))];
        int n = x.Length;
        var launch = new MapKernel<PrimitivesBody>("Primitives", ["x", "y", "z"], 1, n).Prepare();
        launch.Resize(new SizeValues([]));
        (launch.Slots.A0, launch.Slots.A1, launch.Slots.A2, launch.Slots.N0) = (0, n, 2 * n, n);
        engine.Write(0, [.. x, .. y]);
        engine.Run(engine.Load([launch]));
        float[] z = new float[n * PrimitivesBody.Results];
        engine.Read(2 * n, z);

        for (int i = 0; i < n; i++)
        {
            int k = 0;
            foreach (var (expected, ulp) in Expected(x[i], y[i], i))
            {
                Near(expected, z[(k * n) + i], ulp, $"result {k} of {x[i]:R}, {y[i]:R}");
                k++;
            }

            Assert.Equal(PrimitivesBody.Results, k);
        }
    }

    private static IEnumerable<(double Value, double Ulp)> Expected(float x, float y, int column)
    {
        int p = BitConverter.SingleToInt32Bits(x), q = BitConverter.SingleToInt32Bits(y);
        static float Truth(bool b) => b ? 1f : 0f;
        static float Float(int bits) => BitConverter.Int32BitsToSingle(bits);
        yield return (Exponential(x), 2);
        yield return (Math.Log(x), 2);
        yield return (Math.Sqrt(x), 3);
        yield return (Math.Floor(x), 0);
        yield return (Math.Abs(x), 0);
        yield return (-x, 0);
        yield return (Math.Max(x, y), 0);
        yield return (Math.Min(x, y), 0);
        yield return (Truth(x < y), 0);
        yield return (Truth(!(x < y)), 0);
        yield return (Truth(x <= y), 0);
        yield return (Truth(!(x <= y)), 0);
        yield return (Truth(x == y), 0);
        yield return (Truth(x != y && !(y < x)), 0);
        yield return (float.IsNaN(x) ? 0 : (int)Math.Clamp(x, -1e6f, 1e6f), float.IsNaN(x) ? double.NaN : 0);
        yield return (Float((p & 0x7FFFFFFF) | (q & int.MinValue)), 0);
        yield return (Float((int)(((ulong)(uint)p * (uint)(q ^ column)) >> 32)), 0);
        yield return (Float((int)((uint)p >> 7) + (q << 3)), 0);
        yield return (Float(p < q ? p * q : p - q), 0);
        yield return (p == q ? (double)((x * y) + 1f) : x / y, 4);
        yield return (x < y ? y : x, 0);
        yield return (float.IsNaN(x) ? x : Math.Clamp(x, -3f, 50f), 0);
    }

    // A difference of at most so many units in the last place; NaN ulp: anything goes.
    /// <summary>eˣ, 0 where it is no normal number.</summary>
    private static double Exponential(float x) => x < -87.33654f ? 0 : Math.Exp(x);

    private static void Near(double expected, float actual, double ulp, string what)
    {
        float rounded = (float)expected;
        bool same = rounded.Equals(actual) || rounded == actual || double.IsNaN(ulp);
        double unit = Math.Max(Math.BitIncrement(Math.Abs(rounded)) - Math.Abs(rounded), float.Epsilon);
        unit = Math.Max(unit, MathF.BitIncrement(MathF.Abs(rounded)) - MathF.Abs(rounded));
        bool near = Math.Abs(expected - actual) <= (ulp + 0.5) * unit;
        Assert.True(same || near, $"{what} is {actual:R}, expected {expected:R}");
    }
}
