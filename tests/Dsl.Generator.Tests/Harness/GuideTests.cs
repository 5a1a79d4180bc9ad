using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace Dsl.Generator.Tests.Harness;

/// <summary>What the guide shows is what the check of the package builds and runs.</summary>
public class GuideTests
{
    private const string Fence = "```";

    [Fact]
    public void Guide_shows_the_program_of_the_package_check()
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Package"), "*.cs").Select(Text)];
        string[] shown = [.. Programs(Text(Path.Combine(Repository.Root, "docs", "getting-started.md")))];
        Assert.True(shown.Length >= 5, $"{shown.Length} programs are shown");
        Assert.All(shown, program => Assert.Contains(files, file => file.Contains(program, StringComparison.Ordinal)));
    }

    private static string Text(string path) => File.ReadAllText(path).Replace("\r", "");

    private static IEnumerable<string> Programs(string page) => page.Split("\n" + Fence)
        .Where(static part => part.StartsWith("csharp\n", StringComparison.Ordinal))
        .Select(static part => part["csharp\n".Length..]);
}
