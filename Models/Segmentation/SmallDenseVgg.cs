using Models.Vision;

namespace Models.Segmentation;

/// <summary>
/// <see cref="SmallVgg16"/> as a fully convolutional network: the same layers, but its perceptrons are convolutions. An
/// image of 64×64 gets the scores of the classifier, a larger one those of every 64×64 pixels in it, 32 apart.
/// </summary>
[Model(Example = "b=1, h=4, w=4")]
public sealed partial class SmallDenseVgg
{
    /// <summary>What is where.</summary>
    [Use<VggTrunk>(4)]
    private partial (Tensor Third, Tensor Fourth, Tensor Fifth) Trunk(Tensor x);

    /// <summary>Scores of every place.</summary>
    [Use<FcnHead>(32, 2, 10)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the classes for every place.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 10, "h - 1", "w - 1")]
    public Tensor Forward([Shape("b", 3, "32*h", "32*w")] Tensor image) => Classify(Trunk(image).Fifth);

    /// <summary>Mean cross-entropy of all places.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">The class of every place.</param>
    public Tensor Loss([Shape("b", 3, "32*h", "32*w")] Tensor image, [Shape("b", "h - 1", "w - 1")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}
