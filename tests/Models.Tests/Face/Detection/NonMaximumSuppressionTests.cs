using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Runtime.Tests.Eager;
using Models.Face.Detection;
using Xunit;

namespace Models.Tests.Face.Detection;

/// <summary>Boxes, their overlaps and what suppression keeps.</summary>
public sealed class NonMaximumSuppressionTests
{
    [SkippableFact]
    public void It_keeps_what_the_golden_case_keeps()
    {
        GoldenCase golden = GoldenCase.Open("nms");
        Box[] boxes = BoxesOf(golden.Floats("aux.boxes_xyxy"));
        float[] scores = golden.Floats("aux.scores");
        double[] overlaps = golden.Doubles("out.iou");
        for (int i = 0; i < overlaps.Length; i++)
        {
            Assert.Equal(overlaps[i], boxes[i / boxes.Length].Overlapping(boxes[i % boxes.Length]), 2e-6);
        }

        foreach ((double threshold, string name) in new[] { (0.3, "out.keep_0.3"), (0.5, "out.keep_0.5") })
        {
            Assert.Equal(
                golden.Doubles(name),
                NonMaximumSuppression.Keep(boxes, scores, threshold).Select(static i => (double)i));
        }
    }

    [Theory]
    [InlineData(Overlap.Union)]
    [InlineData(Overlap.Minimum)]
    public void It_keeps_what_crossing_out_keeps(Overlap overlap)
    {
        var random = new Random(Seeds.Value);
        for (int round = 0; round < 50; round++)
        {
            int count = random.Next(40);
            var boxes = new Box[count];
            var scores = new float[count];
            for (int i = 0; i < count; i++)
            {
                (int x, int y) = (random.Next(30), random.Next(30));
                boxes[i] = new Box(x, y, x + random.Next(1, 15), y + random.Next(1, 15));
                scores[i] = random.Next(8) / 8f;
            }

            double threshold = random.Next(11) / 10.0;
            Assert.True(
                CrossedOut(boxes, scores, threshold, overlap)
                    .SequenceEqual(NonMaximumSuppression.Keep(boxes, scores, threshold, overlap)),
                $"seed {Seeds.Value}, round {round}");
        }
    }

    [Fact]
    public void Equal_scores_go_by_the_list()
    {
        Box[] boxes = [.. Enumerable.Range(0, 50).Select(static i => new Box(i * 10, 0, (i * 10) + 5, 5))];
        Assert.Equal(Enumerable.Range(0, 50), NonMaximumSuppression.Keep(boxes, new float[50], 0.5));
        Assert.Equal([0], NonMaximumSuppression.Keep([boxes[0], boxes[0], boxes[0]], [1, 1, 1], 0.5));
    }

    [Fact]
    public void What_overlaps_exactly_by_the_threshold_stays()
    {
        Box[] boxes = [new(0, 0, 2, 2), new(0, 0, 2, 1), new(5, 5, 6, 6)];
        Assert.Equal([0, 1, 2], NonMaximumSuppression.Keep(boxes, [3, 2, 1], 0.5));
        Assert.Equal([0, 2], NonMaximumSuppression.Keep(boxes, [3, 2, 1], 0.49));
        Assert.Equal([0, 2], NonMaximumSuppression.Keep(boxes, [3, 2, 1], 0.5, Overlap.Minimum));
        Assert.Empty(NonMaximumSuppression.Keep([], [], 0.5));
    }

    [Fact]
    public void Wrong_input_is_named()
    {
        Box good = new(0, 0, 1, 1);
        Assert.Equal("scores", Assert.Throws<ArgumentException>(
            () => NonMaximumSuppression.Keep([good], [1, 2], 0.5)).ParamName);
        Assert.Equal("scores", Assert.Throws<ArgumentException>(
            () => NonMaximumSuppression.Keep([good], [float.NaN], 0.5)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => NonMaximumSuppression.Keep([good], [1], double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => NonMaximumSuppression.Keep([good], [1], 1.5));
        foreach (Box bad in (Box[])[new(1, 0, 1, 1), new(0, 2, 1, 1), new(float.NaN, 0, 1, 1),
            new(0, 0, float.PositiveInfinity, 1)])
        {
            ArgumentException wrong = Assert.Throws<ArgumentException>(
                () => NonMaximumSuppression.Keep([good, bad], [1, 1], 0.5));
            Assert.Contains("Box 1", wrong.Message, StringComparison.Ordinal);
        }
    }

    private static Box[] BoxesOf(float[] edges) =>
        [.. edges.Chunk(4).Select(static e => new Box(e[0], e[1], e[2], e[3]))];

    /// <summary>The definition: take the best that is left, cross out what overlaps it.</summary>
    private static List<int> CrossedOut(Box[] boxes, float[] scores, double threshold, Overlap overlap)
    {
        var left = Enumerable.Range(0, boxes.Length).ToList();
        var kept = new List<int>();
        while (left.Count > 0)
        {
            int best = left.First(i => left.All(j => scores[j] <= scores[i]));
            kept.Add(best);
            left.RemoveAll(i => i == best || boxes[i].Overlapping(boxes[best], overlap) > threshold);
        }

        return kept;
    }
}
