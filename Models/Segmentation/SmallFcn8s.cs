namespace Models.Segmentation;

/// <summary>
/// FCN-8s with a sixteenth of the channels and four classes.
/// </summary>
[Model(Example = "b=4, h=2, w=2")]
public sealed partial class SmallFcn8s
{
    /// <summary>Scores of all classes at every pixel.</summary>
    [Use<FcnTrunk>(4, 16, 4, 8)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>Scores of the classes for each pixel.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 4, "32*h", "32*w")]
    public Tensor Forward([Shape("b", 3, "32*h", "32*w")] Tensor image) => Trunk(image);

    /// <summary>Mean cross-entropy of all pixels whose label is not 255.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">The class of every pixel, or 255 where nobody knows.</param>
    public Tensor Loss([Shape("b", 3, "32*h", "32*w")] Tensor image, [Shape("b", "32*h", "32*w")] IntTensor label)
        => CrossEntropy(Forward(image), label, 255);
}
