using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Graphs;
using Xunit;

namespace Dsl.Generator.Tests.Layers;

/// <summary>What functions, operators and layers compute, by value.</summary>
public class FunctionTests
{
    private static readonly Dictionary<string, int> Sizes = new() { ["b"] = 2 };

    [Fact]
    public void Softmax_sums_to_one_and_takes_an_axis()
    {
        NdArray y = Run(f => f.Call("Softmax", f.Input("x", "b, 3"), ("axis", 0)), [1, 2, 3, 1, 2, 3 + Math.Log(3)]);
        Evaluation.Same(new NdArray([0.5, 0.5, 0.25, 0.5, 0.5, 0.75], 2, 3), y, 1e-15, "softmax");
    }

    [Fact]
    public void LogSoftmax_is_the_logarithm_of_softmax()
    {
        NdArray y = Run(f => f.Call("LogSoftmax", f.Input("x", "b, 2")), [0, 0, 1, 1]);
        Evaluation.Same(new NdArray([.. Enumerable.Repeat(-Math.Log(2), 4)], 2, 2), y, 1e-15, "logsoftmax");
    }

    [Theory]
    [InlineData("Mean", "", new[] { 2.5 })]
    [InlineData("Sum", "0", new[] { 4.0, 6 })]
    [InlineData("Sum", "0,-1", new[] { 10.0 })]
    [InlineData("Max", "1", new[] { 2.0, 4 })]
    public void Reductions_take_axes(string name, string axes, double[] expected) =>
        Assert.Equal(expected, Run(f => f.Call(name, f.Input("x", "b, 2"), ("axes", axes)), [1, 2, 3, 4]).Data);

    [Theory]
    [InlineData(1, false, false, new[] { 1.0, 3, 3, 7 })]
    [InlineData(-2, false, true, new[] { 4.0, 6, 3, 4 })]
    [InlineData(-1, true, false, new[] { 0.0, 1, 0, 3 })]
    public void CumSum_begins_at_either_end(int axis, bool exclusive, bool reverse, double[] expected) => Assert.Equal(
        expected,
        Run(
            f => f.Call("CumSum", f.Input("x", "b, 2"), ("axis", axis), ("exclusive", exclusive), ("reverse", reverse)),
            [1, 2, 3, 4]).Data);

    [Theory]
    [InlineData("3, -1")]
    [InlineData("-1, 2")]
    [InlineData("3, 2")]
    public void Unflatten_finds_one_open_extent(string extents)
    {
        NdArray y = Run(
            f => f.Call("Unflatten", f.Input("x", "b, 6"), ("axis", -1), ("extents", extents)), [.. Enumerable.Range(0, 12)]);
        Assert.Equal([2, 3, 2], y.Shape);
        Assert.Equal([.. Enumerable.Range(0, 12)], y.Data);
    }

    [Theory]
    [InlineData(0, new[] { 1, 2, 6 })]
    [InlineData(2, new[] { 2, 6, 1 })]
    [InlineData(-1, new[] { 2, 6, 1 })]
    public void Unsqueeze_adds_an_axis_and_Squeeze_takes_it_away(int axis, int[] shape)
    {
        Assert.Equal(shape, Run(f => f.Call("Unsqueeze", f.Input("x", "b, 6"), ("axis", axis)), new double[12]).Shape);
        NdArray same = Run(
            f => f.Call("Squeeze", f.Call("Unsqueeze", f.Input("x", "b, 6"), ("axis", axis)), ("axis", axis)), new double[12]);
        Assert.Equal([2, 6], same.Shape);
    }

    [Fact]
    public void Flatten_keeps_leading_axes() =>
        Assert.Equal([2, 2, 6], Run(f => f.Call("Flatten", f.Input("x", "b, 2, 3, 2"), ("from", 2)), new double[24]).Shape);

