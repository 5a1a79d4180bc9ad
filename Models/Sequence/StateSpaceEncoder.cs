namespace Models.Sequence;

/// <summary>What each position of a sequence means after those before it: [b, n, inputs] to [b, n, width], by layers of diagonal state
/// spaces.</summary>
/// <param name="width">Features of a position.</param>
/// <param name="states">Numbers of a feature's state, even.</param>
/// <param name="depth">Layers.</param>
[Block]
public sealed partial class StateSpaceEncoder(int width, int states, int depth)
{
    /// <summary>The features of a position alone.</summary>
    [Perceptron(nameof(width))]
    private partial Tensor Embed(Tensor x);

    /// <summary>What they mean after those before them.</summary>
    [Use<StateSpaceBlock>(nameof(states), Repeat = nameof(depth))]
    private partial Tensor Layers(Tensor x);

    /// <summary>The scale that a head sees.</summary>
    [LayerNorm]
    private partial Tensor Norm(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="x">[b, n, inputs].</param>
    public Tensor Forward(Tensor x) => Norm(Layers(Embed(x)));
}
