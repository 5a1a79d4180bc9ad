using System;
using Dsl.Eager;

namespace Dsl;

/// <summary>Which two features a rotary embedding turns as one pair.</summary>
public enum RopeLayout
{
    /// <summary>Features 2i and 2i + 1, as in the paper. Compiled, these lie two apart from lane to lane.</summary>
    Interleaved,

    /// <summary>Features i and i + d/2, as in GPT-NeoX and LLaMA: "rotate half". Compiled, these lie side by side, so
    /// it is the faster one. A permutation of the rows of the weights before it makes one form of the other.</summary>
    Halves,
}

/// <content>What tells elements of a sequence by their positions.</content>
public static partial class Functions
{
    /// <summary>
    /// Rotary position embedding (Su et al. 2021, RoFormer, arXiv:2104.09864, eq. 34): pair i of the features at
    /// position p is turned by p·base^(-2i/d), so that products of queries and keys depend on distances alone. Same
    /// shape.
    /// </summary>
    /// <remarks>Compiled, sine and cosine are at most 2·10⁻⁷ from the exact ones at any position below 2²⁴: angles are
    /// counted in integers, where floats would be off by 0.006 at position 100,000. They make a table of [n, d] that
    /// all batches and heads share.</remarks>
    /// <param name="x">[b, n, d] or [b, n, heads, d]: positions are axis 1, features the last one; d is even.</param>
    /// <param name="angleBase">The base of the frequencies, at least 1: the slowest pair turns about once in
    /// 2π·base positions.</param>
    /// <param name="layout">Which features make a pair; the paper's neighbours unless it says otherwise.</param>
    /// <param name="from">The position of the first element: what came before it, in decoding.</param>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside.</exception>
    public static Tensor Rope(
        Tensor x, float angleBase = 10000f, RopeLayout layout = RopeLayout.Interleaved, int from = 0) =>
        EagerPositions.Rope(x, angleBase, layout, from);

    /// <summary>
    /// Extrapolatable position embedding (Sun et al. 2022, XPos, arXiv:2212.10554, algorithm 1): <see cref="Rope"/>,
    /// and pair i times ζ^(p/scaleBase) with ζ = (2i/d + 0.4)/1.4, for keys the inverse. The product of a query and a
    /// key then decays with their distance. Same shape.
    /// </summary>
    /// <remarks>Positions count from <paramref name="from"/>, not from the middle of the sequence; a product of query
    /// and key is the same. The factor of keys leaves the floats at p/scaleBase = 70: position 36,000 with the usual
    /// 512; a larger base is for longer sequences. Its relative error is at most 5·10⁻⁷ up to p = scaleBase, and grows
    /// in proportion beyond.</remarks>
    /// <param name="x">[b, n, d] or [b, n, heads, d]: positions are axis 1, features the last one; d is even.</param>
    /// <param name="scaleBase">Positions in which the first pair shrinks to 0.4/1.4, above 0.</param>
    /// <param name="inverse">For keys: true.</param>
    /// <param name="angleBase">The base of the frequencies, at least 1.</param>
    /// <param name="layout">Which features make a pair.</param>
    /// <param name="from">The position of the first element.</param>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside.</exception>
    public static Tensor XPos(
        Tensor x, float scaleBase = 512f, bool inverse = false, float angleBase = 10000f,
        RopeLayout layout = RopeLayout.Interleaved, int from = 0) =>
        EagerPositions.XPos(x, scaleBase, inverse, angleBase, layout, from);

    /// <summary>
    /// The first features of each position come from the position before it, zeros at the first one; the others stay.
    /// Half of the features is what FLASH does (Hua et al. 2022, arXiv:2202.10447, as usually implemented); all of them
    /// is x at t - 1, which RWKV mixes with x (Peng et al. 2023, arXiv:2305.13048). Same shape.
    /// </summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="features">How many features are shifted; 0: half of them.</param>
    /// <param name="segments">[b, n]: the first position of each segment has zeros before it.</param>
    /// <exception cref="ArgumentException">The input is not rank 3, or has an odd number of features where half of them
    /// is asked for.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many features.</exception>
    public static Tensor TokenShift(Tensor x, int features = 0, IntTensor? segments = null) =>
        EagerPositions.TokenShift(x, features, segments);
}
