namespace Models.Language;

/// <summary>The feed-forward part of a transformer layer with a gate, Narrow(Wide(x)·silu(Gate(x))): SwiGLU
/// (Shazeer 2020, "GLU Variants Improve Transformer", arXiv:2002.05202), without offsets. Keeps the shape
/// [b, n, width].</summary>
/// <param name="width">Features of a position.</param>
/// <param name="hidden">Features between; 8/3 of the width have as many parameters as four times the width without a
/// gate.</param>
[Block]
public sealed partial class GatedPerceptron(int width, int hidden)
{
    /// <summary>What could be said.</summary>
    [Perceptron(nameof(hidden), Bias = false)]
    private partial Tensor Wide(Tensor x);

    /// <summary>How much of it is.</summary>
    [Perceptron(nameof(hidden), Bias = false)]
    private partial Tensor Gate(Tensor x);

    /// <summary>Back to the width.</summary>
    [Perceptron(nameof(width), Bias = false)]
    private partial Tensor Narrow(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="x">[b, n, width].</param>
    public Tensor Forward(Tensor x) => Narrow(SwiGlu(Wide(x), Gate(x)));
}
