using System;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Lowering;
using Dsl.Generator.Specs;
using Xunit;
using static Dsl.Generator.Tests.Layers.ModelSource;

namespace Dsl.Generator.Tests.Layers;

/// <summary>Every mistake gives one problem with the arguments of its message, and never an exception.</summary>
public class ProblemTests
{
    [Fact]
    public void A_layer_called_with_two_widths() => Expect(
        "DSL2001 Classify|'b, 128'|Hidden|b, 256|a layer called twice shares its weights: give both calls the same shape",
        new ModelSource()
            .Layer("Narrow", "Perceptron", ("units", 128))
            .Layer("Hidden", "Perceptron", ("units", 256))
            .Layer("Classify", "Perceptron", ("units", 10))
            .Function("Forward", null, f =>
            {
                int x = f.Input("x", "b, 64");
                int first = f.Layer("Classify", f.Layer("Narrow", x));
                f.Operator("add", first, f.Layer("Classify", f.Layer("Hidden", x)));
            }));

    [Fact]
    public void Gradients_of_inputs_that_are_all_ints()
    {
        ModelSpec spec = new ModelSource().Function("Forward", null, f => f.Labels("x", "b")).Build() with { InputGradients = true };
        Assert.Contains(
            "DSL2006 Net|InputGradients|true|false, since 'Forward' takes no Tensor",
            ModelLowering.Lower(spec).Problems.Select(static p => $"{p.Id} {string.Join("|", p.Arguments)}"));
    }

    [Fact]
    public void Steps_along_a_size_that_no_input_has()
    {
        ModelSpec spec = new ModelSource().Function("Forward", null, f => f.Input("x", "b, n, 4")).Build() with { Steps = "t" };
        Assert.Contains(
            "DSL2006 Net|Steps|t|the symbolic size that counts the positions of an input: b, n",
            ModelLowering.Lower(spec).Problems.Select(static p => $"{p.Id} {string.Join("|", p.Arguments)}"));
    }

    [Fact]
    public void Steps_of_a_model_with_a_size_of_their_name()
    {
        ModelSpec spec = new ModelSource().Function("Forward", null, f => f.Input("x", "seen, n, 4")).Build() with { Steps = "n" };
        Assert.Contains(
            "DSL2006 Net|Steps|n|left out, or the size 'seen' renamed: steps count their positions by that name",
            ModelLowering.Lower(spec).Problems.Select(static p => $"{p.Id} {string.Join("|", p.Arguments)}"));
    }

    [Fact]
    public void A_convolution_of_a_matrix() => Expect(
        "DSL2001 Stem|images 'b, c, h, w' or sequences 'b, c, l' with a constant c|x|b, 64|give the layer a tensor of rank 4 or 3 with a constant second extent",
        Conv("b, 64"));

    [Fact]
    public void A_perceptron_over_a_symbolic_axis() => Expect(
        "DSL2001 L|'…, in' with a constant last extent|x|b, n|give the last axis of the input a constant extent",
        new ModelSource()
            .Layer("L", "Perceptron", ("units", 3))
            .Function("Forward", null, f => f.Layer("L", f.Input("x", "b, n"))));

    [Theory]
    [InlineData("Dropout", "rate", "1", "L|Rate|1|a number from 0 to below 1")]
    [InlineData("BatchNorm", "Momentum", "1.5", "L|Momentum|1.5|a number from 0 to 1")]
    [InlineData("BatchNorm", "Epsilon", "0", "L|Epsilon|0|a number above 0")]
    public void Numbers_out_of_range(string kind, string argument, string value, string expected) => Expect(
        $"{ProblemIds.ArgumentOutOfRange} {expected}",
        new ModelSource()
            .Layer("L", kind, (argument, value))
            .Function("Forward", null, f => f.Layer("L", f.Input("x", "b, 4"))));

    [Fact]
    public void A_rate_of_dropout_that_drops_everything() => Expect(
        $"{ProblemIds.ArgumentOutOfRange} Dropout|rate|1|a number from 0 to below 1",
        new ModelSource().Function("Forward", null, f => f.Call("Dropout", f.Input("x", "b, 4"), ("rate", 1))));

