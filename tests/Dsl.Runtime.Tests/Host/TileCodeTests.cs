using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

/// <summary>What the JIT makes of a tile: a child process compiles it and prints the code. The inliner's budget and the
/// register allocator fail silently, and a tile that calls or spills in its inner loop is many times slower.</summary>
public sealed unsafe class TileCodeTests
{
    private const string Probe = "DSL_TILE_PROBE";

    [SkippableFact]
    public void InnerLoop_NeitherCallsNorSpills()
    {
        Skip.IfNot(HostVectors.Supports(8), "The code that is read is AVX's.");
        string listing = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)
                ? Environment.ProcessPath : "dotnet")
            {
                ArgumentList = { "exec", typeof(TileCodeTests).Assembly.Location },
                Environment =
                {
                    [Probe] = "1",
                    ["DOTNET_JitDisasm"] = "Rows*",
                    ["DOTNET_JitStdOutFile"] = listing,
                },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process child = Process.Start(start)!;
            string error = child.StandardError.ReadToEnd();
            Assert.True(child.WaitForExit(120_000), "The child process hangs.");
            Assert.True(child.ExitCode == 0 && File.Exists(listing), error);

            string[] methods = File.ReadAllText(listing).Split("; Assembly listing for method ")[1..];
            string[] tiles = methods.Where(m => m.Contains("Tile", StringComparison.Ordinal)).ToArray();
            Assert.NotEmpty(tiles);
            foreach (string tile in tiles)
            {
                string name = tile[..tile.IndexOf('\n', StringComparison.Ordinal)];
                Assert.DoesNotContain("MinOpts", name, StringComparison.Ordinal);

                // The inner loop is the one block with fused products.
                string[] blocks = tile.Split("\nG_M").Where(b => b.Contains("vfmadd", StringComparison.Ordinal)).ToArray();
                string loop = Assert.Single(blocks);
                foreach (string line in loop.Split('\n'))
                {
                    Assert.False(line.Contains("call ", StringComparison.Ordinal), $"{name} calls: {line}");
                    Assert.False(
                        line.Contains("mmword ptr [rsp", StringComparison.Ordinal)
                        || line.Contains("mmword ptr [rbp", StringComparison.Ordinal),
                        $"{name} spills: {line}");
                }

                // A product overwrites what is not needed again, and copies its sum. Tiles of one vector would do so with each
                // number of A, were it not in memory; the last product still does so with B.
                Assert.False(
                    name.Contains("x1[", StringComparison.Ordinal) && loop.Split("vmovaps").Length > 2,
                    $"{name} copies sums.");
            }
        }
        finally
        {
            File.Delete(listing);
        }
    }

    /// <summary>The child process: compiles every method of the tiles this machine would use, and ends.</summary>
    [ModuleInitializer]
    internal static void RunProbe()
    {
        if (Environment.GetEnvironmentVariable(Probe) is null)
        {
            return;
        }

        float* memory = stackalloc float[2048];
        var t = new TileOperands { A = memory, B = memory, Depth = 2, Middle = 1, Outer = 1 };
        for (int rows = 1; rows <= 14; rows++)
        {
            if (HostVectors.Supports(16))
            {
                Tile14x2.Run<Floats16, Ints16, Mask16>(in t, rows, memory, false);
                Tile14x1.Run<Floats16, Ints16, Mask16>(in t, rows, memory, false);
                Tile9x3.Run<Floats16, Ints16, Mask16>(in t, Math.Min(rows, 9), memory, false);
            }

            Tile6x2.Run<Floats8, Ints8, Mask8>(in t, Math.Min(rows, 6), memory, false);
            Tile4x1.Run<Floats8, Ints8, Mask8>(in t, Math.Min(rows, 4), memory, false);
            Tile4x3.Run<Floats8, Ints8, Mask8>(in t, Math.Min(rows, 4), memory, false);
            Tile3x2.Run<Floats8, Ints8, Mask8>(in t, Math.Min(rows, 3), memory, false);
            Tile2x4.Run<Floats8, Ints8, Mask8>(in t, Math.Min(rows, 2), memory, false);
        }

        Environment.Exit(0);
    }
}
