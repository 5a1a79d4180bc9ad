namespace Models.Language;

/// <summary>A classifier of sequences: the mean over the positions of an encoder, and a score for each class. [b, n]
/// tokens to [b, classes].</summary>
/// <param name="vocabulary">Tokens are below this.</param>
/// <param name="classes">Classes.</param>
/// <param name="width">Features of a position.</param>
/// <param name="heads">Heads of each attention.</param>
/// <param name="depth">Layers; of gated units there are twice as many.</param>
/// <param name="attention">How positions see each other.</param>
/// <param name="length">Of Linformer: positions of the longest sequence.</param>
[Block]
public sealed partial class SequenceClassifier(
    int vocabulary, int classes, int width, int heads, int depth, AttentionKind attention, int length = 512)
{
    /// <summary>What each token is, and where.</summary>
    [Use<TokenEmbedding>(nameof(vocabulary), nameof(width), true)]
    private partial Tensor Embed(IntTensor x);

    /// <summary>What it means there.</summary>
    [Use<Encoder>(nameof(width), nameof(heads), nameof(depth), nameof(attention), nameof(length))]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One score for each class.</summary>
    [Perceptron(nameof(classes))]
    private partial Tensor Head(Tensor x);

    /// <summary>[b, classes].</summary>
    /// <param name="tokens">[b, n].</param>
    public Tensor Forward(IntTensor tokens) => Head(Mean(Trunk(Embed(tokens)), 1));
}
