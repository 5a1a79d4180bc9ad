using System;
using System.Linq;
using Dsl.Eager;
using Xunit;

namespace Dsl.Runtime.Tests.Eager;

/// <summary>Losses and functions of several tensors against values of another framework and by hand.</summary>
public class EagerLossTests
{
    private static readonly Tensor Logits = new([0, MathF.Log(3), 0, 0], 2, 2);

    [SkippableFact]
    public void CrossEntropyThatIgnores()
    {
        GoldenCase golden = GoldenCase.Open("softmax_ce_ignore");
        golden.AssertClose("out.loss", Functions.CrossEntropy(golden.Tensor("in.z"), golden.Ints("aux.t"), ignore: -100));
    }

    [SkippableFact]
    public void CrossEntropyWithSmoothingAndWeights()
    {
        GoldenCase golden = GoldenCase.Open("softmax_ce_smooth_weight");
        golden.AssertClose("out.loss", Functions.CrossEntropy(
            golden.Tensor("in.z"), golden.Ints("aux.t"), smoothing: 0.1f, weights: golden.Tensor("aux.w")));
    }

    [SkippableFact]
    public void BinaryCrossEntropy()
    {
        GoldenCase golden = GoldenCase.Open("bce_logits");
        golden.AssertClose("out.loss", Functions.BinaryCrossEntropy(
            golden.Tensor("in.z"), golden.Tensor("aux.t"), golden.Tensor("aux.pw")));
    }

    [SkippableFact]
    public void DiceLoss()
    {
        GoldenCase golden = GoldenCase.Open("dice_loss");
        golden.AssertClose("out.loss", Functions.DiceLoss(golden.Tensor("in.z"), golden.Tensor("aux.t")));
    }

    [SkippableFact]
    public void SmoothL1()
    {
        GoldenCase golden = GoldenCase.Open("smooth_l1");
        golden.AssertClose("out.loss", Functions.SmoothL1(golden.Tensor("in.x"), golden.Tensor("aux.t")));
    }

    [SkippableFact]
    public void FocalLoss()
    {
        GoldenCase golden = GoldenCase.Open("focal_ce_gamma2");
        golden.AssertClose("out.loss", Functions.FocalLoss(golden.Tensor("in.z"), golden.Ints("aux.t"), detach: true));
    }

    [SkippableFact]
    public void Contrastive()
    {
        GoldenCase golden = GoldenCase.Open("contrastive");
        golden.AssertClose("out.loss", Functions.Contrastive(
            golden.Tensor("in.a"), golden.Tensor("in.b"), golden.Tensor("aux.y"), margin: 1.5f));
    }

    [SkippableFact]
    public void Triplet()
    {
        GoldenCase golden = GoldenCase.Open("triplet_l2");
        golden.AssertClose("out.loss", Functions.Triplet(
            golden.Tensor("in.a"), golden.Tensor("in.p"), golden.Tensor("in.n")));
    }

    [SkippableFact]
    public void CenterLoss()
    {
        GoldenCase golden = GoldenCase.Open("center_loss");
        Parameter centers = Centers(golden.Tensor("aux.c"));
        golden.AssertClose(
            "out.loss", EagerLayers.CenterLoss(golden.Tensor("in.x"), golden.Ints("aux.t"), centers, alpha: 0.5));
        Assert.Equal(golden.Tensor("aux.c").ToArray(), centers.ToTensor().ToArray());
        GoldenCase update = GoldenCase.Open("center_update");
        using (TrainingMode.Enter())
        {
            golden.AssertClose(
                "out.loss", EagerLayers.CenterLoss(update.Tensor("aux.x"), update.Ints("aux.t"), centers, alpha: 0.5));
        }

        update.AssertClose("out.c_new", centers.ToTensor());
    }

    [Fact]
    public void LossesOfDistancesRefuseWhatDoesNotFit()
    {
        Tensor x = Tensor.Zeros(3, 2);
        Tensor same = Tensor.Zeros(3);
        Assert.Equal(0.5f, Functions.Contrastive(x, x, same).Scalar, 1e-6f);
        Assert.Equal(0.2f, Functions.Triplet(x, x, x).Scalar, 1e-6f);
        Assert.Throws<ArgumentException>("b", () => Functions.Contrastive(x, Tensor.Zeros(3, 1), same));
        Assert.Throws<ArgumentException>("same", () => Functions.Contrastive(x, x, x));
        Assert.Throws<ArgumentException>("a", () => Functions.Contrastive(same, same, same));
        Assert.Throws<ArgumentException>("negative", () => Functions.Triplet(x, x, same));
        Assert.Throws<ArgumentOutOfRangeException>("margin", () => Functions.Triplet(x, x, x, -1));
        Assert.Throws<ArgumentOutOfRangeException>("margin", () => Functions.Contrastive(x, x, same, float.NaN));
        Parameter centers = Centers(Tensor.Zeros(4, 2));
        Assert.Throws<ArgumentOutOfRangeException>(
            "labels", () => EagerLayers.CenterLoss(x, new IntTensor([0, 4, 1]), centers, 0.5));
        Assert.Throws<ArgumentException>("x", () => EagerLayers.CenterLoss(x, new IntTensor([0, 1]), centers, 0.5));
    }

    [SkippableFact]
    public void LogSumExp()
    {
        GoldenCase golden = GoldenCase.Open("logsumexp");
        golden.AssertClose("out.y", Functions.LogSumExp(golden.Tensor("in.x")));
    }

