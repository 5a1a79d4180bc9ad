namespace Dsl.Benchmarks.Workloads;

/// <summary>ResNet-18 on colour images of 64×64 (He et al. 2015, arXiv:1512.03385).</summary>
[Model(Example = "b=8")]
internal sealed partial class ResNet
{
    [Conv(64, 7, Stride = 2, Padding = 3, Bias = false)]
    private partial Tensor Stem(Tensor x);

    [BatchNorm(Activation = Activation.Relu)]
    private partial Tensor StemNorm(Tensor x);

    [Use<Residual>(64, 1, Repeat = 2)]
    private partial Tensor Quarter(Tensor x);

    [Use<Residual>(128, 2)]
    private partial Tensor ToEighth(Tensor x);

    [Use<Residual>(128, 1)]
    private partial Tensor Eighth(Tensor x);

    [Use<Residual>(256, 2)]
    private partial Tensor ToSixteenth(Tensor x);

    [Use<Residual>(256, 1)]
    private partial Tensor Sixteenth(Tensor x);

    [Use<Residual>(512, 2)]
    private partial Tensor ToLast(Tensor x);

    [Use<Residual>(512, 1)]
    private partial Tensor Last(Tensor x);

    [Perceptron(1000)]
    private partial Tensor Classify(Tensor x);

    [return: Shape("b", 1000)]
    public Tensor Forward([Shape("b", 3, 64, 64)] Tensor image)
    {
        Tensor x = Quarter(MaxPool(StemNorm(Stem(image)), 3, 2, 1));
        x = Eighth(ToEighth(x));
        x = Sixteenth(ToSixteenth(x));
        return Classify(GlobalAvgPool(Last(ToLast(x))));
    }

    public Tensor Loss([Shape("b", 3, 64, 64)] Tensor image, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}

/// <summary>Two 3×3 convolutions beside a shortcut, which is a 1×1 convolution where the image shrinks.</summary>
/// <param name="width">Channels of the result.</param>
/// <param name="stride">Pixels between neighbouring windows of the first convolution.</param>
[Block]
internal sealed partial class Residual(int width, int stride)
{
    [Conv(nameof(width), 3, Stride = nameof(stride), Padding = 1, Bias = false)]
    private partial Tensor First(Tensor x);

    [BatchNorm(Activation = Activation.Relu)]
    private partial Tensor FirstNorm(Tensor x);

    [Conv(nameof(width), 3, Padding = 1, Bias = false)]
    private partial Tensor Second(Tensor x);

    [BatchNorm]
    private partial Tensor SecondNorm(Tensor x);

    [Conv(nameof(width), 1, Stride = nameof(stride), Bias = false)]
    private partial Tensor Shortcut(Tensor x);

    [BatchNorm]
    private partial Tensor ShortcutNorm(Tensor x);

    public Tensor Forward(Tensor x)
    {
        Tensor y = SecondNorm(Second(FirstNorm(First(x))));
        return Relu(y + (stride > 1 ? ShortcutNorm(Shortcut(x)) : x));
    }
}
