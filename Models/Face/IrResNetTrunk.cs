namespace Models.Face;

/// <summary>ArcFace's residual network without its classes: a stem that keeps the size, four stages, each with half the
/// size of the one before, and normalisation, dropout, perceptron, normalisation (Deng et al. 2019,
/// arXiv:1801.07698, "option E").</summary>
/// <param name="width">Channels of the stem and the first stage; 64 in the paper.</param>
/// <param name="one">Blocks behind the first of the first stage; 2 where there are 50 layers.</param>
/// <param name="two">Of the second stage; 3.</param>
/// <param name="three">Of the third; 13.</param>
/// <param name="four">Of the fourth; 2.</param>
/// <param name="features">Numbers that describe a face; 512.</param>
[Block]
public sealed partial class IrResNetTrunk(int width, int one, int two, int three, int four, int features)
{
    /// <summary>Edges, at the full size: faces are small.</summary>
    [Conv(nameof(width), 3, Padding = 1, Bias = false)]
    private partial Tensor Stem(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor StemNorm(Tensor x);

    /// <summary>A slope of its own for each channel.</summary>
    [PRelu]
    private partial Tensor StemSlope(Tensor x);

    /// <summary>Half the size.</summary>
    [Use<IrStage>(nameof(width), nameof(one))]
    private partial Tensor One(Tensor x);

    /// <summary>A quarter.</summary>
    [Use<IrStage>("2*width", nameof(two))]
    private partial Tensor Two(Tensor x);

    /// <summary>An eighth.</summary>
    [Use<IrStage>("4*width", nameof(three))]
    private partial Tensor Three(Tensor x);

    /// <summary>A sixteenth.</summary>
    [Use<IrStage>("8*width", nameof(four))]
    private partial Tensor Four(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor LastNorm(Tensor x);

    /// <summary>The description.</summary>
    [Perceptron(nameof(features))]
    private partial Tensor Embed(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor EmbedNorm(Tensor x);

    /// <summary>[b, features].</summary>
    /// <param name="face">[b, 3, h, w], aligned.</param>
    public Tensor Forward(Tensor face)
    {
        Tensor y = LastNorm(Four(Three(Two(One(StemSlope(StemNorm(Stem(face))))))));
        return EmbedNorm(Embed(Flatten(Dropout(y, 0.5f))));
    }
}
