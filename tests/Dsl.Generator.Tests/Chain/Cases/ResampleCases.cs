using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Images at another size.</summary>
internal static class ResampleCases
{
    public static IEnumerable<ChainCase> All => new[]
    {
        Layer("upsample nearest 2", "Scale = 2"),
        Layer("upsample nearest exact 1.7", "Scale = 1.7, Mode = UpsampleMode.NearestExact"),
        Layer("upsample nearest to a size", "Size = \"5, 13\""),
        Layer("upsample bilinear 2", "Scale = 2, Mode = UpsampleMode.Bilinear"),
        Layer("upsample bilinear 3 aligned", "Scale = 3, Mode = UpsampleMode.Bilinear, AlignCorners = true"),
        Layer("upsample bilinear 1.7", "Scale = 1.7, Mode = UpsampleMode.Bilinear"),
        Layer("upsample bilinear 1.7 recomputed", "Scale = 1.7, Mode = UpsampleMode.Bilinear, RecomputeScale = true"),
        Layer("upsample bilinear down", "Size = \"2, 3\", Mode = UpsampleMode.Bilinear"),
        Layer("upsample bicubic 2", "Scale = 2, Mode = UpsampleMode.Bicubic"),
        Layer("upsample bicubic to a size aligned", "Size = 9, Mode = UpsampleMode.Bicubic, AlignCorners = true"),
        Layer("upsample bicubic down to one", "Size = 1, Mode = UpsampleMode.Bicubic"),
        Of("upsample functions", "Upsample({0}, 1.5, UpsampleMode.Bicubic) * Mean(Upsample({0}, 6, 7, UpsampleMode.Bilinear, true))"),
        Of("historical upsamplings", "UpsamplingNearest2d({0}, 2) * UpsamplingBilinear2d({0}, 2)"),
        Of("upsample of an input", "UpsamplingBilinear2d(x, 2) * Mean({0})"),
        Of("upsample, pointwise", "Relu(UpsamplingBilinear2d({0}, 2) - 0.1f)"),
        Of("upsample back of a pool", "UpsamplingNearest2d(MaxPool({0}, 2), 2)"),
        Of("upsample and flatten", "Flatten(UpsamplingNearest2d({0}, 2))"),
        Of("adaptive average pool", "AdaptiveAvgPool({0}, 3, 2)"),
        Of("adaptive average pool to more pixels", "AdaptiveAvgPool({0}, 6, 3)"),
        ChainCase.Of(
            "conv after upsample",
            """
            [Conv(17, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor A(Tensor x);
            [Upsample(Scale = 2, Mode = UpsampleMode.Bilinear)] private partial Tensor Up(Tensor x);
            [Conv(4, 3, Padding = 1)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 2, 4, 5",
            "B(Up(A(x)))"),
        ChainCase.Of(
            "upsample of symbolic height and width",
            "[Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);",
            "\"b\", 2, \"h\", \"w\"",
            "UpsamplingBilinear2d(A(x), 2) + Upsample(A(x), 2, UpsampleMode.Bicubic)") with
        {
            Runs = ["b=3 h=4 w=5", "b=2 h=2 w=5", "b=1 h=4 w=1"],
        },
    }.Select(static c => c.Runs[0].StartsWith("b=33", System.StringComparison.Ordinal) ? c with { Runs = ["b=3", "b=2"] } : c);

    private static ChainCase Layer(string name, string arguments) => ChainCase.Of(
        name,
        $"""
        [Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);
        [Upsample({arguments})] private partial Tensor Up(Tensor x);
        """,
        "\"b\", 2, 4, 5",
        "Up(A(x))");

    private static ChainCase Of(string name, string forward) => ChainCase.Of(
        name,
        "[Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);",
        "\"b\", 5, 4, 5",
        forward.Replace("{0}", "A(x)"));
}
