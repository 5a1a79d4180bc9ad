namespace Models.Segmentation;

/// <summary>
/// FCN-32s over VGG16 for the 21 classes of PASCAL VOC, scores for every 32 pixels, enlarged at once; the paper reports
/// 59.4 % mean intersection over union on VOC 2011 (Long, Shelhamer and Darrell 2015, arXiv:1411.4038).
/// </summary>
[Model(Example = "b=1, h=16, w=16")]
public sealed partial class Fcn32s
{
    /// <summary>Scores of all classes at every pixel.</summary>
    [Use<FcnTrunk>(64, 4096, 21, 32)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>Scores of the classes for each pixel.</summary>
    /// <param name="image">Red, green and blue, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 21, "32*h", "32*w")]
    public Tensor Forward([Shape("b", 3, "32*h", "32*w")] Tensor image) => Trunk(image);

    /// <summary>Mean cross-entropy of all pixels whose label is not 255.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="label">The class of every pixel, or 255 where nobody knows.</param>
    public Tensor Loss([Shape("b", 3, "32*h", "32*w")] Tensor image, [Shape("b", "32*h", "32*w")] IntTensor label)
        => CrossEntropy(Forward(image), label, 255);
}
