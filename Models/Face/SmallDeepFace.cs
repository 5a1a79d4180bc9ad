namespace Models.Face;

/// <summary>
/// DeepFace for faces of 64×64 and 32 people, with smaller windows and 256 features.
/// </summary>
[Model(Example = "b=16")]
public sealed partial class SmallDeepFace
{
    /// <summary>What a face is described by.</summary>
    [Use<DeepFaceTrunk>(16, 5, 8, 5, 5, 5, 3, 256)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One score for each person.</summary>
    [Perceptron(32)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the people.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 32)]
    public Tensor Forward([Shape("b", 3, 64, 64)] Tensor image) => Classify(Trunk(image));

    /// <summary>Mean cross-entropy of the scores.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">Who it is.</param>
    public Tensor Loss([Shape("b", 3, 64, 64)] Tensor image, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}
