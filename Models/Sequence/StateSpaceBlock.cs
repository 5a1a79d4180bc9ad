namespace Models.Sequence;

/// <summary>One layer of a deep state space model that normalises first (Gu et al. 2022, arXiv:2111.00396, appendix C): diagonal state
/// spaces of each feature, added to what it was given. Keeps the shape [b, n, width].</summary>
/// <param name="states">Numbers of a feature's state, even.</param>
[Block]
public sealed partial class StateSpaceBlock(int states)
{
    /// <summary>The scale that the states see.</summary>
    [LayerNorm]
    private partial Tensor Norm(Tensor x);

    /// <summary>What came before, as far back as the slowest state remembers.</summary>
    [S4D(StateWidth = nameof(states))]
    private partial Tensor Past(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="x">[b, n, width].</param>
    public Tensor Forward(Tensor x) => x + Past(Norm(x));
}