    [Fact]
    public void A_batch_norm_of_vectors() => Expect(
        "DSL2001 L|'b, c', 'b, c, l' or 'b, c, h, w' with a constant c|x|b|"
            + "give the layer a tensor of rank 2, 3 or 4 with a constant second extent",
        new ModelSource().Layer("L", "BatchNorm").Function("Forward", null, f => f.Layer("L", f.Input("x", "b"))));

    [Fact]
    public void Operands_that_do_not_broadcast() => Expect(
        "DSL2001 operator +|'b, 3'|t|b, 4|give both the same shape, or extents of 1 where one is to be repeated",
        new ModelSource().Function("Forward", null, f => f.Operator("add", f.Input("x", "b, 3"), f.Input("t", "b, 4"))));

    [Fact]
    public void Labels_that_are_not_one_per_sample() => Expect(
        "DSL2001 CrossEntropy|labels 'b'|digit|b, 10|give one label per position, and a constant number of classes",
        new ModelSource().Function("Loss", null, f =>
            f.Call("CrossEntropy", ("logits", f.Input("x", "b, 10")), ("labels", f.Labels("digit", "b, 10")))));

    [Fact]
    public void A_kernel_larger_than_the_padded_image() =>
        Expect("DSL2002 Stem|5x5|4x4|b, 4, 4, 4", Conv("b, 4, 4, 4", ("kernel", 5)));

    [Fact]
    public void A_dilated_kernel_larger_than_the_padded_image() =>
        Expect("DSL2002 Stem|7x7|6x6|b, 4, 4, 4", Conv("b, 4, 4, 4", ("Dilation", 3), ("Padding", 1)));

    [Fact]
    public void A_pool_larger_than_the_image() => Expect(
        "DSL2002 MaxPool|5x5|4x4|b, 4, 4, 4",
        new ModelSource().Function("Forward", null, f => f.Call("MaxPool", f.Input("x", "b, 4, 4, 4"), ("size", 5))));

    [Theory]
    [InlineData(3, "DSL2003 Stem|3|4|input")]
    [InlineData(4, "DSL2003 Stem|4|6|output")]
    public void Groups_that_do_not_divide(int groups, string expected) =>
        Expect(expected, Conv("b, 4, 8, 8", ("channels", 6), ("Groups", groups)));

    [Fact]
    public void A_symbol_that_no_input_declares() => Expect(
        "DSL2004 width|argument 'Channels' of 'Stem'|b, n", Conv("b, 4, n, n", ("channels", "2*width")));

    [Fact]
    public void A_symbol_in_the_return_shape_that_no_input_declares() => Expect(
        "DSL2004 k|the return shape of 'Forward'|b",
        new ModelSource().Function("Forward", "b, k", f => f.Call("Relu", f.Input("x", "b, 3"))));

    [Fact]
    public void A_wrong_claim() => Expect(
        "DSL2005 Forward|b, 4|b, 3", new ModelSource().Function("Forward", "b, 4", f => f.Call("Relu", f.Input("x", "b, 3"))));

    [Theory]
    [InlineData("Stride", 0, "DSL2006 Stem|Stride|0|a constant of at least 1")]
    [InlineData("channels", 0, "DSL2006 Stem|Channels|0|a constant of at least 1")]
    [InlineData("Padding", -1, "DSL2006 Stem|Padding|-1|a constant of at least 0")]
    [InlineData("channels", "n", "DSL2006 Stem|Channels|n|a constant of at least 1")]
    [InlineData("Padding", "1+", "DSL2007 argument 'Padding' of 'Stem'|1+|Size '1+' ends too early.")]
    [InlineData("channels", "3/0", "DSL2007 argument 'Channels' of 'Stem'|3/0|Size '3/0' divides by 0.")]
    public void Arguments_out_of_range(string argument, object value, string expected) =>
        Expect(expected, Conv("b, 4, n, n", (argument, value)));

    [Fact]
    public void Same_padding_with_a_stride() => Expect(
        "DSL2006 Stem|Padding|same|a constant, unless the stride is 1 and the kernel is odd",
        Conv("b, 4, 8, 8", ("Padding", "same"), ("Stride", 2)));

