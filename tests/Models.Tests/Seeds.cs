using System;
using System.Globalization;

namespace Models.Tests;

/// <summary>The seed of random cases: the same every time, unless DSL_SEED says otherwise. Failures print it.</summary>
internal static class Seeds
{
    public static int Value { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("DSL_SEED"), CultureInfo.InvariantCulture, out int seed)
            ? seed
            : 1;
}
