namespace Models.Face;

/// <summary>
/// SphereFace of 20 layers: from an aligned face, 112 high and 96 wide, to 512 numbers whose angles tell people apart
/// (Liu, Wen, Yu, Li, Raj and Song 2017, "SphereFace: Deep Hypersphere Embedding for Face Recognition",
/// arXiv:1704.08063). Learns the 10,572 people of CASIA-WebFace by angles four times as large as they are.
/// </summary>
[Model(Example = "b=16")]
public sealed partial class SphereFace20
{
    /// <summary>What a face is described by.</summary>
    [Use<SphereFaceTrunk>(64, 1, 2, 4, 1, 512)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>Who it is, with a margin.</summary>
    [MarginSoftmax(10_572, Kind = Margin.ASoftmax)]
    private partial Tensor Classify(Tensor x, IntTensor person);

    /// <summary>Descriptions; the cosine of two says how alike the faces are.</summary>
    /// <param name="image">Red, green and blue from -1 to 1.</param>
    [return: Shape("b", 512)]
    public Tensor Forward([Shape("b", 3, 112, 96)] Tensor image) => Trunk(image);

    /// <summary>Mean cross-entropy with the margin.</summary>
    /// <param name="image">Red, green and blue.</param>
    /// <param name="person">Who it is.</param>
    public Tensor Loss([Shape("b", 3, 112, 96)] Tensor image, [Shape("b")] IntTensor person)
        => Classify(Forward(image), person);
}
