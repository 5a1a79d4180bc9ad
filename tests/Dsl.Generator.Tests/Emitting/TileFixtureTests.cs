using System;
using System.IO;
using Dsl.Generator.Emitting;
using Dsl.Generator.Scheduling;
using Xunit;

namespace Dsl.Generator.Tests.Emitting;

/// <summary>
/// The runtime's tests run tiles from a checked-in file, and inspect their machine code. It must be what the emitter prints today;
/// <c>DSL_UPDATE=1</c> writes it anew.
/// </summary>
public sealed class TileFixtureTests
{
    private static readonly Tile[] s_tiles =
    [
        new(14, 2), new(8, 2), new(9, 3), new(14, 1), new(6, 2), new(4, 3), new(3, 2), new(2, 4), new(4, 1), new(1, 1),
    ];

    [Fact]
    public void The_tiles_that_the_runtime_is_tested_with_are_the_emitted_ones()
    {
        string path = Path.Combine(Root(), "tests", "Dsl.Runtime.Tests", "Host", "Tiles.g.cs");
        string expected = TilesFile.Emit(s_tiles, "Dsl.Runtime.Tests.Host");
        if (Environment.GetEnvironmentVariable("DSL_UPDATE") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path));
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Dsl.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("The tests do not run below the repository.");
    }
}