    [Theory]
    [InlineData("OutputPadding", 2, "DSL2006 Up|OutputPadding|2|less than the stride or the dilation, at most 1")]
    [InlineData("Padding", 6, "DSL2006 Up|Padding|6|so small that pixels remain")]
    [InlineData("Groups", 3, "DSL2003 Up|3|4|input")]
    [InlineData("channels", 0, "DSL2006 Up|Channels|0|a constant of at least 1")]
    public void Arguments_of_a_transposed_convolution_out_of_range(string argument, object value, string expected)
    {
        (string Name, object Value)[] defaults = [("channels", 6), ("kernel", 2), ("Stride", 2)];
        Expect(
            expected,
            new ModelSource()
                .Layer("Up", "ConvTranspose", [.. defaults.Where(d => d.Name != argument), (argument, value)])
                .Function("Forward", null, f => f.Layer("Up", f.Input("x", "b, 4, 5, 5"))));
    }

    [Theory]
    [InlineData("b, 4, h, 6", "Stride", 1,
        "DSL2001 L|images 'b, c, h, w' of a constant size|x|b, 4, h, 6|give height and width as numbers: every site has weights of its own")]
    [InlineData("b, 4, 6, 6", "kernel", 7, "DSL2002 L|7x7|6x6|b, 4, 6, 6")]
    [InlineData("b, 4, 6, 6", "Region", 3, "DSL2006 L|Region|3|a divisor of the output's 4x4 sites")]
    [InlineData("b, 4, 6, 6", "Region", 0, "DSL2006 L|Region|0|a constant of at least 1")]
    public void Arguments_of_a_local_convolution_out_of_range(string shape, string argument, object value, string expected)
    {
        (string Name, object Value)[] defaults = [("channels", 6), ("kernel", 3)];
        Expect(
            expected,
            new ModelSource()
                .Layer("L", "LocalConv", [.. defaults.Where(d => d.Name != argument), (argument, value)])
                .Function("Forward", null, f => f.Layer("L", f.Input("x", shape))));
    }

    [Theory]
    [InlineData("", "DSL2006 Up|Scale|missing|given, or Size")]
    [InlineData("Scale=2;Size=8", "DSL2006 Up|Size|8|left out where Scale is given")]
    [InlineData("Size=0", "DSL2006 Up|Size|0|a constant of at least 1")]
    [InlineData("Size=1, 2, 3", "DSL2006 Up|Size|1, 2, 3|at most 2 sizes")]
    [InlineData("Scale=0", "DSL2006 Up|Scale|0|a number above 0, at most 10000, with at most four decimals")]
    [InlineData("Scale=1.23456", "DSL2006 Up|Scale|1.23456|a number above 0, at most 10000, with at most four decimals")]
    [InlineData("Scale=0.1", "DSL2006 Up|Scale|0.1|so large that pixels remain")]
    [InlineData("Scale=2;AlignCorners=true",
        "DSL2006 Up|AlignCorners|true|false with the modes Nearest and NearestExact, which read one pixel")]
    public void Arguments_of_an_upsampling_out_of_range(string arguments, string expected) => Expect(
        expected,
        new ModelSource()
            .Layer("Up", "Upsample", [.. arguments.Split(';', StringSplitOptions.RemoveEmptyEntries)
                .Select(static a => (a.Split('=')[0], (object)a.Split('=')[1]))])
            .Function("Forward", null, f => f.Layer("Up", f.Input("x", "b, 4, 5, 5"))));

    [Theory]
    [InlineData("MaxPool", "size=2;padding=2", "DSL2006 MaxPool|padding|2|a constant from 0 to 1")]
    [InlineData("MaxPool", "size=2, 3, 4", "DSL2006 MaxPool|size|2, 3, 4|one constant or two")]
    [InlineData("MaxPool", "size=0", "DSL2006 MaxPool|size|0|a constant of at least 1")]
    [InlineData("MaxPool", "size=5;dilation=3", "DSL2002 MaxPool|13x13|8x8|b, 1, 8, 8")]
    [InlineData("AvgPool", "size=9, 2", "DSL2002 AvgPool|9x2|8x8|b, 1, 8, 8")]
    [InlineData("AdaptiveAvgPool", "height=0;width=1", "DSL2006 AdaptiveAvgPool|height|0|a constant of at least 1")]
    [InlineData("Upsample", "scale=-1", "DSL2006 Upsample|scale|-1|a number above 0, at most 10000, with at most four decimals")]
    [InlineData("Upsample", "height=8;width=8;mode=Nearest;alignCorners=true",
        "DSL2006 Upsample|alignCorners|true|false with the modes Nearest and NearestExact, which read one pixel")]
    public void Arguments_of_image_functions_out_of_range(string function, string arguments, string expected) => Expect(
        expected,
        new ModelSource().Function("Forward", null, f => f.Call(
            function, f.Input("x", "b, 1, 8, 8"),
            [.. arguments.Split(';').Select(static a => (a.Split('=')[0], (object)a.Split('=')[1]))])));

