namespace Dsl.Kernels;

/// <summary>What the gradient of a scan with a low-rank part keeps.</summary>
internal static class LowRankParts
{
    /// <summary>Positions of a chunk: the states before each are kept, those inside are computed again.</summary>
    public const int Chunk = 32;

    /// <summary>The most states of a channel.</summary>
    public const int MostStates = 128;

    /// <summary>Rows [channel, state] that describe the recurrence: the parts of λ, p, b, q and w.</summary>
    public const int Rows = 10;

    /// <summary>Elements of scratch: the states before each chunk, of one sample after the other.</summary>
    /// <param name="positions">Positions of a sample.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="states">States of a channel.</param>
    public static Size Scratch(Size positions, int channels, int states) =>
        ((positions + (Chunk - 1)) / Chunk) * (SpectralParts.Whole(channels) * Even(states) * 2);

    /// <summary>The host takes states in pairs.</summary>
    public static int Even(int states) => (states + 1) / 2 * 2;
}
