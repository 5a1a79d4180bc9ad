namespace Models.Segmentation;

/// <summary>
/// A small U-Net that tells circles, squares, triangles and background apart in grey images of any size that is a
/// multiple of 8: 16 channels at full size, halved three times, one logit for each class and pixel.
/// </summary>
[Model(Example = "b=16, h=8, w=8")]
public sealed partial class ShapeUNet
{
    /// <summary>What is around each pixel, near and far.</summary>
    [Use<UNetTrunk>(16, 16, 2)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One number for each class.</summary>
    [Conv(4, 1)]
    private partial Tensor Score(Tensor x);

    /// <summary>Logits of the four classes for each pixel.</summary>
    /// <param name="image">Intensities, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 4, "8*h", "8*w")]
    public Tensor Forward([Shape("b", 1, "8*h", "8*w")] Tensor image) => Score(Trunk(image));

    /// <summary>Mean cross-entropy of all pixels.</summary>
    /// <param name="image">Intensities.</param>
    /// <param name="label">The class of every pixel.</param>
    public Tensor Loss([Shape("b", 1, "8*h", "8*w")] Tensor image, [Shape("b", "8*h", "8*w")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}
