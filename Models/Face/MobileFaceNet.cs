namespace Models.Face;

/// <summary>
/// MobileFaceNet: from an aligned face of 112×112 to 128 numbers with a million parameters (Chen, Liu, Gao and Han 2018,
/// "MobileFaceNets: Efficient CNNs for Accurate Real-Time Face Verification on Mobile Devices", arXiv:1804.07573). Learns
/// the 10,572 people of CASIA-WebFace with ArcFace's margin.
/// </summary>
[Model(Example = "b=16")]
public sealed partial class MobileFaceNet
{
    /// <summary>What a face is described by.</summary>
    [Use<MobileFaceTrunk>(64, 4, 6, 2, 512, 7, 128)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>Who it is, with a margin.</summary>
    [MarginSoftmax(10_572)]
    private partial Tensor Classify(Tensor x, IntTensor person);

    /// <summary>Descriptions; the cosine of two says how alike the faces are.</summary>
    /// <param name="image">Red, green and blue from -1 to 1.</param>
    [return: Shape("b", 128)]
    public Tensor Forward([Shape("b", 3, 112, 112)] Tensor image) => Trunk(image);

    /// <summary>Mean cross-entropy with the margin.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="person">Who it is.</param>
    public Tensor Loss([Shape("b", 3, 112, 112)] Tensor image, [Shape("b")] IntTensor person)
        => Classify(Forward(image), person);
}
