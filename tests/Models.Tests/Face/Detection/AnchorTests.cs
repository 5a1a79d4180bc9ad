using System;
using System.Linq;
using System.Text.Json;
using Dsl.Runtime.Tests.Eager;
using Models.Face;
using Models.Face.Detection;
using Xunit;

namespace Models.Tests.Face.Detection;

/// <summary>Where detectors look, and what their outputs mean.</summary>
public sealed class AnchorTests
{
    [SkippableFact]
    public void Anchors_boxes_and_landmarks_are_golden()
    {
        GoldenCase golden = GoldenCase.Open("retinaface_decode");
        Anchor[] anchors = Anchors.Of(64, 64, Anchors.RetinaFace);
        AssertClose(golden.Doubles("out.anchors_cxcywh"),
            anchors.SelectMany(static a => new double[] { a.CenterX, a.CenterY, a.Width, a.Height }));
        AssertClose(golden.Doubles("out.boxes_xyxy"),
            AnchorDecoder.Boxes(anchors, golden.Floats("aux.loc"))
                .SelectMany(static b => new double[] { b.Left, b.Top, b.Right, b.Bottom }));
        AssertClose(golden.Doubles("out.landmarks"),
            AnchorDecoder.Points(anchors, golden.Floats("aux.landm")).SelectMany(static p => new[] { p.X, p.Y }));
    }

    [Fact]
    public void Grids_round_up_and_sides_have_shares_of_their_own()
    {
        Anchor[] anchors = Anchors.Of(9, 20, [new AnchorLevel(8, 16)]);
        Assert.Equal(2 * 3, anchors.Length);
        Assert.Equal(new Anchor(4 / 20f, 4 / 9f, 16 / 20f, 16 / 9f), anchors[0]);
        Assert.Equal(new Anchor(12 / 20f, 12 / 9f, 16 / 20f, 16 / 9f), anchors[4]);
        Assert.Equal(new Box(0, 0, 20, 9), new Box(0, 0, 1, 1).Scaled(9, 20));
        Assert.Equal(new ImagePoint(10, 9), new ImagePoint(0.5, 1).Scaled(9, 20));
    }

    [Fact]
    public void Offsets_of_zero_are_the_anchors()
    {
        Anchor[] anchors = [new(0.5f, 0.25f, 0.5f, 0.25f)];
        Assert.Equal([new Box(0.25f, 0.125f, 0.75f, 0.375f)], AnchorDecoder.Boxes(anchors, new float[4]));
        Assert.Equal(Enumerable.Repeat(new ImagePoint(0.5, 0.25), 5), AnchorDecoder.Points(anchors, new float[10]));
        Assert.Empty(AnchorDecoder.Boxes([], []));
    }

    [Fact]
    public void Wrong_offsets_are_named()
    {
        Anchor[] anchors = Anchors.Of(8, 8, [new AnchorLevel(8, 4, 8)]);
        Assert.Contains("8 offsets, not 4", Assert.Throws<ArgumentException>(
            () => AnchorDecoder.Boxes(anchors, new float[4])).Message, StringComparison.Ordinal);
        Assert.Contains("anchor 1", Assert.Throws<ArgumentException>(
            () => AnchorDecoder.Boxes(anchors, [0, 0, 0, 0, 0, 0, float.NaN, 0])).Message, StringComparison.Ordinal);
        Assert.Contains("anchor 0", Assert.Throws<ArgumentException>(
            () => AnchorDecoder.Boxes(anchors, [0, 0, 1e6f, 0, 0, 0, 0, 0])).Message, StringComparison.Ordinal);
        var offsets = new float[20];
        offsets[13] = float.PositiveInfinity;
        Assert.Contains("anchor 1", Assert.Throws<ArgumentException>(
            () => AnchorDecoder.Points(anchors, offsets)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Anchors.Of(8, 8, [new AnchorLevel(0, 4)]));
        Assert.Throws<ArgumentException>(() => Anchors.Of(8, 8, [new AnchorLevel(8, 4, -1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Anchors.Of(0, 8, Anchors.RetinaFace));
    }

    [SkippableTheory]
    [InlineData("250x250_min20", 250, 250, 20)]
    [InlineData("480x640_min40", 480, 640, 40)]
    [InlineData("100x60_min20", 100, 60, 20)]
    public void Pyramids_are_golden(string name, int height, int width, double smallest)
    {
        using JsonDocument golden = GoldenCase.OpenJson("mtcnn_pyramid");
        double[] scales = [.. golden.RootElement.GetProperty("scales").GetProperty(name).EnumerateArray()
            .Select(static s => s.GetDouble())];
        Assert.Equal(scales, MtcnnPyramid.Scales(height, width, smallest));
    }

    [Fact]
    public void Pyramids_end_with_the_window()
    {
        Assert.Equal([1.0], MtcnnPyramid.Scales(12, 500, 12));
        Assert.Empty(MtcnnPyramid.Scales(11, 500, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => MtcnnPyramid.Scales(0, 10, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => MtcnnPyramid.Scales(10, 10, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MtcnnPyramid.Scales(10, 10, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => MtcnnPyramid.Scales(10, 10, 12, 1));
    }

    private static void AssertClose(double[] expected, System.Collections.Generic.IEnumerable<double> actual)
    {
        double[] values = [.. actual];
        Assert.Equal(expected.Length, values.Length);
        double tolerance = 2e-7 * expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], values[i], tolerance);
        }
    }
}
