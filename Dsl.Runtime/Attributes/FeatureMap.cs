namespace Dsl;

/// <summary>What linear attention makes of queries and keys, so that φ(q)·φ(k) takes the place of exp(q·k).</summary>
public enum FeatureMap
{
    /// <summary>elu(x) + 1 (Katharopoulos et al. 2020, "Transformers are RNNs", eq. 7).</summary>
    EluPlusOne,

    /// <summary>max(x, 0) + 0.001, which keeps the divisor from 0.</summary>
    Relu,

    /// <summary>exp(x), of which 1 + x is the first-order Taylor polynomial. Inputs above 88 overflow: normalise queries
    /// and keys first.</summary>
    Exp,

    /// <summary>x itself: attention with its softmax taken off.</summary>
    Identity,

    /// <summary>1 + q·k of queries and keys of length 1, which is not negative.</summary>
    Taylor,

    /// <summary>Softmax over the features of a query, and over the positions of a key (Shen et al. 2021, "Efficient
    /// Attention", eq. 5). Rows sum to 1 by themselves. It sees all positions, so it cannot be causal.</summary>
    Efficient,
}
