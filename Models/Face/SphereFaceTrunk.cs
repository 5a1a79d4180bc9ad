namespace Models.Face;

/// <summary>SphereFace without its classes: four stages, each with half the size of the one before and twice its channels,
/// and a perceptron (Liu et al. 2017). Nothing is normalised by the batch.</summary>
/// <param name="width">Channels of the first stage; 64 in the paper.</param>
/// <param name="one">Residual pairs of the first stage; 1 where there are 20 layers.</param>
/// <param name="two">Of the second; 2.</param>
/// <param name="three">Of the third; 4.</param>
/// <param name="four">Of the fourth; 1.</param>
/// <param name="features">Numbers that describe a face; 512.</param>
[Block]
public sealed partial class SphereFaceTrunk(int width, int one, int two, int three, int four, int features)
{
    /// <summary>Half the size.</summary>
    [Use<SphereStage>(nameof(width), nameof(one))]
    private partial Tensor One(Tensor x);

    /// <summary>A quarter.</summary>
    [Use<SphereStage>("2*width", nameof(two))]
    private partial Tensor Two(Tensor x);

    /// <summary>An eighth.</summary>
    [Use<SphereStage>("4*width", nameof(three))]
    private partial Tensor Three(Tensor x);

    /// <summary>A sixteenth.</summary>
    [Use<SphereStage>("8*width", nameof(four))]
    private partial Tensor Four(Tensor x);

    /// <summary>The description.</summary>
    [Perceptron(nameof(features))]
    private partial Tensor Embed(Tensor x);

    /// <summary>[b, features].</summary>
    /// <param name="face">[b, 3, h, w], aligned.</param>
    public Tensor Forward(Tensor face) => Embed(Flatten(Four(Three(Two(One(face))))));
}
