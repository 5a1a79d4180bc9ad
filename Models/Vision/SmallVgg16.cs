namespace Models.Vision;

/// <summary>
/// VGG16 with a sixteenth of its channels, for images of 64×64 and ten classes.
/// </summary>
[Model(Example = "b=32")]
public sealed partial class SmallVgg16
{
    /// <summary>What is where.</summary>
    [Use<VggTrunk>(4)]
    private partial (Tensor Third, Tensor Fourth, Tensor Fifth) Trunk(Tensor x);

    /// <summary>Three perceptrons.</summary>
    [Use<VggClassifier>(32, 10)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the classes.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", 3, 64, 64)] Tensor image) => Classify(Trunk(image).Fifth);

    /// <summary>Mean cross-entropy of the scores.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">The true classes.</param>
    public Tensor Loss([Shape("b", 3, 64, 64)] Tensor image, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}