    [Fact]
    public void Operators_broadcast_and_take_numbers()
    {
        // 2 - x / [1, 2] over rows.
        NdArray y = Run(
            f =>
            {
                int x = f.Input("x", "b, 2");
                f.Operator("sub", "2", f.Operator("div", x, f.Call("Sum", x, ("axes", "0"))));
            },
            [1, 1, 1, 3]);
        Assert.Equal([1.5, 1.75, 1.5, 1.25], y.Data);
    }

    [Fact]
    public void Neg_is_a_unary_operator() =>
        Assert.Equal([-1, 2], Run(f => f.Operator("neg", f.Input("x", "b")), [1, -2]).Data);

    [Fact]
    public void Max_of_two_tensors_is_pointwise()
    {
        NdArray y = Run(
            f =>
            {
                int x = f.Input("x", "b");
                f.Call("Max", ("x", x), ("y", f.Operator("neg", x)));
            },
            [1, -2]);
        Assert.Equal([1, 2], y.Data);
    }

    [Fact]
    public void Rows_and_composites_are_found_by_any_spelling()
    {
        PointwiseExpression body = ModelSource.Op("mul", ModelSource.Arg("x"), ModelSource.Arg("x"));
        LoweredModel model = ModelLowering.Lower(new ModelSource()
            .Pointwise("Twice", "x", body)
            .Layer("L", "Perceptron", ("units", 2), ("Bias", false), ("Activation", "twice"))
            .Function("Forward", null, f => f.Call("Expm1", f.Layer("L", f.Input("x", "b, 2"))))
            .Build());

        Assert.Empty(model.Problems);
        Assert.Equal(["input", "parameter", "contract", "mul", "expm1"], model.Forward!.Nodes.Select(static n => n.Op.Name));
        Assert.Equal("L.Weight", Assert.Single(model.Parameters).Name);
    }

    [Fact]
    public void A_perceptron_works_over_the_last_of_any_number_of_axes()
    {
        LoweredModel model = ModelLowering.Lower(new ModelSource()
            .Layer("L", "Perceptron", ("units", 5))
            .Function("Forward", "b, t, 5", f => f.Layer("L", f.Input("x", "b, t, 3")))
            .Build());

        Assert.Empty(model.Problems);
        Assert.Contains("contract[btk,ok->bto]", model.Forward!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("same", 1, "b, 4, h, w")]
    [InlineData(1, 2, "b, 4, ((h-1)/(2))+1, ((w-1)/(2))+1")]
    [InlineData(0, 1, "b, 4, h-2, w-2")]
    public void A_convolution_of_symbolic_images(object padding, int stride, string expected)
    {
        LoweredModel model = ModelLowering.Lower(new ModelSource()
            .Layer("L", "Conv", ("channels", 4), ("kernel", 3), ("Padding", padding), ("Stride", stride))
            .Function("Forward", null, f => f.Layer("L", f.Input("x", "b, 1, h, w")))
            .Build());

        Assert.Empty(model.Problems);
        Assert.Equal(expected, Assert.Single(model.Layers).Output);
    }

    [Fact]
    public void A_layer_called_twice_shares_its_parameters()
    {
        LoweredModel model = ModelLowering.Lower(new ModelSource()
            .Layer("L", "Perceptron", ("units", 3))
            .Function("Forward", "b, 3", f => f.Layer("L", f.Layer("L", f.Input("x", "b, 3"))))
            .Build());

        Assert.Empty(model.Problems);
        Assert.Equal(2, model.Forward!.Parameters.Count);
        Assert.Equal(2, model.Parameters.Count);
        Assert.Single(model.Layers);
    }

    private static NdArray Run(Action<FunctionSource> write, double[] x)
    {
        LoweredModel model = ModelLowering.Lower(new ModelSource().Function("Forward", null, write).Build());
        Assert.Empty(model.Problems);
        int[] shape = model.Forward!.Inputs[0].Shape.Map(static d => (int)d.Evaluate(static s => Sizes[s]));
        var inputs = new Dictionary<string, NdArray> { ["x"] = new(x, shape) };
        return GraphInterpreter.Evaluate(model.Forward, inputs, new Dictionary<string, NdArray>(), Sizes)["Forward"];
    }
}
