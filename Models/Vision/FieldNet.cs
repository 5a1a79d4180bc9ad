namespace Models.Vision;

/// <summary>
/// Eight 3×3 convolutions on a grey image of 64×64, the third with a stride of 2: a filter to learn, and a network
/// whose
/// receptive field of 27×27 can be looked at. It is the stack of Luo et al., "Understanding the Effective Receptive
/// Field in
/// Deep Convolutional Neural Networks" (2016), with a step in it.
/// </summary>
[Model(Example = "b=1", InputGradients = true)]
public sealed partial class FieldNet
{
    /// <summary>Edges.</summary>
    [Conv(8, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor First(Tensor x);

    /// <summary>Corners.</summary>
    [Conv(8, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Second(Tensor x);

    /// <summary>Halves the image.</summary>
    [Conv(8, 3, Stride = 2, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Third(Tensor x);

    /// <summary>Sees farther with each layer.</summary>
    [Conv(8, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Fourth(Tensor x);

    /// <summary>Sees farther.</summary>
    [Conv(8, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Fifth(Tensor x);

    /// <summary>Sees farther.</summary>
    [Conv(8, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Sixth(Tensor x);

    /// <summary>Sees farther.</summary>
    [Conv(8, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Seventh(Tensor x);

    /// <summary>One number for each 2×2 pixels.</summary>
    [Conv(1, 3, Padding = 1)]
    private partial Tensor Eighth(Tensor x);

    /// <summary>The filtered image, halved.</summary>
    /// <param name="image">Intensities around 0.</param>
    [return: Shape("b", 1, 32, 32)]
    public Tensor Forward([Shape("b", 1, 64, 64)] Tensor image) =>
        Eighth(Seventh(Sixth(Fifth(Fourth(Third(Second(First(image))))))));

    /// <summary>Mean squared distance from the image that is wanted.</summary>
    /// <param name="image">Intensities around 0.</param>
    /// <param name="target">What the filter should give.</param>
    public Tensor Loss([Shape("b", 1, 64, 64)] Tensor image, [Shape("b", 1, 32, 32)] Tensor target) =>
        MeanSquaredError(Forward(image), target);
}
