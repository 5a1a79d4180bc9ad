using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dsl.Generator.Tests.Harness;
using Xunit;

namespace Dsl.Generator.Tests.Chain;

/// <summary>The cases that run on accelerators: all of them take longer than anyone waits. Together these have
/// everything that any case has (<see cref="CaseFeatures"/>), and a test says so; DSL_ALL_CASES=1 runs the others, too.</summary>
internal static class GpuCases
{
    /// <summary>One name a line.</summary>
    public const string File = "tests/Dsl.Generator.Tests/Chain/gpu-cases.txt";

    public static IReadOnlyCollection<string> Chosen { get; } =
        [.. System.IO.File.ReadLines(Path.Combine(Repository.Root, File)).Where(static l => l.Length > 0)];

    public static TheoryData<string> Names =>
        [.. ChainCases.All.Where(static c => !c.HostOnly && (ChainCases.Exhaustive || Chosen.Contains(c.Name))).Select(static c => c.Name)];
}
