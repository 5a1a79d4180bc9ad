using Dsl;
using Models.Face;

namespace Samples.Faces;

/// <summary>The network of <c>faces verify</c>: ArcFace's residual network with a quarter of its channels and two
/// blocks in each stage, for aligned faces at half the template's size.</summary>
[Model(Example = "b=64")]
internal sealed partial class FaceNet
{
    /// <summary>Numbers that describe a face.</summary>
    public const int Features = 128;

    /// <summary>Identities that it is trained on.</summary>
    public const int Classes = 2000;

    /// <summary>What a face is described by.</summary>
    [Use<IrResNetTrunk>(16, 1, 1, 1, 1, Features)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>Who it is, with a margin.</summary>
    [MarginSoftmax(Classes, Scale = 20, Angle = 0.35)]
    private partial Tensor Classify(Tensor x, IntTensor person);

    /// <summary>Descriptions; the cosine of two says how alike the faces are.</summary>
    /// <param name="image">Red, green and blue from -1 to 1.</param>
    [return: Shape("b", Features)]
    public Tensor Forward([Shape("b", 3, FaceCrop.Side, FaceCrop.Side)] Tensor image) => Trunk(image);

    /// <summary>Mean cross-entropy with the margin.</summary>
    /// <param name="image">Red, green and blue from -1 to 1.</param>
    /// <param name="person">Who it is.</param>
    public Tensor Loss([Shape("b", 3, FaceCrop.Side, FaceCrop.Side)] Tensor image, [Shape("b")] IntTensor person)
        => Classify(Forward(image), person);
}
