namespace Models.Vision;

/// <summary>ResNet-50 without its classifier: a stem and stages of 3, 4, 6 and 3 bottlenecks, each stage but the first
/// with half the size and twice the channels.</summary>
/// <param name="width">Channels of the stem; 64 in the paper.</param>
[Block]
public sealed partial class ResNet50Trunk(int width)
{
    /// <summary>A quarter of the size.</summary>
    [Use<ResNetStem>(nameof(width))]
    private partial Tensor Stem(Tensor x);

    /// <summary>At a quarter, four times the channels.</summary>
    [Use<Bottleneck>(nameof(width), 1, true)]
    private partial Tensor One(Tensor x);

    /// <summary>At a quarter.</summary>
    [Use<Bottleneck>(nameof(width), Repeat = 2)]
    private partial Tensor OneAgain(Tensor x);

    /// <summary>To an eighth.</summary>
    [Use<Bottleneck>("2*width", 2, true)]
    private partial Tensor Two(Tensor x);

    /// <summary>At an eighth.</summary>
    [Use<Bottleneck>("2*width", Repeat = 3)]
    private partial Tensor TwoAgain(Tensor x);

    /// <summary>To a sixteenth.</summary>
    [Use<Bottleneck>("4*width", 2, true)]
    private partial Tensor Three(Tensor x);

    /// <summary>At a sixteenth.</summary>
    [Use<Bottleneck>("4*width", Repeat = 5)]
    private partial Tensor ThreeAgain(Tensor x);

    /// <summary>To a thirty-second.</summary>
    [Use<Bottleneck>("8*width", 2, true)]
    private partial Tensor Four(Tensor x);

    /// <summary>At a thirty-second.</summary>
    [Use<Bottleneck>("8*width", Repeat = 2)]
    private partial Tensor FourAgain(Tensor x);

    /// <summary>[b, 32·width, h/32, w/32].</summary>
    /// <param name="image">[b, c, h, w].</param>
    public Tensor Forward(Tensor image) =>
        FourAgain(Four(ThreeAgain(Three(TwoAgain(Two(OneAgain(One(Stem(image)))))))));
}
