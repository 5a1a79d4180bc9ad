namespace Models.Face;

/// <summary>
/// DeepID: from a patch of a face, 39 high and 31 wide, to one of the 10177 people of CelebFaces+ (Sun, Wang and Tang
/// 2014, "Deep Learning Face Representation from Predicting 10,000 Classes", CVPR). The paper has sixty of them, one
/// for each patch, and compares faces by what their trunks give.
/// </summary>
[Model(Example = "b=64")]
public sealed partial class DeepId
{
    /// <summary>The 160 numbers that describe a face.</summary>
    [Use<DeepIdTrunk>]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One score for each person.</summary>
    [Perceptron(10177)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the people.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 10177)]
    public Tensor Forward([Shape("b", 3, 39, 31)] Tensor image) => Classify(Trunk(image));

    /// <summary>Mean cross-entropy of the scores.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">Who it is.</param>
    public Tensor Loss([Shape("b", 3, 39, 31)] Tensor image, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}