    [SkippableFact]
    public void LongConvolution()
    {
        GoldenCase golden = GoldenCase.Open("causal_fft_conv");
        Tensor y = Functions.LongConvolution(
            Functions.Transpose(golden.Tensor("in.u"), 0, 2, 1), Functions.Transpose(golden.Tensor("in.k"), 1, 0));
        golden.AssertClose("out.y", Functions.Transpose(y, 0, 2, 1));
        Assert.Throws<ArgumentException>(() => Functions.LongConvolution(y, golden.Tensor("in.k")));
    }

    [SkippableFact]
    public void CumSum()
    {
        GoldenCase golden = GoldenCase.Open("cumsum");
        golden.AssertClose("out.y", Functions.CumSum(golden.Tensor("in.x"), 1));
    }

    [Theory]
    [InlineData(1, false, false, new[] { 1f, 3, 6, 4, 9, 15 })]
    [InlineData(-1, true, false, new[] { 0f, 1, 3, 0, 4, 9 })]
    [InlineData(1, false, true, new[] { 6f, 5, 3, 15, 11, 6 })]
    [InlineData(-1, true, true, new[] { 5f, 3, 0, 11, 6, 0 })]
    [InlineData(0, false, false, new[] { 1f, 2, 3, 5, 7, 9 })]
    public void CumSumBeginsAtEitherEnd(int axis, bool exclusive, bool reverse, float[] expected) => Assert.Equal(
        expected, Functions.CumSum(new Tensor([1, 2, 3, 4, 5, 6], 2, 3), axis, exclusive, reverse).Values.ToArray());

    [SkippableFact]
    public void MatMul()
    {
        GoldenCase golden = GoldenCase.Open("matmul_batched");
        golden.AssertClose("out.y", Functions.MatMul(golden.Tensor("in.a"), golden.Tensor("in.b")));
    }

    [Fact]
    public void NoLabelThatCountsIsALossOfZero()
    {
        var labels = new IntTensor([7, 7]);
        Assert.Equal(0, Functions.CrossEntropy(Logits, labels, ignore: 7).Scalar);
        Assert.Equal(0, Functions.FocalLoss(Logits, labels, ignore: 7).Scalar);
        Assert.Equal(0, Functions.DiceLoss(Logits, labels, ignore: 7).Scalar);
        Assert.Throws<ArgumentOutOfRangeException>(() => Functions.CrossEntropy(Logits, labels));
    }

    [Fact]
    public void IgnoredLabelsLeaveTheMean()
    {
        float both = Functions.CrossEntropy(Logits, new IntTensor([1, 0])).Scalar;
        float first = Functions.CrossEntropy(Logits, new IntTensor([1, 0]), ignore: 0).Scalar;
        Assert.Equal(-MathF.Log(0.75f), first, 1e-6f);
        Assert.Equal((first - MathF.Log(0.5f)) / 2, both, 1e-6f);
    }

    [Fact]
    public void DiceOfLabelsIsDiceOfTheirIndicators()
    {
        float labels = Functions.DiceLoss(Logits, new IntTensor([1, 0])).Scalar;
        Assert.Equal(Functions.DiceLoss(Logits, new Tensor([0, 1, 1, 0], 2, 2)).Scalar, labels, 1e-6f);
    }

    [Fact]
    public void AbsoluteErrorIsTheLimitOfSmoothL1()
    {
        var x = new Tensor([1, -2], 2);
        Assert.Equal(1.5f, Functions.MeanAbsoluteError(x, Tensor.Zeros(2)).Scalar);
        Assert.Equal(1.5f, Functions.SmoothL1(x, Tensor.Zeros(2), beta: 0).Scalar);
    }

    [Fact]
    public void ChoicesAndComparisons()
    {
        var x = new Tensor([1, -2, 3], 3);
        Assert.Equal([1, 0, 1], Functions.NotEqual(new IntTensor([3, 0, -1]), 0).ToArray());
        Assert.Equal([0, 1, 0], Functions.Less(x, 0f).ToArray());
        Assert.Equal([1, 0, 1], Functions.Less(0f, x).ToArray());
        Assert.Equal([1, 0, 1], Functions.LessEqual(Tensor.Zeros(3), x).ToArray());
        Assert.Equal([0, 0, 1], Functions.Equal(x, 3f).ToArray());
        Assert.Equal([1, 2, 3], Functions.Where(Functions.Less(x, 0f), -x, x).ToArray());
        Assert.Equal([1, 0, 2], Functions.Clamp(x, 0f, 2f).ToArray());
        Assert.Equal([1, 0, 3], Functions.Max(x, Tensor.Zeros(3)).ToArray());
        Assert.Equal(-2, Functions.Min(x).Scalar);
        Assert.Equal(8f / 9, Functions.Variance(new Tensor([1, -1, 1, 3, 3, 5], 2, 3), 1)[1], 1e-6f);
        Assert.Equal([1, -2, 3], Functions.StopGradient(x).ToArray());
    }

    [Fact]
    public void TransposePermutesAxes()
    {
        var x = new Tensor([1, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal([1, 4, 2, 5, 3, 6], Functions.Transpose(x, 1, 0).ToArray());
        Assert.Equal([3, 2], Functions.Transpose(x, -1, 0).Shape);
        Assert.Throws<ArgumentException>(() => Functions.Transpose(x, 0, 0));
        Assert.Throws<ArgumentException>(() => Functions.MatMul(x, x));
    }

    private static Parameter Centers(Tensor values)
    {
        var states = new ParameterSet(
            [new ParameterInfo("Centers", values.Shape.ToArray(), Initializer.Zeros(), decays: false) { Learns = false }]);
        states["Centers"].CopyFrom(values.Values);
        return states["Centers"];
    }
}
