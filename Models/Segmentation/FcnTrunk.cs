using Models.Vision;

namespace Models.Segmentation;

/// <summary>
/// A fully convolutional network over VGG16 (Long, Shelhamer and Darrell 2015, "Fully Convolutional Networks for
/// Semantic Segmentation", arXiv:1411.4038): coarse scores, enlarged by transposed convolutions that begin as bilinear
/// interpolation, to which the finer variants add scores of earlier stages. Images [b, c, 32·h, 32·w] become [b,
/// classes, 32·h, 32·w].
/// </summary>
/// <remarks>
/// As in the authors' code the image gets a border of 100 zeros, so that the first perceptron has something to see for
/// every size, and what is enlarged is cut to the image where unit and pixel lie over each other: 19, 27 and 31 pixels
/// from the top left corner for the strides 32, 16 and 8. Their pools round up and these down, which only moves the
/// other end.
/// </remarks>
/// <param name="width">Channels of VGG's first stage; 64 in the paper.</param>
/// <param name="hidden">Channels of what was the classifier; 4096.</param>
/// <param name="classes">Classes, the background included; 21 for PASCAL VOC.</param>
/// <param name="stride">32, 16 or 8: pixels between the finest scores.</param>
[Block]
public sealed partial class FcnTrunk(int width, int hidden, int classes, int stride)
{
    /// <summary>Features at an eighth, a sixteenth and a thirty-second of the size.</summary>
    [Use<VggTrunk>(nameof(width), 100)]
    private partial (Tensor Third, Tensor Fourth, Tensor Fifth) Backbone(Tensor x);

    /// <summary>Scores for every 32 pixels.</summary>
    [Use<FcnHead>(nameof(hidden), 7, nameof(classes))]
    private partial Tensor Head(Tensor x);

    /// <summary>Scores for every 16 pixels.</summary>
    [Conv(nameof(classes), 1)]
    private partial Tensor ScoreFourth(Tensor x);

    /// <summary>Scores for every 8 pixels.</summary>
    [Conv(nameof(classes), 1)]
    private partial Tensor ScoreThird(Tensor x);

    /// <summary>From every 32 pixels to every 16.</summary>
    [ConvTranspose(nameof(classes), 4, Stride = 2, Bias = false, Initializer = WeightInitializer.Bilinear)]
    private partial Tensor Twice(Tensor x);

    /// <summary>From every 16 pixels to every 8.</summary>
    [ConvTranspose(nameof(classes), 4, Stride = 2, Bias = false, Initializer = WeightInitializer.Bilinear)]
    private partial Tensor TwiceAgain(Tensor x);

    /// <summary>To every pixel.</summary>
    [ConvTranspose(
        nameof(classes), "2*stride", Stride = nameof(stride), Bias = false, Initializer = WeightInitializer.Bilinear)]
    private partial Tensor Enlarge(Tensor x);

    /// <summary>[b, classes, 32·h, 32·w].</summary>
    /// <param name="image">[b, c, 32·h, 32·w].</param>
    public Tensor Forward(Tensor image)
    {
        var (third, fourth, fifth) = Backbone(image);
        Tensor coarse = Head(fifth);
        if (stride == 32)
        {
            return Crop(Enlarge(coarse), 19, 13, 19, 13);
        }

        Tensor finer = Twice(coarse) + Crop(ScoreFourth(fourth), 5, 5, 5, 5);
        if (stride == 16)
        {
            return Crop(Enlarge(finer), 27, 21, 27, 21);
        }

        Tensor finest = TwiceAgain(finer) + Crop(ScoreThird(third), 9, 9, 9, 9);
        return Crop(Enlarge(finest), 31, 25, 31, 25);
    }
}
