using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Dsl.Generator.Tests.Chain;

/// <summary>The cases that run on accelerators: all of them take longer than anyone waits. Together these have everything
/// that any case has (<see cref="CaseFeatures"/>), and a test says so; DSL_ALL_CASES=1 runs the others, too.</summary>
internal static class GpuCases
{
    private static readonly string[] s_chosen =
    [
        "perceptron",
    ];

    public static IReadOnlyList<string> Chosen => s_chosen;

    public static TheoryData<string> Names =>
        ChainCases.Exhaustive ? ChainCases.Names : [.. ChainCases.All.Select(static c => c.Name).Where(s_chosen.Contains)];
}
