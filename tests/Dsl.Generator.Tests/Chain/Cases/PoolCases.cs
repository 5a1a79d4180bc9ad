using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Windows without weights. A convolution before them makes their gradients matter.</summary>
internal static class PoolCases
{
    public static IEnumerable<ChainCase> All => new[]
    {
        One("max pool 2", "MaxPool({0}, 2)"),
        One("max pool 3 stride 2 padding 1", "MaxPool({0}, 3, 2, 1)"),
        One("max pool 3 overlapping", "MaxPool({0}, 3, 1)"),
        One("max pool 2 stride 3", "MaxPool({0}, 2, 3)"),
        One("average pool 2", "AvgPool({0}, 2)"),
        One("average pool 3 padding 1", "AvgPool({0}, 3, 2, 1)"),
        One("average pool 3 padding 1 not counted", "AvgPool({0}, 3, 2, 1, false)"),
        One("average pool 3 overlapping", "AvgPool({0}, 3, 1, 1, false)"),
        One("max pool after max pool", "MaxPool(MaxPool({0}, 2), 2)"),
        One("average pool after max pool", "AvgPool(MaxPool({0}, 3, 1), 2)"),
        One("max pool after average pool", "MaxPool(AvgPool({0}, 2), 2)"),
        One("both pools of one image", "MaxPool({0}, 2) - AvgPool({0}, 2)"),
        One("pool, pointwise, pool", "AvgPool(Silu(MaxPool({0}, 2)), 2)"),
        One("pool of a pointwise result", "MaxPool(Sin(3f * {0}), 2)"),
        One("pool of an input", "MaxPool(x, 2) * Mean({0})"),
        One("max pool rounding up", "MaxPool({0}, 3, 2, ceil: true)"),
        One("max pool rounding up with padding", "MaxPool({0}, 2, 3, 1, ceil: true)"),
        One("max pool dilation 2", "MaxPool({0}, 2, 1, 1, 2)"),
        One("max pool of rectangles", "MaxPool({0}, \"2, 3\", \"1, 2\", \"0, 1\", \"2, 1\")"),
        One("average pool rounding up", "AvgPool({0}, 3, 2, ceil: true)"),
        One("average pool rounding up with padding", "AvgPool({0}, 3, 2, 1, ceil: true)"),
        One("average pool rounding up not counted", "AvgPool({0}, 4, 3, 1, false, true)"),
        One("average pool of rectangles", "AvgPool({0}, \"3, 2\", \"2, 1\", \"1, 0\", ceil: true)"),
        One("global average and maximum", "GlobalAvgPool({0}) + GlobalMaxPool({0})"),
        One("adaptive max pool of like bins", "AdaptiveMaxPool({0}, 3, 2)"),
        One("adaptive max pool", "AdaptiveMaxPool({0}, 4, 3) * Mean(AdaptiveMaxPool({0}, 1, 5))"),
        One("unpool", "MaxUnpool(Silu(MaxPool({0}, 2)), MaxPoolIndex({0}, 2), 2, height: 9)"),
        One("unpool with gaps", "MaxUnpool(Sin(MaxPool({0}, 2, 3, 1)), MaxPoolIndex({0}, 2, 3, 1), 2, 3, 1, 9, 8)"),
        One("unpool rounded up", "MaxUnpool(MaxPool({0}, 2, ceil: true), MaxPoolIndex({0}, 2, ceil: true), 2, height: 9)"),
        One("index alone", "MaxPoolIndex(x, 2) * Mean({0})"),
        ChainCase.Of(
            "unpool between convs",
            """
            [Conv(17, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor A(Tensor x);
            [Conv(17, 3, Padding = 1)] private partial Tensor B(Tensor x);
            [Conv(2, 3, Padding = 1)] private partial Tensor C(Tensor x);
            """,
            "\"b\", 2, 6, 8",
            "C(MaxUnpool(B(MaxPool(A(x), 2)), MaxPoolIndex(A(x), 2), 2))"),
        ChainCase.Of(
            "pools of symbolic height and width",
            "[Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);",
            "\"b\", 2, \"h\", \"w\"",
            "MaxPool(A(x), 3, 2, ceil: true) * AvgPool(A(x), 3, 2, ceil: true) "
            + "- AvgPool(A(x), 3, 2, countPadding: false, ceil: true)") with
        {
            Runs = ["b=3 h=6 w=5", "b=2 h=4 w=5", "b=1 h=6 w=3"],
        },
        One("global mean", "Mean({0}, 2, 3)"),
        One("global mean after pool", "Mean(MaxPool({0}, 2), 2, 3)"),
        ChainCase.Of(
            "pool, flatten, perceptron",
            """
            [Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);
            [Perceptron(4)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 2, 6, 8",
            "B(Flatten(AvgPool(A(x), 2)))"),
        ChainCase.Of(
            "global mean, perceptron",
            """
            [Conv(5, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor A(Tensor x);
            [Perceptron(4)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 2, 6, 8",
            "B(Mean(A(x), 2, 3))"),
    }.Select(static c => c.Runs[0].StartsWith("b=33", System.StringComparison.Ordinal) ? c with { Runs = ["b=3", "b=2"] } : c);

    private static ChainCase One(string name, string forward) => ChainCase.Of(
        name,
        "[Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);",
        "\"b\", 2, 9, 8",
        forward.Replace("{0}", "A(x)"));
}