    [Theory]
    [InlineData("b, 1, h, 8", "size=2;stride=2;padding=1;ceil=true",
        "DSL2006 MaxPool|ceil|true|false, unless the image's size is constant or windows overlap the padding")]
    [InlineData("b, c, 8, 8", "size=2",
        "DSL2001 MaxPool|images 'b, c, h, w' with a constant c|x|b, c, 8, 8|give the second axis a constant extent")]
    public void Pools_of_symbolic_images(string shape, string arguments, string expected) => Expect(
        expected,
        new ModelSource().Function("Forward", null, f => f.Call(
            "MaxPool", f.Input("x", shape),
            [.. arguments.Split(';').Select(static a => (a.Split('=')[0], (object)a.Split('=')[1]))])));

    [Theory]
    [InlineData("b, 1, 4, 4", "stride=1", "DSL2006 MaxUnpool|stride|1x1|at least the window, 2x2: windows that overlap may choose the same pixel")]
    [InlineData("b, 1, 4, 4", "height=10", "DSL2006 MaxUnpool|height|10|a constant from 7 to 9")]
    [InlineData("b, 1, 4, 3", "stride=2", "DSL2001 MaxUnpool|'b, 1, 4, 4'|i|b, 1, 4, 3|pass the MaxPoolIndex of a pool with this many windows")]
    public void Unpooling_that_is_not_one_to_one(string index, string argument, string expected) => Expect(
        expected,
        new ModelSource().Function("Forward", null, f => f.Add(StepKind.Function, "MaxUnpool", "", [
            new OperandSpec("x", f.Input("x", "b, 1, 4, 4"), ""),
            new OperandSpec("index", f.Input("i", index), ""),
            new OperandSpec("size", -1, "2"),
            new OperandSpec(argument.Split('=')[0], -1, argument.Split('=')[1]),
        ])));

    [Fact]
    public void An_axis_that_does_not_exist() => Expect(
        "DSL2006 Softmax|axis|2|an axis from -2 to 1",
        new ModelSource().Function("Forward", null, f => f.Call("Softmax", f.Input("x", "b, 3"), ("axis", 2))));

    [Fact]
    public void A_pool_padded_by_more_than_half() => Expect(
        "DSL2006 MaxPool|padding|2|a constant from 0 to 1",
        new ModelSource().Function("Forward", null, f =>
            f.Call("MaxPool", f.Input("x", "b, 1, 8, 8"), ("size", 2), ("stride", 0), ("padding", 2))));

    [Fact]
    public void A_shape_that_does_not_parse() => Expect(
        "DSL2007 the shape of 'x'|b b|Size 'b b': unexpected 'b' at position 2.",
        new ModelSource().Function("Forward", null, f => f.Call("Relu", f.Input("x", "b b"))));

    [Theory]
    [InlineData("4", "DSL2001 Unflatten|4 as axis 1|x|b, 6|make the product of the extents equal to the axis")]
    [InlineData("2, 2", "DSL2001 Unflatten|4 as axis 1|x|b, 6|make the product of the extents equal to the axis")]
    [InlineData("4, -1", "DSL2001 Unflatten|a multiple of 4 as axis 1|x|b, 6|make the product of the extents equal to the axis")]
    [InlineData("0, -1", "DSL2006 Unflatten|extents|0, -1|constants of at least 1, one of which may be -1 for what is left")]
    [InlineData("-1, -1", "DSL2006 Unflatten|extents|-1, -1|constants of at least 1, one of which may be -1 for what is left")]
    public void Axes_that_do_not_fit_in_the_place_of_one(string extents, string expected) => Expect(
        expected,
        new ModelSource().Function("Forward", null, f =>
            f.Call("Unflatten", f.Input("x", "b, 6"), ("axis", 1), ("extents", extents))));

