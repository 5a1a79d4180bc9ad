namespace Models.Face;

/// <summary>
/// ArcFace's residual network of 50 layers: from an aligned face of 112×112 to 512 numbers, 43,590,848 parameters (Deng,
/// Guo, Xue and Zafeiriou 2019, "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", arXiv:1801.07698).
/// Learns the 85,742 people of MS1MV2, another 43.9 million parameters that only its loss needs.
/// </summary>
[Model(Example = "b=16")]
public sealed partial class IrResNet50
{
    /// <summary>What a face is described by.</summary>
    [Use<IrResNetTrunk>(64, 2, 3, 13, 2, 512)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>Who it is, with a margin.</summary>
    [MarginSoftmax(85_742)]
    private partial Tensor Classify(Tensor x, IntTensor person);

    /// <summary>Descriptions; the cosine of two says how alike the faces are.</summary>
    /// <param name="image">Red, green and blue from -1 to 1.</param>
    [return: Shape("b", 512)]
    public Tensor Forward([Shape("b", 3, 112, 112)] Tensor image) => Trunk(image);

    /// <summary>Mean cross-entropy with the margin.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="person">Who it is.</param>
    public Tensor Loss([Shape("b", 3, 112, 112)] Tensor image, [Shape("b")] IntTensor person)
        => Classify(Forward(image), person);
}
