namespace Models.Vision;

/// <summary>
/// ResNet-50 with an eighth of its channels, for images of 64×64 and ten classes.
/// </summary>
[Model(Example = "b=32")]
public sealed partial class SmallResNet50
{
    /// <summary>What is where.</summary>
    [Use<ResNet50Trunk>(8)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One score for each class.</summary>
    [Perceptron(10)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the classes.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", 3, 64, 64)] Tensor image) => Classify(GlobalAvgPool(Trunk(image)));

    /// <summary>Mean cross-entropy of the scores.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">The true classes.</param>
    public Tensor Loss([Shape("b", 3, 64, 64)] Tensor image, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}
