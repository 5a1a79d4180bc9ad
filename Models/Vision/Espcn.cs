namespace Models.Vision;

/// <summary>
/// ESPCN, super-resolution of grey images (luma) by 2: three convolutions at the small size, then channels become
/// pixels (Shi et al. 2016, "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel
/// Convolutional Neural Network", arXiv:1609.05158): 64 filters of 5×5, 32 of 3×3, r² of 3×3, with tanh between them.
/// </summary>
[Model(Example = "b=16, h=17, w=17")]
public sealed partial class Espcn
{
    /// <summary>Edges.</summary>
    [Conv(64, 5, Padding = 2, Activation = Activation.Tanh)]
    private partial Tensor First(Tensor x);

    /// <summary>What edges make.</summary>
    [Conv(32, 3, Padding = 1, Activation = Activation.Tanh)]
    private partial Tensor Second(Tensor x);

    /// <summary>Four pixels for each.</summary>
    [Conv(4, 3, Padding = 1)]
    private partial Tensor Third(Tensor x);

    /// <summary>The image at twice its size.</summary>
    /// <param name="small">Intensities in 0 … 1.</param>
    [return: Shape("b", 1, "2*h", "2*w")]
    public Tensor Forward([Shape("b", 1, "h", "w")] Tensor small) =>
        PixelShuffle(Third(Second(First(small))), 2);

    /// <summary>Mean squared distance from the large image.</summary>
    /// <param name="small">Intensities in 0 … 1.</param>
    /// <param name="large">The same scene at twice the size.</param>
    public Tensor Loss([Shape("b", 1, "h", "w")] Tensor small, [Shape("b", 1, "2*h", "2*w")] Tensor large)
        => MeanSquaredError(Forward(small), large);
}
