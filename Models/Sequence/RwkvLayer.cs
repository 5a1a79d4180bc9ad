using Models.Language;

namespace Models.Sequence;

/// <summary>One layer of RWKV-6 (Peng et al. 2024, "Eagle and Finch", arXiv:2404.05892, figure 1) or of RWKV-4 (Peng et al. 2023,
/// arXiv:2305.13048, figure 2): time mixing, then channel mixing, each
/// after a normalisation and added to what it was given. Keeps the shape [b, n, width].</summary>
/// <param name="headWidth">Of RWKV-6 the features of a head, a divisor of the width.</param>
/// <param name="kind">Which of the two.</param>
[Block]
public sealed partial class RwkvLayer(int headWidth, AttentionKind kind = AttentionKind.Rwkv6)
{
    /// <summary>The scale that time mixing sees.</summary>
    [LayerNorm]
    private partial Tensor TimeNorm(Tensor x);

    /// <summary>Looks back through a state that forgets by what it reads.</summary>
    [Rwkv6(HeadWidth = nameof(headWidth), MixRank = 16, DecayRank = 16)]
    private partial Tensor Time(Tensor x);

    /// <summary>Looks back at each feature by itself.</summary>
    [Rwkv4]
    private partial Tensor FeatureTime(Tensor x);

    /// <summary>The scale that channel mixing sees.</summary>
    [LayerNorm]
    private partial Tensor ChannelNorm(Tensor x);

    /// <summary>Works on each position and the one before it.</summary>
    [RwkvChannelMix]
    private partial Tensor Channels(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="x">[b, n, width].</param>
    public Tensor Forward(Tensor x)
    {
        Tensor seen = TimeNorm(x);
        Tensor found = x + (kind == AttentionKind.Rwkv4 ? FeatureTime(seen) : Time(seen));
        return found + Channels(ChannelNorm(found));
    }
}
