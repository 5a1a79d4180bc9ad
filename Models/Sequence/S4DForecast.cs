namespace Models.Sequence;

/// <summary>Says how a series goes on, 96 positions ahead, from what it was: two layers of diagonal state spaces (Gu et al. 2022,
/// arXiv:2206.11893), 32 features, and one perceptron over what the last position knows.</summary>
[Model(Example = "b=32, n=336")]
public sealed partial class S4DForecast
{
    /// <summary>What each position knows.</summary>
    [Use<StateSpaceEncoder>(32, 32, 2)]
    private partial Tensor Encode(Tensor x);

    /// <summary>Each of the positions to come.</summary>
    [Perceptron(96)]
    private partial Tensor Head(Tensor x);

    /// <summary>The positions to come.</summary>
    /// <param name="x">What the series was.</param>
    [return: Shape("b", 96)]
    public Tensor Forward([Shape("b", "n", 1)] Tensor x) => Head(Sum(Slice(Encode(x), 1, -1, 1), 1));

    /// <summary>The mean squared error.</summary>
    /// <param name="x">What the series was.</param>
    /// <param name="next">What came.</param>
    public Tensor Loss([Shape("b", "n", 1)] Tensor x, [Shape("b", 96)] Tensor next) => Mean(Square(Forward(x) - next));
}
