namespace Models.Vision;

/// <summary>
/// ResNet-18 for the thousand classes of ImageNet: 11,689,512 parameters (He et al. 2015, "Deep Residual Learning for
/// Image Recognition", arXiv:1512.03385).
/// </summary>
[Model(Example = "b=32")]
public sealed partial class ResNet18
{
    /// <summary>What is where.</summary>
    [Use<ResNet18Trunk>(64)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One score for each class.</summary>
    [Perceptron(1000)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the classes.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 1000)]
    public Tensor Forward([Shape("b", 3, 224, 224)] Tensor image) => Classify(GlobalAvgPool(Trunk(image)));

    /// <summary>Mean cross-entropy of the scores.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">The true classes.</param>
    public Tensor Loss([Shape("b", 3, 224, 224)] Tensor image, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}
