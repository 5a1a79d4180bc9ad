using System;
using Dsl.Kernels;
using Dsl.Vectors;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Tiles with fewer rows than they have room for: right sums, and nothing behind the last row is read or
/// written.</summary>
public sealed unsafe class RaggedTileTests
{
    private const int Depth = 5;

    public static TheoryData<string> Tiles => ["14x2", "8x2", "9x3", "14x1", "6x2", "4x3", "3x2", "2x4", "4x1", "1x1"];

    [SkippableTheory]
    [MemberData(nameof(Tiles))]
    public void Wide(string tile)
    {
        Skip.IfNot(HostVectors.Supports(16), "These are vectors of 16.");
        Run<Floats16, Ints16, Mask16>(tile);
    }

    [SkippableTheory]
    [MemberData(nameof(Tiles))]
    public void Narrow(string tile)
    {
        Skip.IfNot(HostVectors.Supports(8), "These are vectors of 8.");
        Run<Floats8, Ints8, Mask8>(tile);
    }

    private static void Run<F, I, M>(string tile)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        switch (tile)
        {
            case "14x2": Check<F, I, M, Tile14x2>(); break;
            case "8x2": Check<F, I, M, Tile8x2>(); break;
            case "9x3": Check<F, I, M, Tile9x3>(); break;
            case "14x1": Check<F, I, M, Tile14x1>(); break;
            case "6x2": Check<F, I, M, Tile6x2>(); break;
            case "4x3": Check<F, I, M, Tile4x3>(); break;
            case "3x2": Check<F, I, M, Tile3x2>(); break;
            case "2x4": Check<F, I, M, Tile2x4>(); break;
            case "4x1": Check<F, I, M, Tile4x1>(); break;
            case "1x1": Check<F, I, M, Tile1x1>(); break;
            default: throw new ArgumentOutOfRangeException(nameof(tile), tile, "There is no such tile.");
        }
    }

    private static void Check<F, I, M, TTile>()
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile
    {
        const float Untouched = -12345;
        int width = TTile.Vectors * F.Lanes;
        for (int rows = 1; rows <= TTile.Rows; rows++)
        {
            foreach (bool accumulate in (bool[])[false, true])
            {
                // What is behind the last row is not a number, and would make what it touches none.
                var a = new float[2 * TTile.Rows * Depth];
                Array.Fill(a, float.NaN);
                var sums = new float[2 * TTile.Rows * width];
                Array.Fill(sums, Untouched);
                var b = new float[Depth * width];
                for (int i = 0; i < rows * Depth; i++)
                {
                    a[i] = (i % 7) - 3;
                }

                for (int i = 0; i < b.Length; i++)
                {
                    b[i] = (i % 11) - 5;
                }

                if (accumulate)
                {
                    sums.AsSpan(0, rows * width).Fill(2);
                }

                fixed (float* pa = a, pb = b, ps = sums)
                {
                    // What a tile asks for ahead need not be there.
                    var t = new TileOperands
                    {
                        A = pa, ARow = Depth, ADepth = 1, B = pb, BDepth = width, Depth = Depth, Middle = 1, Outer = 1,
                        Ahead = accumulate ? (float*)64 : null, AheadStep = 1 << 20,
                    };
                    TTile.Run<F, I, M>(in t, rows, ps, accumulate);
                }

                string what = $"{TTile.Rows} rows x {TTile.Vectors} vectors of {F.Lanes}, {rows} rows, accumulate {accumulate}";
                for (int r = 0; r < rows; r++)
                {
                    for (int c = 0; c < width; c++)
                    {
                        float sum = accumulate ? 2 : 0;
                        for (int k = 0; k < Depth; k++)
                        {
                            sum += a[(r * Depth) + k] * b[(k * width) + c];
                        }

                        Assert.True(sum == sums[(r * width) + c], $"{what}: row {r}, column {c}.");
                    }
                }

                Assert.False(Array.Exists(sums, float.IsNaN), $"{what}: reads behind A.");
                Assert.True(
                    sums.AsSpan(TTile.Rows * width).IndexOfAnyExcept(Untouched) < 0, $"{what}: writes behind the tile.");
            }
        }
    }
}
