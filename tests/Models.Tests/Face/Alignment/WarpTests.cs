using System;
using System.Linq;
using Dsl.Runtime.Tests.Eager;
using Models.Face;
using Models.Face.Alignment;
using Xunit;

namespace Models.Tests.Face.Alignment;

/// <summary>Triangles and warps.</summary>
public sealed class WarpTests
{
    [SkippableFact]
    public void Barycentric_coordinates_are_golden()
    {
        GoldenCase golden = GoldenCase.Open("barycentric");
        ImagePoint[] corners = Points(golden.Doubles("aux.tri"));
        ImagePoint[] points = Points(golden.Doubles("aux.pts"));
        (double[] expected, double[] inside) = (golden.Doubles("out.bary"), golden.Doubles("out.inside"));
        var triangle = new Triangle(corners[0], corners[1], corners[2]);
        for (int i = 0; i < points.Length; i++)
        {
            Barycentric actual = triangle.CoordinatesOf(points[i]);
            Assert.Equal(expected[3 * i], actual.A, 1e-14);
            Assert.Equal(expected[(3 * i) + 1], actual.B, 1e-14);
            Assert.Equal(expected[(3 * i) + 2], actual.C, 1e-14);
            Assert.Equal(inside[i] == 1, actual.IsInside);
            ImagePoint back = triangle.PointAt(actual);
            Assert.Equal(points[i].X, back.X, 1e-12);
            Assert.Equal(points[i].Y, back.Y, 1e-12);
        }
    }

    [SkippableFact]
    public void The_warp_and_its_gradient_are_golden()
    {
        GoldenCase golden = GoldenCase.Open("warp_affine_bilinear");
        double[] m = golden.Doubles("aux.M");
        var map = new AffineTransform(m[0], m[1], m[2], m[3], m[4], m[5]);
        var result = new float[2 * 14 * 12];
        ImageWarp.Affine(golden.Floats("in.img"), 2, 16, 15, map, result, 14, 12);
        AssertClose(golden.Doubles("out.y"), result);
        var gradient = new float[2 * 16 * 15];
        ImageWarp.AffineGradient(golden.Floats("cot.y"), 2, 14, 12, map, gradient, 16, 15);
        AssertClose(golden.Doubles("grad.img"), gradient);
    }

    [Fact]
    public void Whole_pixels_are_moved_as_they_are_and_the_border_is_zero()
    {
        float[] image = [1, 2, 3, 4, 5, 6];
        var result = new float[12];
        ImageWarp.Affine(image, 1, 2, 3, new AffineTransform(1, 0, 1, 0, 1, -1), result, 3, 4);
        Assert.Equal([0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0], result);
        ImageWarp.Affine(image, 1, 2, 3, new AffineTransform(1, 0, 0.5, 0, 1, 0.5), result, 3, 4);
        Assert.Equal([0.25f, 0.75f, 1.25f, 0.75f, 1.25f, 3, 4, 2.25f, 1, 2.25f, 2.75f, 1.5f], result);
        ImageWarp.Affine(image, 1, 2, 3, new AffineTransform(1, 0, 1e12, 0, 1, 0), result, 3, 4);
        Assert.Equal(new float[12], result);
    }

    [Fact]
    public void A_face_lands_on_its_template()
    {
        // An image whose values are its coordinates: behind the warp a pixel says where it comes from.
        var image = new float[2 * 200 * 200];
        for (int i = 0; i < 200 * 200; i++)
        {
            (image[i], image[(200 * 200) + i]) = (i % 200, i / 200);
        }

        ImagePoint[] landmarks = [new(70, 80), new(120, 90), new(92, 110), new(68, 135), new(110, 142)];
        AffineTransform map = Similarity.ToTemplate(landmarks, FaceTemplate.Square112).Transform;
        var face = new float[2 * 112 * 112];
        ImageWarp.Affine(image, 2, 200, 200, map, face, 112, 112);
        ImagePoint from = map.Inverse().Apply(new ImagePoint(56, 72));
        Assert.Equal(from.X, face[(72 * 112) + 56], 1e-3);
        Assert.Equal(from.Y, face[(112 * 112) + (72 * 112) + 56], 1e-3);
    }

    [Fact]
    public void Wrong_input_is_named()
    {
        var one = new AffineTransform(1, 0, 0, 0, 1, 0);
        Assert.Equal("image", Assert.Throws<ArgumentException>(
            () => ImageWarp.Affine(new float[5], 1, 2, 3, one, new float[6], 2, 3)).ParamName);
        Assert.Equal("result", Assert.Throws<ArgumentException>(
            () => ImageWarp.Affine(new float[6], 1, 2, 3, one, new float[5], 2, 3)).ParamName);
        Assert.Equal("map", Assert.Throws<ArgumentException>(
            () => ImageWarp.Affine(new float[6], 1, 2, 3, default, new float[6], 2, 3)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageWarp.Affine([], 1, 0, 3, one, [], 0, 3));
        var line = new Triangle(new(0, 0), new(1, 1), new(3, 3));
        Assert.Throws<InvalidOperationException>(() => line.CoordinatesOf(new(1, 0)));
        Assert.Throws<InvalidOperationException>(() => new Triangle(new(double.NaN, 0), new(1, 0), new(0, 1))
            .CoordinatesOf(new(1, 0)));
        Assert.Throws<ArgumentException>(() => new Triangle(new(0, 0), new(1, 0), new(0, 1))
            .CoordinatesOf(new(double.NaN, 0)));
    }

    private static ImagePoint[] Points(double[] values) =>
        [.. values.Chunk(2).Select(static p => new ImagePoint(p[0], p[1]))];

    private static void AssertClose(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double tolerance = 5e-7 * expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }
}
