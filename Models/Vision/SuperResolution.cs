namespace Models.Vision;

/// <summary>
/// What a grey image lacks at twice its size: five convolutions at the small size, the last of which gives the four
/// pixels of each (sub-pixel convolution, Shi et al. 2016, arXiv:1609.05158). It learns the difference from a bicubic
/// enlargement (Kim et al. 2016, arXiv:1511.04587): the caller adds that, and an untrained network is nearly as good as
/// it.
/// </summary>
[Model(Example = "b=16, h=24, w=24")]
public sealed partial class SuperResolution
{
    /// <summary>Edges.</summary>
    [Conv(32, 5, Padding = 2, Activation = Activation.Relu)]
    private partial Tensor Edges(Tensor x);

    /// <summary>Looks farther.</summary>
    [Conv(32, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor First(Tensor x);

    /// <summary>Looks farther.</summary>
    [Conv(32, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Second(Tensor x);

    /// <summary>What the edges need.</summary>
    [Conv(32, 3, Padding = 1)]
    private partial Tensor Third(Tensor x);

    /// <summary>Four pixels for each.</summary>
    [Conv(4, 3, Padding = 1)]
    private partial Tensor Pixels(Tensor x);

    /// <summary>What the bicubic enlargement lacks.</summary>
    /// <param name="small">Intensities in 0 … 1.</param>
    [return: Shape("b", 1, "2*h", "2*w")]
    public Tensor Forward([Shape("b", 1, "h", "w")] Tensor small)
    {
        Tensor edges = Edges(small);
        return PixelShuffle(Pixels(Relu(edges + Third(Second(First(edges))))), 2);
    }

    /// <summary>Mean squared distance from what the enlargement lacks.</summary>
    /// <param name="small">Intensities in 0 … 1.</param>
    /// <param name="residual">The true image of twice the size minus the bicubic enlargement.</param>
    public Tensor Loss([Shape("b", 1, "h", "w")] Tensor small, [Shape("b", 1, "2*h", "2*w")] Tensor residual)
        => MeanSquaredError(Forward(small), residual);
}
