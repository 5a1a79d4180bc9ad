namespace Models.Face;

/// <summary>
/// SphereFace for faces of 32×32 and 100 people, with an eighth of the channels and one pair in each stage. λ begins at
/// 100, for runs of some hundred steps.
/// </summary>
[Model(Example = "b=32")]
public sealed partial class SmallSphereFace
{
    /// <summary>What a face is described by.</summary>
    [Use<SphereFaceTrunk>(8, 1, 1, 1, 1, 32)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>Who it is, with a margin.</summary>
    [MarginSoftmax(100, Kind = Margin.ASoftmax, LambdaBase = 100)]
    private partial Tensor Classify(Tensor x, IntTensor person);

    /// <summary>Descriptions; the cosine of two says how alike the faces are.</summary>
    /// <param name="image">Red, green and blue from -1 to 1.</param>
    [return: Shape("b", 32)]
    public Tensor Forward([Shape("b", 3, 32, 32)] Tensor image) => Trunk(image);

    /// <summary>Mean cross-entropy with the margin.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="person">Who it is.</param>
    public Tensor Loss([Shape("b", 3, 32, 32)] Tensor image, [Shape("b")] IntTensor person)
        => Classify(Forward(image), person);
}
