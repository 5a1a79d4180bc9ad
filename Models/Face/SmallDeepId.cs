namespace Models.Face;

/// <summary>
/// DeepID for 32 people.
/// </summary>
[Model(Example = "b=64")]
public sealed partial class SmallDeepId
{
    /// <summary>The 160 numbers that describe a face.</summary>
    [Use<DeepIdTrunk>]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One score for each person.</summary>
    [Perceptron(32)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the people.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 32)]
    public Tensor Forward([Shape("b", 3, 39, 31)] Tensor image) => Classify(Trunk(image));

    /// <summary>Mean cross-entropy of the scores.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">Who it is.</param>
    public Tensor Loss([Shape("b", 3, 39, 31)] Tensor image, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}
