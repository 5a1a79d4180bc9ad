namespace Models.Face;

/// <summary>MobileFaceNet without its classes, table 1 of Chen et al. 2018 (arXiv:1804.07573). Its last convolution weighs
/// every place of every channel, where others take the mean: the middle of a face says more than its corners.</summary>
/// <param name="width">Channels of the stem; 64 in the paper.</param>
/// <param name="one">Bottlenecks at a quarter of the size behind the first; 4.</param>
/// <param name="two">At an eighth; 6.</param>
/// <param name="three">At a sixteenth; 2.</param>
/// <param name="deep">Channels before the last convolution; 512.</param>
/// <param name="window">Height and width there: the image's by 16; 7.</param>
/// <param name="features">Numbers that describe a face; 128.</param>
[Block]
public sealed partial class MobileFaceTrunk(
    int width, int one, int two, int three, int deep, int window, int features)
{
    /// <summary>Edges, at half the size.</summary>
    [Conv(nameof(width), 3, Stride = 2, Padding = 1, Bias = false)]
    private partial Tensor Stem(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor StemNorm(Tensor x);

    /// <summary>A slope of its own for each channel, here and below.</summary>
    [PRelu]
    private partial Tensor StemSlope(Tensor x);

    /// <summary>Looks around, each channel by itself.</summary>
    [Conv(nameof(width), 3, Padding = 1, Groups = nameof(width), Bias = false)]
    private partial Tensor Look(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor LookNorm(Tensor x);

    /// <summary>Its rectifier.</summary>
    [PRelu]
    private partial Tensor LookSlope(Tensor x);

    /// <summary>To a quarter.</summary>
    [Use<MobileBottleneck>(nameof(width), "2*width", 2, false)]
    private partial Tensor One(Tensor x);

    /// <summary>At a quarter.</summary>
    [Use<MobileBottleneck>(nameof(width), "2*width", Repeat = nameof(one))]
    private partial Tensor OneAgain(Tensor x);

    /// <summary>To an eighth.</summary>
    [Use<MobileBottleneck>("2*width", "4*width", 2, false)]
    private partial Tensor Two(Tensor x);

    /// <summary>At an eighth.</summary>
    [Use<MobileBottleneck>("2*width", "4*width", Repeat = nameof(two))]
    private partial Tensor TwoAgain(Tensor x);

    /// <summary>To a sixteenth.</summary>
    [Use<MobileBottleneck>("2*width", "8*width", 2, false)]
    private partial Tensor Three(Tensor x);

    /// <summary>At a sixteenth.</summary>
    [Use<MobileBottleneck>("2*width", "4*width", Repeat = nameof(three))]
    private partial Tensor ThreeAgain(Tensor x);

    /// <summary>What is where.</summary>
    [Conv(nameof(deep), 1, Bias = false)]
    private partial Tensor Deepen(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor DeepNorm(Tensor x);

    /// <summary>Its rectifier.</summary>
    [PRelu]
    private partial Tensor DeepSlope(Tensor x);

    /// <summary>All places, each channel by itself, linear.</summary>
    [Conv(nameof(deep), nameof(window), Groups = nameof(deep), Bias = false)]
    private partial Tensor Weigh(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor WeighNorm(Tensor x);

    /// <summary>The description, linear.</summary>
    [Conv(nameof(features), 1, Bias = false)]
    private partial Tensor Embed(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor EmbedNorm(Tensor x);

    /// <summary>[b, features].</summary>
    /// <param name="face">[b, 3, 16·window, 16·window], aligned.</param>
    public Tensor Forward(Tensor face)
    {
        Tensor y = LookSlope(LookNorm(Look(StemSlope(StemNorm(Stem(face))))));
        y = ThreeAgain(Three(TwoAgain(Two(OneAgain(One(y))))));
        y = WeighNorm(Weigh(DeepSlope(DeepNorm(Deepen(y)))));
        return Flatten(EmbedNorm(Embed(y)));
    }
}
