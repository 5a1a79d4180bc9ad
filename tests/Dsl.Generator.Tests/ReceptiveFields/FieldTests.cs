using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Generator.Tests.ReceptiveFields;

/// <summary>What graphs with branches, whole axes and symbolic extents see.</summary>
public class FieldTests
{
    private readonly Graph _graph = new();
    private readonly Node _image;
    private int _parameters;

    public FieldTests() => _image = _graph.Input("image", DType.Float, "b", 3, "h", "w");

    [Fact]
    public void Symbolic_extents_have_constant_fields()
    {
        Node y = Convolve(Pool(Convolve(_image, 3, padding: 1), 2, 2), 3, padding: 1);

        Assert.Equal("8x8 stride 2 padding 3", Field(y).ToString());
        Assert.Equal(new Fraction(1), Field(y).Rows.FirstStart);
    }

    [Fact]
    public void Rows_and_columns_have_fields_of_their_own()
    {
        var window = new WindowGeometry(3, 5, 1, 2, 1, 2, 1, 2, 1, 1);
        Node y = Convolve(_image, window);

        Assert.Equal("3x5 stride 1,2 padding 1,2", Field(y).ToString());
        Assert.Equal("5x3 stride 2,1 padding 2,1", Field(Convolve(_graph.Transpose(_image, 0, 1, 3, 2), window)).ToString());
    }

    [Fact]
    public void Paths_from_an_image_join_to_their_hull()
    {
        Node narrow = Convolve(_image, 1);
        Node wide = Convolve(_image, 3, padding: 2, dilation: 2);
        Node y = _graph.Pointwise("add", narrow, wide);

        Assert.Equal("5x5 stride 1 padding 2", Field(y).ToString());
        Assert.Empty(Fields().Misalignments);
    }

    [Fact]
    public void Even_windows_beside_a_shortcut_are_half_a_pixel_off()
    {
        var even = new WindowGeometry(2, 2, 1, 1, 1, 1, 0, 0, 1, 1);
        Node y = _graph.Pointwise("add", Convolve(_image, 1), Convolve(_image, even));

        Misalignment found = Fields().Misalignments[0];
        Assert.Equal((y, 2, new Fraction(-1, 2)), (found.Node, found.Axis, found.Offset));
        Assert.Equal(2, Fields().Misalignments.Count);
        Assert.Equal("2x2 stride 1 padding 1", Field(y).ToString());
    }

    [Fact]
    public void A_residual_block_that_halves_is_aligned()
    {
        Node main = Convolve(Convolve(_image, 3, stride: 2, padding: 1), 3, padding: 1);
        Node y = _graph.Pointwise("add", main, Convolve(_image, 1, stride: 2));

        Assert.Empty(Fields().Misalignments);
        Assert.Equal("7x7 stride 2 padding 3", Field(y).ToString());
    }

    [Fact]
    public void Different_strides_have_no_common_field()
    {
        var graph = new Graph();
        Node image = graph.Input("image", DType.Float, 1, 1, 8, 8);
        Node half = graph.Add(new AveragePoolOp(WindowGeometry.Square(2, 2), true), image);
        Node corner = graph.Add(new WindowOp(WindowGeometry.Square(1) with { PaddingBottom = -4, PaddingRight = -4 }), image);
        Node y = graph.Pointwise("add", half, graph.Reshape(corner, half.Shape));
        graph.Output("y", y);
        var fields = ImageFields.Of(graph, image);

        Assert.True(fields.Seen(y, 2)!.IsWhole);
        Assert.Equal([2, 3], fields.Misalignments.Select(static m => m.Axis));
        Assert.All(fields.Misalignments, static m => Assert.Equal((2, 1), (m.First, m.Second)));
    }

