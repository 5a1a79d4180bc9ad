namespace Models.Sequence;

/// <summary>Hears a stream in parts and tells the last symbol that it heard: what came in an earlier part is in the state that one
/// part leaves for the next. Trained by truncated backpropagation through time: gradients stay within a part, states do not.</summary>
[Model(Example = "b=8, n=16")]
public sealed partial class StreamRecall
{
    /// <summary>Symbols; 0 is silence.</summary>
    public const int Symbols = 9;

    /// <summary>Numbers of a sequence's state.</summary>
    public const int StateLength = 2 * Channels * (States + Kernel - 1);

    private const int Channels = 32;
    private const int States = 8;
    private const int Kernel = 4;

    /// <summary>A vector for each symbol.</summary>
    [Embedding(Symbols, Channels)]
    private partial Tensor Heard(IntTensor symbols);

    /// <summary>What is kept of all that was heard.</summary>
    [Mamba(StateWidth = States, Kernel = Kernel)]
    private partial (Tensor Result, Tensor State) Remember(Tensor heard, Tensor state);

    /// <summary>A score for each symbol.</summary>
    [Perceptron(Symbols)]
    private partial Tensor Score(Tensor kept);

    /// <summary>Scores at each position, and the state behind the last one.</summary>
    public (Tensor Scores, Tensor State) Forward(
        [Shape("b", "n")] IntTensor symbols, [Shape("b", StateLength)] Tensor state)
    {
        (Tensor kept, Tensor next) = Remember(Heard(symbols), state);
        return (Score(kept), next);
    }

    /// <summary>The mean cross-entropy, and the state behind the last position.</summary>
    public (Tensor Value, Tensor State) Loss(
        [Shape("b", "n")] IntTensor symbols, [Shape("b", StateLength)] Tensor state, [Shape("b", "n")] IntTensor last)
    {
        (Tensor scores, Tensor next) = Forward(symbols, state);
        return (CrossEntropy(scores, last), next);
    }
}
