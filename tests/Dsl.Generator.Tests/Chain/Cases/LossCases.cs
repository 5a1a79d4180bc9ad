using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Losses of labels and of targets, of rows and of images.</summary>
internal static class LossCases
{
    public static IEnumerable<ChainCase> All =>
    [
        Rows("cross-entropy that ignores a label", "CrossEntropy(Forward(x), label, 255)"),
        Rows("cross-entropy that ignores a class", "CrossEntropy(Forward(x), label, ignore: 2)"),
        Rows("cross-entropy with smoothing", "CrossEntropy(Forward(x), label, smoothing: 0.1f)"),
        Rows("cross-entropy with smoothing that ignores", "CrossEntropy(Forward(x), label, -100, 0.1f)"),
        Rows("cross-entropy with weights", "CrossEntropy(Forward(x), label, weights: Exp(w))"),
        Rows("cross-entropy with everything", "CrossEntropy(Forward(x), label, -1, 0.2f, Exp(w))"),
        Rows("focal loss", "FocalLoss(Forward(x), label)"),
        Rows("focal loss detached", "FocalLoss(3f * Forward(x), label, 1.5f, detach: true, ignore: -1)"),
        Rows("focal loss of a power", "FocalLoss(3f * Forward(x), label, gamma: 3f)"),
        Rows("dice loss of labels", "DiceLoss(Forward(x), label)"),
        Sequences("cross-entropy of sequences that ignores", "CrossEntropy(Forward(x), label, 0)"),
        Images("cross-entropy of images that ignores", "CrossEntropy(Forward(x), label, 255)"),
        Images("cross-entropy of images with smoothing", "CrossEntropy(Forward(x), label, 255, 0.1f)"),
        Images("focal loss of images", "FocalLoss(Forward(x), label, ignore: 255)"),
        Images("dice loss of images", "DiceLoss(Forward(x), label, ignore: 255)"),
        Images("cross-entropy and dice of images", "CrossEntropy(Forward(x), label, 255) + DiceLoss(Forward(x), label, 1f, 255)"),
        Images("binary cross-entropy of labels", "BinaryCrossEntropy(Mean(Forward(x), 1), NotEqual(label, 0))"),
        Targets("mean absolute error", "MeanAbsoluteError(Forward(x), y)"),
        Targets("smooth l1", "SmoothL1(3f * Forward(x), y) + SmoothL1(Forward(x), y, 0.25f)"),
        Targets("binary cross-entropy", "BinaryCrossEntropy(Forward(x), Less(0f, y))"),
        Targets("binary cross-entropy with weights", "BinaryCrossEntropy(Forward(x), Less(0f, y), Exp(Mean(y, 0)))"),
        TargetImages("dice loss of shares", "DiceLoss(Forward(x), Softmax(y, 1))"),
        TargetImages("smooth l1 of images", "SmoothL1(Forward(x), y, 0.5f)"),
        TargetImages("binary cross-entropy of images", "BinaryCrossEntropy(Forward(x), Less(y, 0f))"),
        Pairs("contrastive", "Contrastive(Forward(x), A(y), Less(0f, Mean(x, 1)))"),
        Pairs("contrastive with a margin", "Contrastive(Forward(x), A(y), Less(0f, Mean(y, 1)), 2.5f)"),
        Pairs("contrastive of equal rows", "Contrastive(Forward(x), A(x), Less(0f, Mean(x, 1))) + Mean(Square(Forward(y)))"),
        Pairs("triplet", "Triplet(Forward(x), A(y), A(z))"),
        Pairs("triplet with a margin", "Triplet(Forward(x), A(y), A(z), margin: 1.5f)"),
        Pairs("triplet of zeros", "Triplet(Forward(x), 0f * A(y), A(z), 1f)"),
        new("triplet of sequences", """
            [Perceptron(4)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", "t", 5)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", "t", 5)] Tensor x, [Shape("b", "t", 5)] Tensor y)
                => Triplet(Forward(x), A(y), A(x * y)) + Contrastive(Forward(x), A(y), Less(0f, Mean(y, 2)));
            """) { Runs = ["b=5 t=9", "b=3 t=4", "b=1 t=1"] },
    ];

    private static ChainCase Rows(string name, string loss) => new(name, $$"""
        [Perceptron(7)] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label, [Shape(7)] Tensor w) => {{loss}};
        """) { Runs = ["b=19", "b=4", "b=1"] };

    private static ChainCase Sequences(string name, string loss) => new(name, $$"""
        [Perceptron(11)] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", "t", 5)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", "t", 5)] Tensor x, [Shape("b", "t")] IntTensor label) => {{loss}};
        """) { Runs = ["b=5 t=9", "b=3 t=4", "b=1 t=1"] };

    private static ChainCase Images(string name, string loss) => new(name, $$"""
        [Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", 2, 4, 3)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 2, 4, 3)] Tensor x, [Shape("b", 4, 3)] IntTensor label) => {{loss}};
        """) { Runs = ["b=3", "b=2"] };

    private static ChainCase Targets(string name, string loss) => new(name, $$"""
        [Perceptron(4)] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b", 4)] Tensor y) => {{loss}};
        """) { Runs = ["b=19", "b=4", "b=1"] };

    private static ChainCase Pairs(string name, string loss) => new(name, $$"""
        [Perceptron(19)] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b", 5)] Tensor y, [Shape("b", 5)] Tensor z)
            => {{loss}};
        """) { Runs = ["b=19", "b=4", "b=1"] };

    private static ChainCase TargetImages(string name, string loss) => new(name, $$"""
        [Conv(3, 3, Padding = 1)] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", 2, 4, 3)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 2, 4, 3)] Tensor x, [Shape("b", 3, 4, 3)] Tensor y) => {{loss}};
        """) { Runs = ["b=3", "b=2"] };
}