    [Fact]
    public void Pooling_and_enlarging_again_is_aligned_with_the_skip()
    {
        Node deep = Convolve(Pool(_image, 2, 2), 3, padding: 1);
        Node up = _graph.Add(
            new ConvolveInputGradientOp(WindowGeometry.Square(2, 2), 1, deep.Shape[2] * 2, deep.Shape[3] * 2),
            deep,
            _graph.Parameter("up", 3, 3, 2, 2));
        Node skip = _graph.Add(new WindowOp(WindowGeometry.Square(1)), _image);
        Node even = _graph.Add(new AveragePoolOp(WindowGeometry.Square(1), true), _image);

        Assert.Equal("6x6 stride 1 padding 2..3", Field(up).ToString());
        Assert.Equal(new Fraction(1, 2), Fields().Seen(up, 2)!.Reach!.Centre);
        Assert.Equal(new Fraction(1, 2), Fields().Seen(even, 2)!.Reach!.Centre);
        Assert.Equal("1x1 stride 1 padding 0", Field(skip).ToString());
    }

    [Fact]
    public void Flattening_and_means_see_the_whole_image()
    {
        Node features = Convolve(_image, 3);
        Node mean = _graph.Mean(features, 2, 3);
        Node rows = _graph.Mean(features, 3);
        Node gate = _graph.Pointwise("mul", features, _graph.Spread(mean, features.Shape, [2, 3]));

        Assert.Equal("whole image", Field(mean).ToString());
        Assert.Equal("3xall stride 1,- padding 0,-", Field(rows).ToString());
        Assert.Equal("whole image", Field(gate).ToString());
        Assert.Equal("whole image", Field(_graph.Reshape(features, [features.Shape[0], features.Length / "b"])).ToString());
        Assert.Empty(Fields().Misalignments);
    }

    [Fact]
    public void Reshaping_channels_keeps_rows_and_columns()
    {
        Node features = Convolve(_image, 5);
        Node split = _graph.Reshape(features, features.Shape.SetItem(1, 1).Insert(2, 3));

        Assert.Equal(3, Fields().Seen(split, 2)!.Axis);
        Assert.Equal("5x5 stride 1 padding 0", Field(split).ToString());
    }

    [Fact]
    public void Parts_beside_each_other_see_what_they_saw()
    {
        Node one = Convolve(_image, 3, padding: 1);
        Node both = _graph.Concat(1, [one, Convolve(_image, 5, padding: 2)]);
        Node padded = _graph.Pad(one, 2, 2, 1, 0);

        Assert.Equal("5x5 stride 1 padding 2", Field(both).ToString());
        Assert.Equal("5x5 stride 1 padding 2", Field(_graph.Slice(both, 1, 3, 3)).ToString());
        Assert.Equal("3x3 stride 1 padding 3,1", Field(padded).ToString());
        Assert.Equal("3x3 stride 1 padding 1", Field(_graph.Slice(padded, 2, 2, "h")).ToString());
        Assert.Equal("allx3 stride -,1 padding -,1", Field(_graph.Slice(one, 2, (Size)"h" / 2, 1)).ToString());
    }

    [Fact]
    public void Shuffled_pixels_see_where_they_come_from()
    {
        Node four = _graph.Concat(1, [_image, _image, _image, _image]);
        Node large = _graph.Add(new PixelShuffleOp(2), four);
        Node small = _graph.Add(new PixelUnshuffleOp(2), large);

        Assert.Equal("1x1 stride 1/2 padding 0..1/2", Field(large).ToString());
        Assert.Equal("1x1 stride 1 padding 0", Field(small).ToString());
        Assert.Empty(Fields().Misalignments);
    }

    [Theory]
    [InlineData((int)ResampleMode.Nearest, "1x1 stride 1/2 padding 0..1/2")]
    [InlineData((int)ResampleMode.Linear, "2x2 stride 1/2 padding 1/2..1")]
    [InlineData((int)ResampleMode.Cubic, "4x4 stride 1/2 padding 3/2..2")]
    public void Resampled_images_see_their_neighbours(int mode, string expected)
    {
        (Size height, Size width) = ((Size)"h" * 2, (Size)"w" * 2);
        var byScale = new ResampleRule((ResampleMode)mode, Scale: new Ratio(2, 1));

        Assert.Equal(expected, Field(_graph.Add(new ResampleOp(byScale, height, width), _image)).ToString());
        Assert.Equal(
            expected, Field(_graph.Add(new ResampleOp(byScale with { Scale = default }, height, width), _image)).ToString());
    }

