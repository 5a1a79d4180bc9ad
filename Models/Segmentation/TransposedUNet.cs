namespace Models.Segmentation;

/// <summary>
/// U-Net with transposed convolutions on the way up, as in the paper (Ronneberger, Fischer and Brox 2015,
/// arXiv:1505.04597); otherwise like <see cref="UNet"/>.
/// </summary>
[Model(Example = "b=1, h=32, w=32")]
public sealed partial class TransposedUNet
{
    /// <summary>What is around each pixel, near and far.</summary>
    [Use<DeepUNetTrunk>(64, 1)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One number for each class.</summary>
    [Conv(2, 1)]
    private partial Tensor Score(Tensor x);

    /// <summary>Scores of the classes for each pixel.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 2, "16*h", "16*w")]
    public Tensor Forward([Shape("b", 3, "16*h", "16*w")] Tensor image) => Score(Trunk(image));

    /// <summary>Mean cross-entropy of all pixels whose label is not 255.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">The class of every pixel, or 255 where nobody knows.</param>
    public Tensor Loss([Shape("b", 3, "16*h", "16*w")] Tensor image, [Shape("b", "16*h", "16*w")] IntTensor label)
        => CrossEntropy(Forward(image), label, 255);
}
