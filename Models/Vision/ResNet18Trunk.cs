namespace Models.Vision;

/// <summary>ResNet-18 without its classifier: a stem and four stages of two basic blocks, each but the first with half
/// the size and twice the channels.</summary>
/// <param name="width">Channels of the stem; 64 in the paper.</param>
[Block]
public sealed partial class ResNet18Trunk(int width)
{
    /// <summary>A quarter of the size.</summary>
    [Use<ResNetStem>(nameof(width))]
    private partial Tensor Stem(Tensor x);

    /// <summary>At a quarter.</summary>
    [Use<BasicBlock>(nameof(width), Repeat = 2)]
    private partial Tensor One(Tensor x);

    /// <summary>To an eighth.</summary>
    [Use<BasicBlock>("2*width", 2)]
    private partial Tensor Two(Tensor x);

    /// <summary>At an eighth.</summary>
    [Use<BasicBlock>("2*width")]
    private partial Tensor TwoAgain(Tensor x);

    /// <summary>To a sixteenth.</summary>
    [Use<BasicBlock>("4*width", 2)]
    private partial Tensor Three(Tensor x);

    /// <summary>At a sixteenth.</summary>
    [Use<BasicBlock>("4*width")]
    private partial Tensor ThreeAgain(Tensor x);

    /// <summary>To a thirty-second.</summary>
    [Use<BasicBlock>("8*width", 2)]
    private partial Tensor Four(Tensor x);

    /// <summary>At a thirty-second.</summary>
    [Use<BasicBlock>("8*width")]
    private partial Tensor FourAgain(Tensor x);

    /// <summary>[b, 8·width, h/32, w/32].</summary>
    /// <param name="image">[b, c, h, w].</param>
    public Tensor Forward(Tensor image) =>
        FourAgain(Four(ThreeAgain(Three(TwoAgain(Two(One(Stem(image))))))));
}
