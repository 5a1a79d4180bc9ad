using System;
using Dsl.Host;
using Dsl.Profiling;

namespace Dsl.Benchmarks;

/// <summary>What one core can do: fused products in registers, which no kernel can exceed.</summary>
internal static class Peak
{
    private static readonly Lazy<RooflineMeter> s_meter = new(static () => new RooflineMeter(new HostEngine(1)));

    /// <summary>GFLOP/s of one core, the best of many rounds.</summary>
    public static double Best() => s_meter.Value.Gflops();

    /// <summary>GFLOP/s of one core now.</summary>
    public static double Measure() => s_meter.Value.Gflops(during: 0.002);
}
