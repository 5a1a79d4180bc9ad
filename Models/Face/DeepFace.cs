namespace Models.Face;

/// <summary>
/// DeepFace: from an aligned face of 152×152 to one of 4030 people, 119 million parameters, nearly all of them in
/// local convolutions and perceptrons (Taigman, Yang, Ranzato and Wolf 2014, "DeepFace: Closing the Gap to Human-Level
/// Performance in Face Verification", CVPR).
/// </summary>
[Model(Example = "b=16")]
public sealed partial class DeepFace
{
    /// <summary>What a face is described by.</summary>
    [Use<DeepFaceTrunk>(32, 11, 16, 9, 9, 7, 5, 4096)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One score for each person.</summary>
    [Perceptron(4030)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the people.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 4030)]
    public Tensor Forward([Shape("b", 3, 152, 152)] Tensor image) => Classify(Trunk(image));

    /// <summary>Mean cross-entropy of the scores.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">Who it is.</param>
    public Tensor Loss([Shape("b", 3, 152, 152)] Tensor image, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}
