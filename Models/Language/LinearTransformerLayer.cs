namespace Models.Language;

/// <summary>One layer of a transformer without softmax (Katharopoulos et al. 2020, "Transformers are RNNs") that normalises
/// before each part: linear attention to what came before, then a gated perceptron 8/3 as wide. Keeps the shape
/// [b, n, width].</summary>
/// <param name="width">Features of a position.</param>
/// <param name="heads">Heads of the attention; they divide the width.</param>
[Block]
public sealed partial class LinearTransformerLayer(int width, int heads)
{
    /// <summary>The scale that attention sees.</summary>
    [RmsNorm]
    private partial Tensor AttentionNorm(Tensor x);

    /// <summary>Looks back through a state.</summary>
    [LinearAttention(nameof(heads), Causal = true)]
    private partial Tensor Attention(Tensor x);

    /// <summary>The scale that the perceptron sees.</summary>
    [RmsNorm]
    private partial Tensor PerceptronNorm(Tensor x);

    /// <summary>Works on each position alone; its width is rounded up to a multiple of 8.</summary>
    [Use<GatedPerceptron>(nameof(width), "8*((width + 2)/3)")]
    private partial Tensor Perceptron(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="x">[b, n, width].</param>
    public Tensor Forward(Tensor x)
    {
        Tensor found = x + Attention(AttentionNorm(x));
        return found + Perceptron(PerceptronNorm(found));
    }
}
