namespace Models.Segmentation;

/// <summary>
/// A small U-Net that finds nuclei in grey images of any size that is a multiple of 8: 16 channels at full size, halved
/// three times, one logit for each pixel.
/// </summary>
[Model(Example = "b=8, h=16, w=16")]
public sealed partial class NucleusUNet
{
    /// <summary>What is around each pixel, near and far.</summary>
    [Use<UNetTrunk>(16, 16, 2)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One number for each pixel.</summary>
    [Conv(1, 1)]
    private partial Tensor Score(Tensor x);

    /// <summary>A logit for each pixel: above 0 where a nucleus is more likely than not.</summary>
    /// <param name="image">Intensities, best around 0 with a deviation near 1.</param>
    [return: Shape("b", 1, "8*h", "8*w")]
    public Tensor Forward([Shape("b", 1, "8*h", "8*w")] Tensor image) => Score(Trunk(image));

    /// <summary>Binary cross-entropy plus 1 - Dice = 1 - (2·Σ p·t + 1)/(Σ p + Σ t + 1): the first says what each pixel
    /// is, the second does not care how many pixels are background (Milletari et al. 2016, arXiv:1606.04797).</summary>
    /// <param name="image">Intensities.</param>
    /// <param name="label">0 for background, 1 for a nucleus; the number of a nucleus counts as 1, too.</param>
    public Tensor Loss([Shape("b", 1, "8*h", "8*w")] Tensor image, [Shape("b", "8*h", "8*w")] IntTensor label)
    {
        Tensor logit = Sum(Forward(image), 1);
        Tensor nucleus = NotEqual(label, 0);
        Tensor found = Sigmoid(logit);
        Tensor common = Sum(found * nucleus);
        return BinaryCrossEntropy(logit, nucleus)
            + (1f - (((2f * common) + 1f) / (Sum(found) + Sum(nucleus) + 1f)));
    }
}
