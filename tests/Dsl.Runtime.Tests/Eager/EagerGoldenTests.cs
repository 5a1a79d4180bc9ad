using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Eager;
using Xunit;

namespace Dsl.Runtime.Tests.Eager;

/// <summary>The eager path against values that another framework computed.</summary>
public class EagerGoldenTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Activations = new()
    {
        ["relu"] = Functions.Relu,
        ["leaky_relu_0.01"] = Functions.LeakyRelu,
        ["elu"] = Functions.Elu,
        ["elu_plus_1"] = Functions.EluPlusOne,
        ["gelu_erf"] = Functions.Gelu,
        ["gelu_tanh"] = Functions.GeluTanh,
        ["silu"] = Functions.Silu,
        ["sigmoid"] = Functions.Sigmoid,
        ["tanh"] = Functions.Tanh,
        ["softplus"] = Functions.Softplus,
        ["relu_squared"] = Functions.Relu2,
        ["laplace"] = Functions.Laplace,
        ["hardswish"] = Functions.HardSwish,
        ["softsign"] = Functions.Softsign,
        ["log_sigmoid"] = Functions.LogSigmoid,
        ["exp_neg_exp"] = Functions.ExpNegExp,
    };

    public static TheoryData<string> ActivationNames => [.. Activations.Keys];

    [SkippableTheory]
    [MemberData(nameof(ActivationNames))]
    public void Activation(string name)
    {
        GoldenCase golden = GoldenCase.Open("act_" + name);
        golden.AssertClose("out.y", Activations[name](golden.Tensor("in.x")));
    }

    [SkippableFact]
    public void Perceptron()
    {
        GoldenCase golden = GoldenCase.Open("linear_bias");
        ParameterSet parameters = Parameters(golden);
        golden.AssertClose("out.y", EagerLayers.Perceptron(
            golden.Tensor("in.x"), parameters["in.w"], parameters["in.b"], Dsl.Activation.None));
    }

    [SkippableTheory]
    [InlineData("batchnorm2d_train", true)]
    [InlineData("batchnorm2d_eval", false)]
    public void BatchNorm(string name, bool training)
    {
        GoldenCase golden = GoldenCase.Open(name);
        ParameterSet parameters = Parameters(golden);
        int channels = parameters["in.g"].Length;
        var states = new ParameterSet(
        [
            new ParameterInfo("mean", [channels], Initializer.Constant(0.1f), decays: false) { Learns = false },
            new ParameterInfo("variance", [channels], Initializer.Constant(0.9f), decays: false) { Learns = false },
        ]);
        if (!training)
        {
            states["mean"].CopyFrom(golden.Tensor("aux.rm").Values);
            states["variance"].CopyFrom(golden.Tensor("aux.rv").Values);
        }

        using (training ? TrainingMode.Enter() : null)
        {
            golden.AssertClose("out.y", EagerLayers.BatchNorm(
                golden.Tensor("in.x"), parameters["in.g"], parameters["in.b"], states["mean"], states["variance"], 0.1,
                1e-5, Dsl.Activation.None));
        }

        if (training)
        {
            golden.AssertClose("out.running_mean", states["mean"].ToTensor());
            golden.AssertClose("out.running_var", states["variance"].ToTensor());
        }
    }

    [SkippableTheory]
    [InlineData("3x3_same", 1, 1, 1, 1, 1, 1)]
    [InlineData("valid_nobias", 1, 1, 0, 0, 1, 1)]
    [InlineData("stride2", 2, 2, 1, 1, 1, 1)]
    [InlineData("stride2_floor", 2, 2, 0, 0, 1, 1)]
    [InlineData("dil2", 1, 1, 2, 2, 2, 1)]
    [InlineData("groups2", 1, 1, 1, 1, 1, 2)]
    [InlineData("depthwise", 2, 2, 1, 1, 1, 4)]
    [InlineData("depthwise_mult2", 1, 1, 1, 1, 1, 3)]
    [InlineData("1x1", 1, 1, 0, 0, 1, 1)]
    [InlineData("asym", 2, 1, 1, 2, 1, 1)]
    [InlineData("11x11_s4", 4, 4, 0, 0, 1, 1)]
    public void Conv(string name, int strideY, int strideX, int paddingY, int paddingX, int dilation, int groups)
    {
        GoldenCase golden = GoldenCase.Open("conv2d_" + name);
        ParameterSet parameters = Parameters(golden);
        Parameter? bias = golden.Has("in.b") ? parameters["in.b"] : null;
        golden.AssertClose("out.y", EagerLayers.Conv(
            golden.Tensor("in.x"),
            parameters["in.w"],
            bias,
            strideY,
            strideX,
            paddingY,
            paddingX,
            dilation,
            dilation,
            groups,
            Dsl.Activation.None));
    }

    [SkippableTheory]
    [InlineData("k2s2", 2, 0, 0, 1, 1)]
    [InlineData("k4s2p1", 2, 1, 0, 1, 1)]
    [InlineData("k3s2p1op1", 2, 1, 1, 1, 1)]
    [InlineData("dil2", 1, 1, 0, 2, 1)]
    [InlineData("groups2", 2, 1, 1, 1, 2)]
    public void ConvTranspose(string name, int stride, int padding, int outputPadding, int dilation, int groups)
    {
        GoldenCase golden = GoldenCase.Open("tconv_" + name);
        ParameterSet parameters = Parameters(golden);
        golden.AssertClose("out.y", EagerLayers.ConvTranspose(
            golden.Tensor("in.x"), parameters["in.w"], parameters["in.b"], stride, padding, outputPadding, dilation, groups,
            Dsl.Activation.None));
    }

    [SkippableTheory]
    [InlineData("local2d_s1", 1)]
    [InlineData("local2d_s2", 2)]
    public void LocalConv(string name, int stride)
    {
        GoldenCase golden = GoldenCase.Open(name);
        ParameterSet parameters = Parameters(golden);
        golden.AssertClose("out.y", EagerLayers.LocalConv(
            golden.Tensor("in.x"), parameters["in.w"], parameters["in.b"], stride, 1, Dsl.Activation.None));
    }

    [SkippableTheory]
    [InlineData(4)]
    [InlineData(16)]
    public void BilinearKernel(int size)
    {
        GoldenCase golden = GoldenCase.Open($"fcn_bilinear_kernel_{size}");
        float[] weights = new float[size * size];
        Initializer.Bilinear(1, 1, size, size).Fill(weights, 0, 0);
        golden.AssertClose("out.w", new Tensor(weights, size, size));
    }

    [SkippableTheory]
    [InlineData("maxpool_k2s2", 2, 0, 0)]
    [InlineData("maxpool_k3s2p1", 3, 2, 1)]
    [InlineData("maxpool_ties", 2, 2, 0)]
    public void MaxPool(string name, int size, int stride, int padding)
    {
        GoldenCase golden = GoldenCase.Open(name);
        golden.AssertClose("out.y", Functions.MaxPool(golden.Tensor("in.x"), size, stride, padding));
    }

    [SkippableFact]
    public void RoundedUpAndDilatedMaxPools()
    {
        GoldenCase golden = GoldenCase.Open("maxpool_ceil");
        golden.AssertClose("out.y", Functions.MaxPool(golden.Tensor("in.x"), 3, 2, ceil: true));
        golden = GoldenCase.Open("maxpool_dil2");
        golden.AssertClose("out.y", Functions.MaxPool(golden.Tensor("in.x"), 2, 1, dilation: 2));
    }

    [SkippableFact]
    public void AdaptiveAndGlobalAveragePools()
    {
        GoldenCase golden = GoldenCase.Open("adaptive_avgpool");
        golden.AssertClose("out.y", Functions.AdaptiveAvgPool(golden.Tensor("in.x"), 3, 2));
        golden = GoldenCase.Open("global_avgpool");
        golden.AssertClose("out.y", Functions.GlobalAvgPool(golden.Tensor("in.x")));
    }

    [SkippableFact]
    public void MaxUnpool()
    {
        // The file's index is a pixel of the image, ours a tap of the window.
        GoldenCase golden = GoldenCase.Open("maxunpool_k2s2");
        Tensor index = new(
            [.. golden.Doubles("aux.idx").Select(static p => (float)(((int)p / 6 % 2 * 2) + ((int)p % 2)))], golden.Shape("aux.idx"));
        golden.AssertClose("out.y", Functions.MaxUnpool(golden.Tensor("in.v"), index, 2));
    }

    [SkippableTheory]
    [InlineData("up_nearest_sf1p7", 1.7, UpsampleMode.Nearest, false)]
    [InlineData("up_nearest_exact_sf1p7", 1.7, UpsampleMode.NearestExact, false)]
    [InlineData("up_bilinear_noac_sf1p7", 1.7, UpsampleMode.Bilinear, false)]
    [InlineData("up_bilinear_ac_x2", 2, UpsampleMode.Bilinear, true)]
    [InlineData("up_bicubic_noac_sf1p7", 1.7, UpsampleMode.Bicubic, false)]
    [InlineData("up_bicubic_ac_sf1p7", 1.7, UpsampleMode.Bicubic, true)]
    public void Upsample(string name, double scale, UpsampleMode mode, bool alignCorners)
    {
        GoldenCase golden = GoldenCase.Open(name);
        golden.AssertClose("out.y", Functions.Upsample(golden.Tensor("in.x"), scale, mode, alignCorners));
    }

    [SkippableTheory]
    [InlineData("avgpool_k3s2p1_incl", true)]
    [InlineData("avgpool_k3s2p1_excl", false)]
    public void AvgPool(string name, bool countPadding)
    {
        GoldenCase golden = GoldenCase.Open(name);
        golden.AssertClose("out.y", Functions.AvgPool(golden.Tensor("in.x"), 3, 2, 1, countPadding));
    }

    [SkippableTheory]
    [InlineData("softmax_ce")]
    [InlineData("softmax_ce_pixel")]
    public void CrossEntropy(string name)
    {
        GoldenCase golden = GoldenCase.Open(name);
        golden.AssertClose("out.loss", Functions.CrossEntropy(golden.Tensor("in.z"), golden.Ints("aux.t")));
    }

    [SkippableFact]
    public void CrossEntropyOfExtremeLogitsIsTheMeanOfTheSamples()
    {
        GoldenCase golden = GoldenCase.Open("softmax_ce_extreme");
        float loss = Functions.CrossEntropy(golden.Tensor("in.z"), golden.Ints("aux.t")).Scalar;
        Assert.Equal(golden.Doubles("out.loss").Average(), loss, 1e-4 * loss);
    }

    [SkippableFact]
    public void MeanSquaredError()
    {
        GoldenCase golden = GoldenCase.Open("mse");
        golden.AssertClose("out.loss", Functions.MeanSquaredError(golden.Tensor("in.x"), golden.Tensor("aux.t")));
    }

    private static ParameterSet Parameters(GoldenCase golden)
    {
        string[] names = [.. new[] { "in.w", "in.g", "in.b" }.Where(golden.Has)];
        ParameterSet set =
            new([.. names.Select(name => new ParameterInfo(name, golden.Shape(name), Initializer.Zeros(), false))]);
        foreach (string name in names)
        {
            set[name].CopyFrom(golden.Tensor(name).Values);
        }

        return set;
    }
}