    [Fact]
    public void An_axis_of_several_elements_stays() => Expect(
        "DSL2001 Squeeze|1 as axis 1|x|b, 6|only an axis of one element can be left out: use Flatten, Slice or Sum",
        new ModelSource().Function("Forward", null, f => f.Call("Squeeze", f.Input("x", "b, 6"), ("axis", 1))));

    [Fact]
    public void A_loss_that_is_not_a_scalar() => Expect(
        "DSL2008 Loss|b, 3", new ModelSource().Function("Loss", null, f => f.Call("Relu", f.Input("x", "b, 3"))));

    [Fact]
    public void Ints_used_as_floats() => Expect(
        "DSL2009 L|x|Tensor|digit|IntTensor",
        new ModelSource()
            .Layer("L", "Perceptron", ("units", 3))
            .Function("Forward", null, f => f.Layer("L", f.Labels("digit", "b"))));

    [Fact]
    public void Floats_used_as_labels() => Expect(
        "DSL2009 CrossEntropy|labels|IntTensor|t|Tensor",
        new ModelSource().Function("Loss", null, f =>
            f.Call("CrossEntropy", ("logits", f.Input("x", "b, 10")), ("labels", f.Input("t", "b")))));

    [Fact]
    public void A_layer_never_used() => Expect(
        "DSL1010 L",
        new ModelSource()
            .Layer("L", "Perceptron", ("units", 3))
            .Function("Forward", null, f => f.Call("Relu", f.Input("x", "b"))));

    [Fact]
    public void An_op_that_is_no_row() => Expect(
        "DSL3001 Odd|'gamma' has no derivative",
        new ModelSource()
            .Pointwise("Odd", "x", Op("gamma", Arg("x")))
            .Function("Forward", null, f => f.Map("Odd", f.Input("x", "b"))));

    [Fact]
    public void A_parameter_that_never_learns() => Expect(
        "DSL3001 Step|the derivative of 'less' is zero everywhere, so 'L.Weight' would never learn",
        Stepped(Op("select", Op("less", Const(0), Arg("x")), Const(1), Const(0))));

    [Fact]
    public void A_step_with_a_live_path_is_fine()
    {
        ModelSource source = Stepped(Op("select", Op("less", Const(0), Arg("x")), Arg("x"), Const(0)));
        Assert.Empty(ModelLowering.Lower(source.Build()).Problems);
    }

    [Fact]
    public void Problems_of_Forward_are_not_repeated_by_Loss()
    {
        void Write(FunctionSource f) => f.Layer("Stem", f.Input("x", "b, 64"));
        LoweredModel model = ModelLowering.Lower(
            new ModelSource()
                .Layer("Stem", "Conv", ("channels", 2), ("kernel", 3))
                .Function("Forward", null, Write)
                .Function("Loss", null, Write)
                .Build());

        Assert.Single(model.Problems);
        Assert.Null(model.Forward);
        Assert.Null(model.Loss);
    }

    private static ModelSource Conv(string x, params (string Name, object Value)[] arguments)
    {
        (string Name, object Value)[] defaults = [("channels", 8), ("kernel", 3)];
        return new ModelSource()
            .Layer("Stem", "Conv", [.. defaults.Where(d => arguments.All(a => a.Name != d.Name)), .. arguments])
            .Function("Forward", null, f => f.Layer("Stem", f.Input("x", x)));
    }

    private static ModelSource Stepped(PointwiseExpression step) => new ModelSource()
        .Layer("L", "Perceptron", ("units", 3))
        .Pointwise("Step", "x", step)
        .Function("Loss", null, f => f.Call("Mean", f.Map("Step", f.Layer("L", f.Input("x", "b, 2")))));

    internal static void Expect(string expected, ModelSource source)
    {
        Problem problem = Assert.Single(ModelLowering.Lower(source.Build()).Problems);
        Assert.Equal(expected, problem.Id + " " + string.Join("|", problem.Arguments));
        Assert.InRange(problem.Site, 1, source.LastSite);
    }
}
