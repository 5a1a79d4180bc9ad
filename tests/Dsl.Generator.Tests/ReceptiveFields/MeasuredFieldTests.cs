using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Tests.Graphs;
using Xunit;

namespace Dsl.Generator.Tests.ReceptiveFields;

/// <summary>The fields that are worked out against those that are measured: the pixels whose gradient is not
/// zero.</summary>
public class MeasuredFieldTests
{
    private const int Nets = 240;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fields_are_the_support_of_gradients(bool resizes)
    {
        int first = int.TryParse(Environment.GetEnvironmentVariable("DSL_SEED"), out int given) ? given : 1;
        int measured = 0;
        int enlarging = 0;
        int tried = 0;
        for (int seed = first; measured < Nets; seed++)
        {
            Assert.True(++tried < 4 * Nets, $"Only {measured} of {tried} random networks fit the image.");
            if (Check(seed, resizes) is { } period)
            {
                measured++;
                enlarging += period > 1 ? 1 : 0;
            }
        }

        Assert.True(enlarging > Nets / 10, $"Only {enlarging} networks enlarge.");
    }

    /// <summary>Compares one network; null when no unit sees a part of the image that is far from all
    /// borders.</summary>
    private static int? Check(int seed, bool resizes)
    {
        var graph = new Graph();
        Node image = graph.Input("image", DType.Float, 1, 1, RandomNets.Extent, RandomNets.Extent);
        Node y = new RandomNets(seed, resizes).Add(graph, image);
        graph.Output("y", y);
        var fields = ImageFields.Of(graph, image);
        string what = $"seed {seed}\n{graph}";
        string errors = string.Join("\n", FieldVerifier.Errors(fields, y));
        Assert.True(errors.Length == 0, $"{errors}\n{what}");

        AxisReach rows = fields.Seen(y, ImageFields.RowAxis)!;
        AxisReach columns = fields.Seen(y, ImageFields.ColumnAxis)!;
        if (rows.Reach is not { } down || columns.Reach is not { } across)
        {
            // Shifted branches never differ in stride, so a field is never lost.
            Assert.Fail($"A field became the whole image: {what}");
            return null;
        }

        if (Unit(down, y.Shape[rows.Axis].Constant) is not { } i || Unit(across, y.Shape[columns.Axis].Constant) is not { } k)
        {
            return null;
        }

        (PixelSet seenRows, PixelSet seenColumns) = Measure(seed, resizes, i, k);
        Assert.True(down.At(i).Equals(seenRows), $"unit {i}, {k} sees rows {seenRows}, not {down.At(i)}; {what}");
        Assert.True(
            across.At(k).Equals(seenColumns), $"unit {i}, {k} sees columns {seenColumns}, not {across.At(k)}; {what}");
        return Math.Max(down.Period, across.Period);
    }

    /// <summary>A unit in the middle that sees a part of the image far from its borders.</summary>
    private static int? Unit(Reach reach, int units)
    {
        const int Margin = 14;
        for (int distance = 0; distance <= units / 4; distance++)
        {
            foreach (int at in new[] { (units / 2) + distance, (units / 2) - distance })
            {
                PixelSet seen = at < units ? reach.At(at) : PixelSet.Empty;
                if (!seen.IsEmpty && seen.First >= Margin && seen.Last < RandomNets.Extent - Margin)
                {
                    return at;
                }
            }
        }

        return null;
    }

    private static (PixelSet Rows, PixelSet Columns) Measure(int seed, bool resizes, int i, int k)
    {
        var graph = new Graph();
        const int Extent = RandomNets.Extent;
        Node image = graph.Parameter("image", 1, 1, Extent, Extent);
        Node y = new RandomNets(seed, resizes).Add(graph, image);
        Node unit = graph.Input("unit", DType.Float, [.. y.Shape]);
        graph.Output("loss", graph.SumAll(graph.Pointwise("mul", y, unit)));
        Graph training = Differentiator.Differentiate(graph);

        NdArray chosen = NdArray.Zeros([.. y.Shape.Select(static d => d.Constant)]);
        chosen.Data[(i * y.Shape[3].Constant) + k] = 1;
        Dictionary<string, NdArray> parameters = Evaluation.Values(
            training.Parameters, new Random(seed), new Dictionary<string, int>(), low: 0.1);
        double[] gradient = GraphInterpreter.Evaluate(
            training,
            new Dictionary<string, NdArray> { ["unit"] = chosen },
            parameters,
            new Dictionary<string, int>())["image" + Differentiator.GradientSuffix].Data;
        var seen = Enumerable.Range(0, gradient.Length).Where(p => gradient[p] != 0).ToList();
        return (
            PixelSet.Of(seen.Select(static p => ((long)(p / Extent), (long)(p / Extent)))),
            PixelSet.Of(seen.Select(static p => ((long)(p % Extent), (long)(p % Extent)))));
    }
}
