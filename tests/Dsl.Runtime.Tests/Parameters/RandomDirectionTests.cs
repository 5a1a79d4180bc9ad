using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Dsl.Runtime.Tests.Training;
using Xunit;

namespace Dsl.Runtime.Tests.Parameters;

/// <summary>Blocks of orthogonal rows, and the estimates that are made with them.</summary>
public class RandomDirectionTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 10)]
    [InlineData(64, 266)]
    public void RowsOfABlockAreOrthogonal(int width, int rows)
    {
        float[] values = Fill(width, rows, seed: 3);
        for (int i = 0; i < rows; i++)
        {
            for (int j = i + 1; j < Math.Min(rows, ((i / width) + 1) * width); j++)
            {
                double cosine = Dot(values, values, i, j, width)
                    / Math.Sqrt(Dot(values, values, i, i, width) * Dot(values, values, j, j, width));
                Assert.InRange(cosine, -1e-6, 1e-6);
            }
        }
    }

    [Fact]
    public void RowsAreAsLongAndAsSpreadAsNormalOnes()
    {
        // A row's square has the mean d and the variance 2d, each number the moments of a normal one.
        const int Width = 16, Rows = 20_000;
        float[] values = Fill(Width, Rows, seed: 5);
        double[] squares = [.. Enumerable.Range(0, Rows).Select(i => Dot(values, values, i, i, Width))];
        Assert.InRange(squares.Average(), Width - 0.2, Width + 0.2);
        Assert.InRange(squares.Average(static s => (s - Width) * (s - Width)), (2 * Width) - 2, (2 * Width) + 2);
        Assert.InRange(values.Average(), -0.01, 0.01);
        Assert.InRange(values.Average(static v => (double)v * v * v * v), 2.9, 3.1);
    }

    [Fact]
    public void TheSameSeedGivesTheSameRows()
    {
        Assert.Equal(Fill(8, 20, 1), Fill(8, 20, 1));
        Assert.NotEqual(Fill(8, 20, 1), Fill(8, 20, 2));
        Assert.Equal("OrthogonalRows(8)", Initializer.OrthogonalRows(8).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.OrthogonalRows(0));
    }

    [Fact]
    public void OnlyRandomStatesAreDrawnAnew()
    {
        var set = new ParameterSet(
        [
            new ParameterInfo("Weight", [4], Initializer.Uniform(1), decays: true),
            new ParameterInfo("Directions", [5, 4], Initializer.OrthogonalRows(4), decays: false) { Learns = false },
            new ParameterInfo("Mean", [4], Initializer.Zeros(), decays: false) { Learns = false },
        ]);
        float[] weight = [.. set["Weight"].ReadOnlyValues];
        float[] first = [.. set["Directions"].ReadOnlyValues];
        set["Mean"].Values.Fill(7);
        Assert.Equal(1, set.Redraw(9));
        Assert.Equal(weight, set["Weight"].ReadOnlyValues.ToArray());
        Assert.NotEqual(first, set["Directions"].ReadOnlyValues.ToArray());
        Assert.All(set["Mean"].ReadOnlyValues.ToArray(), static v => Assert.Equal(7f, v));
        set.Redraw(0);
        Assert.Equal(first, set["Directions"].ReadOnlyValues.ToArray());
    }

    /// <summary>The mean of ((estimate of exp(x·y))/exp(x·y) - 1)² over pairs and draws is that of another framework,
    /// up to which pairs are drawn; it falls as 1/m, and independent rows are worse.</summary>
    [SkippableTheory]
    [InlineData(16)]
    [InlineData(64)]
    public void EstimatesAreAsGoodAsThoseOfAnotherFramework(int features)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(GoldenFolder.PathOf("performer_feature_stats.json")));
        double Golden(string kind) => file.RootElement.GetProperty("result")
            .GetProperty($"{kind}_m{features}").GetProperty("rel_mse").GetDouble();
        (double error, double bias) = Estimate(features, Initializer.OrthogonalRows(16));
        (double independent, _) = Estimate(features, Initializer.Normal(1));
        Assert.InRange(error / Golden("orth"), 0.85, 1.15);
        Assert.InRange(independent / Golden("iid"), 0.85, 1.15);
        Assert.InRange(bias, -0.01, 0.01);
        Assert.True(error < independent, $"{error} of orthogonal rows, {independent} of independent ones");
    }

    private static (double Error, double Bias) Estimate(int features, Initializer rows)
    {
        const int Width = 16, Pairs = 512, Draws = 200, Seed = 11;
        var random = new float[2 * Pairs * Width];
        Initializer.Normal(0.125).Fill(random, Seed, 0);
        var along = new float[features * Width];
        (double squares, double sum) = (0, 0);
        for (int draw = 0; draw < Draws; draw++)
        {
            rows.Fill(along, Seed, draw + 1);
            for (int pair = 0; pair < Pairs; pair++)
            {
                (int x, int y) = (2 * pair, (2 * pair) + 1);
                double half = (Dot(random, random, x, x, Width) + Dot(random, random, y, y, Width)) / 2;
                double exact = Math.Exp(Dot(random, random, x, y, Width));
                double estimate = 0;
                for (int i = 0; i < features; i++)
                {
                    double exponent = Dot(along, random, i, x, Width) + Dot(along, random, i, y, Width) - half;
                    estimate += Math.Exp(exponent) / features;
                }

                double error = (estimate / exact) - 1;
                (squares, sum) = (squares + (error * error), sum + error);
            }
        }

        return (squares / Pairs / Draws, sum / Pairs / Draws);
    }

    private static float[] Fill(int width, int rows, ulong seed)
    {
        var values = new float[rows * width];
        Initializer.OrthogonalRows(width).Fill(values, seed, 0);
        return values;
    }

    private static double Dot(float[] a, float[] b, int i, int j, int width)
    {
        double sum = 0;
        for (int c = 0; c < width; c++)
        {
            sum += (double)a[(i * width) + c] * b[(j * width) + c];
        }

        return sum;
    }
}
