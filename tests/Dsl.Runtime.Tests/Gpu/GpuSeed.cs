using System;
using System.Globalization;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>The seed of a run: new each time, or the one in DSL_SEED to repeat a failure.</summary>
internal static class GpuSeed
{
    internal static int Next() =>
        int.TryParse(Environment.GetEnvironmentVariable("DSL_SEED"), CultureInfo.InvariantCulture, out int seed)
            ? seed
            : Random.Shared.Next();
}
