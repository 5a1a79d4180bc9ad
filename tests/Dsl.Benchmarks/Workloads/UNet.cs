namespace Dsl.Benchmarks.Workloads;

/// <summary>The peer's U-Net on colour images of 128×128 with two classes for each pixel.</summary>
[Model(Example = "b=4")]
internal sealed partial class UNet
{
    [Use<UNetTrunk>(16, 0)]
    private partial Tensor Trunk(Tensor x);

    [Conv(2, 1)]
    private partial Tensor Classify(Tensor x);

    [return: Shape("b", 2, 128, 128)]
    public Tensor Forward([Shape("b", 3, 128, 128)] Tensor image) => Classify(Trunk(image));

    public Tensor Loss([Shape("b", 3, 128, 128)] Tensor image, [Shape("b", 128, 128)] IntTensor mask)
        => CrossEntropy(Forward(image), mask);
}

/// <summary>The same with batch norm after each convolution.</summary>
[Model(Example = "b=4")]
internal sealed partial class UNetNorm
{
    [Use<UNetTrunk>(16, 1)]
    private partial Tensor Trunk(Tensor x);

    [Conv(2, 1)]
    private partial Tensor Classify(Tensor x);

    [return: Shape("b", 2, 128, 128)]
    public Tensor Forward([Shape("b", 3, 128, 128)] Tensor image) => Classify(Trunk(image));

    public Tensor Loss([Shape("b", 3, 128, 128)] Tensor image, [Shape("b", 128, 128)] IntTensor mask)
        => CrossEntropy(Forward(image), mask);
}

/// <summary>Three levels down by maxima and up again, bilinear; each level up sees the level of its size on the way
/// down.</summary>
/// <param name="width">Channels at full size; twice as many on each level below.</param>
/// <param name="norms">How many norms follow each convolution: 0 or 1.</param>
[Block]
internal sealed partial class UNetTrunk(int width, int norms)
{
    [Use<DoubleConv>(nameof(width), nameof(norms))]
    private partial Tensor Down0(Tensor x);

    [Use<DoubleConv>("2*width", nameof(norms))]
    private partial Tensor Down1(Tensor x);

    [Use<DoubleConv>("4*width", nameof(norms))]
    private partial Tensor Down2(Tensor x);

    [Use<DoubleConv>("8*width", nameof(norms))]
    private partial Tensor Middle(Tensor x);

    [Use<DoubleConv>("4*width", nameof(norms))]
    private partial Tensor Up2(Tensor x);

    [Use<DoubleConv>("2*width", nameof(norms))]
    private partial Tensor Up1(Tensor x);

    [Use<DoubleConv>(nameof(width), nameof(norms))]
    private partial Tensor Up0(Tensor x);

    public Tensor Forward(Tensor x)
    {
        Tensor first = Down0(x);
        Tensor second = Down1(MaxPool(first, 2));
        Tensor third = Down2(MaxPool(second, 2));
        Tensor up = Middle(MaxPool(third, 2));
        up = Up2(Concat(third, Upsample(up, 2, UpsampleMode.Bilinear)));
        up = Up1(Concat(second, Upsample(up, 2, UpsampleMode.Bilinear)));
        return Up0(Concat(first, Upsample(up, 2, UpsampleMode.Bilinear)));
    }
}

/// <summary>Two 3×3 convolutions with ReLU, each normalised or not.</summary>
/// <param name="width">Channels of the result.</param>
/// <param name="norms">How many norms follow each convolution: 0 or 1. One that is normalised has no offset.</param>
[Block]
internal sealed partial class DoubleConv(int width, int norms)
{
    [Conv(nameof(width), 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor First(Tensor x);

    [Conv(nameof(width), 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Second(Tensor x);

    [Conv(nameof(width), 3, Padding = 1, Bias = false)]
    private partial Tensor FirstBare(Tensor x);

    [Conv(nameof(width), 3, Padding = 1, Bias = false)]
    private partial Tensor SecondBare(Tensor x);

    [BatchNorm(Activation = Activation.Relu)]
    private partial Tensor FirstNorm(Tensor x);

    [BatchNorm(Activation = Activation.Relu)]
    private partial Tensor SecondNorm(Tensor x);

    public Tensor Forward(Tensor x) =>
        norms > 0 ? SecondNorm(SecondBare(FirstNorm(FirstBare(x)))) : Second(First(x));
}
