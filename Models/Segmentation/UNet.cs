namespace Models.Segmentation;

/// <summary>
/// U-Net as it is mostly built today: 64 channels at full size, halved four times, bilinear interpolation on the way
/// up, batch normalisation, padded convolutions (Ronneberger, Fischer and Brox 2015, "U-Net: Convolutional Networks for
/// Biomedical Image Segmentation", arXiv:1505.04597). The paper's own convolutions take a border away.
/// </summary>
[Model(Example = "b=1, h=32, w=32")]
public sealed partial class UNet
{
    /// <summary>What is around each pixel, near and far.</summary>
    [Use<DeepUNetTrunk>(64, 2)]
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
