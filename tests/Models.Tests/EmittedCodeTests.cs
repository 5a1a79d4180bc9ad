using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Models.Vision;
using Xunit;

namespace Models.Tests;

/// <summary>What the just-in-time compiler does not optimise, because it is too large, is eight times slower: no body
/// and no tile may come near.</summary>
public sealed class EmittedCodeTests
{
    /// <summary>Bytes of IL: the compiler stops to track registers above about 32 KB and to optimise above 44.</summary>
    private const int LargestMethod = 30_000;

    [Fact]
    public void No_kernel_is_too_large_to_be_optimised()
    {
        (string Name, int Bytes)[] methods =
        [
            .. Code().SelectMany(static t => t.GetMethods(
                    BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                .Select(static m => ($"{m.DeclaringType!.Name}.{m.Name}", m.GetMethodBody()?.GetILAsByteArray()?.Length ?? 0)),
        ];
        Assert.True(methods.Length > 1000, $"Only {methods.Length} methods were found.");
        Assert.DoesNotContain(methods, static m => m.Bytes > LargestMethod);
    }

    /// <summary>Bodies and the loops of tiles: what runs for every element.</summary>
    private static IEnumerable<Type> Code() => typeof(DigitNet).Assembly.GetTypes().Where(static t =>
        (t.IsNested && t.IsValueType && t.DeclaringType!.Name.EndsWith("Kernels", StringComparison.Ordinal))
        || t.Namespace == "Dsl.Generated");
}
