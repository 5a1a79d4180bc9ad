namespace Models.Vision;

/// <summary>
/// VGG16, configuration D, for the thousand classes of ImageNet: 138,357,544 parameters (Simonyan and Zisserman 2014,
/// "Very Deep Convolutional Networks for Large-Scale Image Recognition", arXiv:1409.1556).
/// </summary>
[Model(Example = "b=32")]
public sealed partial class Vgg16
{
    /// <summary>What is where.</summary>
    [Use<VggTrunk>(64)]
    private partial (Tensor Third, Tensor Fourth, Tensor Fifth) Trunk(Tensor x);

    /// <summary>Three perceptrons.</summary>
    [Use<VggClassifier>(4096, 1000)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the classes.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 1000)]
    public Tensor Forward([Shape("b", 3, 224, 224)] Tensor image) => Classify(Trunk(image).Fifth);

    /// <summary>Mean cross-entropy of the scores.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">The true classes.</param>
    public Tensor Loss([Shape("b", 3, 224, 224)] Tensor image, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}