    [Fact]
    public void Aligned_corners_and_unknown_quotients_are_bounded()
    {
        var corners = new ResampleRule(ResampleMode.Linear, AlignCorners: true);
        Node twice = _graph.Add(new ResampleOp(corners, (Size)"h" * 2, (Size)"w" * 2), _image);
        Node fixedSize = _graph.Add(new ResampleOp(corners, 32, 32), _image);
        Node halves = _graph.Add(new ResampleOp(new ResampleRule(ResampleMode.Area), 16, 16), twice);

        Assert.Equal("1/2", Field(twice).Rows.Stride.ToString());
        Assert.True(Field(twice).Rows.Smallest < Field(twice).Rows.Largest);
        Assert.Equal("whole image", Field(fixedSize).ToString());
        Assert.Equal("whole image", Field(halves).ToString());
    }

    [Fact]
    public void What_does_not_depend_on_the_image_has_no_field()
    {
        Node weight = _graph.Parameter("scale", 3);

        Node scale = _graph.Pointwise("exp", weight);

        Assert.Null(Fields().Seen(weight, 2));
        Assert.Null(Fields().Seen(scale, 2));
    }

    [Fact]
    public void Every_op_and_its_expansion_see_the_same()
    {
        var window = new WindowGeometry(3, 2, 2, 1, 1, 0, 1, 1, 2, 1);
        Node image = _graph.Input("even", DType.Float, 1, 3, 20, 20);
        Node weight = _graph.Parameter("w", 3, 3, 3, 2);
        Node small = _graph.Add(new ConvolveOp(window, 1), image, weight);
        Node index = _graph.Add(new MaxPoolIndexOp(window), image);
        Node ones = _graph.Fill(1, small.Shape);
        foreach (Node macro in new[]
        {
            small,
            index,
            _graph.Add(new MaxPoolOp(window), image),
            _graph.Add(new AveragePoolOp(window, false), image),
            _graph.Add(new ConvolveInputGradientOp(window, 1, 20, 20), small, weight),
            _graph.Add(new MaxPoolGradientOp(window, 20, 20), small, ones),
            _graph.Add(new AveragePoolGradientOp(window, false, 20, 20), small),
        })
        {
            Node expanded = ((MacroOp)macro.Op).Expand(_graph, macro.Inputs);
            var fields = ImageFields.Of(_graph, image);
            foreach (int axis in new[] { 2, 3 })
            {
                Assert.Equal(fields.Seen(macro, axis)!.Reach!.ToString(), fields.Seen(expanded, axis)!.Reach!.ToString());
            }
        }
    }

    private ImageFields Fields() => ImageFields.Of(_graph, _image);

    private FieldSpec Field(Node node)
    {
        ImageFields fields = Fields();
        Assert.Empty(FieldVerifier.Errors(fields, node));
        return new FieldSpec("image", FieldAxisSpec.Of(fields.Seen(node, 2)!), FieldAxisSpec.Of(fields.Seen(node, 3)!));
    }

    private Node Convolve(Node x, int kernel, int stride = 1, int padding = 0, int dilation = 1) =>
        Convolve(x, WindowGeometry.Square(kernel, stride, padding, dilation));

    private Node Convolve(Node x, WindowGeometry window) => _graph.Add(
        new ConvolveOp(window, 1), x, _graph.Parameter($"w{_parameters++}", 3, 3, window.KernelHeight, window.KernelWidth));

    private Node Pool(Node x, int size, int stride) => _graph.Add(new MaxPoolOp(WindowGeometry.Square(size, stride)), x);
}
