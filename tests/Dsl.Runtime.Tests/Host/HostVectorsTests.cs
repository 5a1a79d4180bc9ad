using System;
using Dsl.Vectors;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Which vectors a launch runs with, by its columns.</summary>
[Collection(HostTests.Name)]
public sealed class HostVectorsTests
{
    [SkippableTheory]
    [InlineData(16, 1, 1)]
    [InlineData(16, 2, 1)]
    [InlineData(16, 4, 4)]
    [InlineData(16, 7, 1)]
    [InlineData(16, 8, 8)]
    [InlineData(16, 10, 16)]
    [InlineData(16, 12, 4)]
    [InlineData(16, 16, 16)]
    [InlineData(16, 24, 8)]
    [InlineData(16, 48, 16)]
    [InlineData(16, 100, 16)]
    [InlineData(8, 4, 4)]
    [InlineData(8, 16, 8)]
    [InlineData(8, 2, 1)]
    [InlineData(8, 3, 1)]
    [InlineData(4, 16, 4)]
    [InlineData(4, 1, 1)]
    [InlineData(4, 2, 1)]
    [InlineData(1, 16, 1)]
    public void Few_columns_take_vectors_that_they_fill(int width, int columns, int lanes) =>
        Check(width, columns, HostVectors.Along, lanes);

    [SkippableTheory]
    [InlineData(16, 1, 1)]
    [InlineData(16, 4, 4)]
    [InlineData(16, 8, 8)]
    [InlineData(16, 12, 16)]
    [InlineData(16, 20, 16)]
    [InlineData(16, 32, 16)]
    [InlineData(8, 20, 8)]
    [InlineData(1, 5, 1)]
    public void Sums_over_windows_take_wider_vectors(int width, int columns, int lanes) =>
        Check(width, columns, HostVectors.AlongWindows, lanes);

    [SkippableTheory]
    [InlineData(16, 48, 16)]
    [InlineData(16, 40, 8)]
    [InlineData(16, 60, 4)]
    [InlineData(16, 6, 1)]
    [InlineData(4, 6, 1)]
    [InlineData(1, 6, 1)]
    public void The_most_lanes_that_divide(int width, int columns, int lanes) =>
        Check(width, columns, HostVectors.Dividing, lanes);

    [SkippableTheory]
    [InlineData(16, 1, 4)]
    [InlineData(16, 4, 4)]
    [InlineData(16, 5, 8)]
    [InlineData(16, 8, 8)]
    [InlineData(16, 9, 16)]
    [InlineData(8, 3, 4)]
    [InlineData(8, 64, 8)]
    [InlineData(1, 3, 1)]
    public void Tiles_are_no_wider_than_one_vector_needs(int width, int columns, int lanes) =>
        Check(width, columns, HostVectors.ForTile, lanes);

    private static void Check(int width, int columns, Func<int, int> choose, int lanes)
    {
        Skip.IfNot(HostVectors.Supports(width), $"This processor has no vectors of {width} floats.");
        HostVectors.Override(width);
        try
        {
            Assert.Equal(lanes, choose(columns));
        }
        finally
        {
            HostVectors.Override(null);
        }
    }
}
