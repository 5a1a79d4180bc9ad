using System.Collections.Generic;
using System.Globalization;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Reductions over rows of up to four elements, which lie side by side in the lanes of vectors.</summary>
internal static class ShortRowCases
{
    public static IEnumerable<ChainCase> All =>
    [
        Of("short softmax of 1", 1, "Softmax({0})"),
        Of("short softmax of 2", 2, "Softmax({0})"),
        Of("short softmax of 3", 3, "Softmax({0})"),
        Of("short log softmax of 4", 4, "LogSoftmax({0} * 4f)"),
        Of("short maximum of 3", 3, "Max({0}, 1)"),
        Of("short norm of 4", 4, "N({0})"),
        Of("short norms of norms", 4, "N(Tanh(N(Softmax(N({0})))))"),
        Of("short mean and all", 3, "{0} - Unsqueeze(Mean({0}, 1), 1)"),
        Of("short norm of what is dropped", 4, "N(Dropout({0}, 0.3f))"),
        Of("short rows of all weights", 2, "Softmax({0}) * Exp({0})"),
        Pixels("short rows of pixels", 2, "A(x)", "CrossEntropy(Forward(x), label, 255)"),
        Pixels("short rows of pixels with a halo", 3, "B(Softmax(A(x), 1))", "CrossEntropy(Forward(x), label)"),
        Pixels("short rows of pixels with weights", 4, "A(x)", "CrossEntropy(Forward(x), label, 1, 0.1f) + FocalLoss(Forward(x), label)"),
        Pixels("short rows of pixels, dice", 2, "A(x)", "CrossEntropy(Forward(x), label, 255) + DiceLoss(Forward(x), label, 1f, 255)"),
        new("short rows of sequences", """
            [Perceptron(3)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", "t", 5)] Tensor x) => Softmax(A(x));
            public Tensor Loss([Shape("b", "t", 5)] Tensor x, [Shape("b", "t")] IntTensor label)
                => CrossEntropy(Forward(x), label) + Mean(Square(Max(A(x), 2)));
            """) { Runs = ["b=5 t=9", "b=3 t=4", "b=1 t=1"] },
        new("short rows in between", """
            [Conv(4, 1)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 3, 5, 4)] Tensor x) => Softmax(Transpose(A(x), 0, 2, 1, 3), 2);
            public Tensor Loss([Shape("b", 3, 5, 4)] Tensor x) => Mean(Square(Forward(x)));
            """) { Runs = ["b=3", "b=2"] },
    ];

    private static ChainCase Of(string name, int width, string forward) => new(name, $$"""
        [Perceptron({{width}})] private partial Tensor A(Tensor x);
        {{(forward.Contains("N(") ? "[LayerNorm(Epsilon = 0.1)] private partial Tensor N(Tensor x);" : "")}}
        public Tensor Forward([Shape("b", 5)] Tensor x)
        {
            Tensor a = A(x);
            return {{string.Format(CultureInfo.InvariantCulture, forward, "a")}};
        }
        public Tensor Loss([Shape("b", 5)] Tensor x) => Mean(Square(Forward(x)) + 0.1f * Mean(x * x));
        """) { Runs = ["b=37", "b=16", "b=1"] };

    private static ChainCase Pixels(string name, int classes, string forward, string loss) => new(name, $$"""
        [Conv({{classes}}, 3, Padding = 1)] private partial Tensor A(Tensor x);
        {{(forward.Contains("B(") ? $"[Conv({classes}, 3, Padding = 1)] private partial Tensor B(Tensor x);" : "")}}
        public Tensor Forward([Shape("b", 2, 4, 3)] Tensor x) => {{forward}};
        public Tensor Loss([Shape("b", 2, 4, 3)] Tensor x, [Shape("b", 4, 3)] IntTensor label) => {{loss}};
        """) { Runs = ["b=5", "b=2"] };
}
