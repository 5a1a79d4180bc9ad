using Dsl;
using Models.Face;
using static Dsl.Functions;

namespace Samples.Features;

/// <summary>An embedding of digits that can be drawn: four blocks that each halve the size, and a perceptron with two
/// outputs. Nothing rectifies or normalises these two, so that every direction of the plane is open to a class.
/// [b, 1, 28, 28] to [b, 2].</summary>
/// <param name="width">Channels of the first block; the second has twice as many, the others four times.</param>
[Block]
internal sealed partial class FeatureTrunk(int width)
{
    /// <summary>Height and width of an image.</summary>
    public const int Side = 28;

    /// <summary>Numbers that describe a digit.</summary>
    public const int Features = 2;

    /// <summary>Digits.</summary>
    public const int Classes = 10;

    /// <summary>Channels of the models.</summary>
    public const int Width = 16;

    /// <summary>Strokes.</summary>
    [Use<GlyphBlock>(nameof(width))]
    private partial Tensor One(Tensor x);

    /// <summary>Corners and crossings.</summary>
    [Use<GlyphBlock>("2*width")]
    private partial Tensor Two(Tensor x);

    /// <summary>Parts.</summary>
    [Use<GlyphBlock>("4*width")]
    private partial Tensor Three(Tensor x);

    /// <summary>Larger parts.</summary>
    [Use<GlyphBlock>("4*width")]
    private partial Tensor Four(Tensor x);

    /// <summary>A point of the plane.</summary>
    [Perceptron(Features)]
    private partial Tensor Place(Tensor x);

    /// <summary>[b, 2].</summary>
    /// <param name="image">[b, 1, 28, 28].</param>
    public Tensor Forward(Tensor image) => Place(Flatten(Four(Three(Two(One(image))))));
}
