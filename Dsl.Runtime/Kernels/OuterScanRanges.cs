namespace Dsl.Kernels;

/// <summary>
/// Into how many ranges of positions the sequences of a scan are cut, so that few sequences keep several cores busy.
/// A cut costs the sum of the states before it, so where there are sequences enough there is none. The number
/// depends on shapes alone.
/// </summary>
internal static class OuterScanRanges
{
    /// <summary>Sequences (batch times heads) from which on none is cut.</summary>
    public const int ManySequences = 4;

    /// <summary>States that are kept at most, of all sequences together.</summary>
    public const int MostStates = 8;

    /// <summary>Chunks of a range at least: what a range adds up twice has to be worth it.</summary>
    private const int FewChunks = 4;

    /// <summary>Ranges of each sequence.</summary>
    /// <param name="sequences">Batch times heads.</param>
    /// <param name="chunks">Chunks of a sequence.</param>
    public static int Of(int sequences, int chunks) => sequences is 0 or >= ManySequences ? 1
        : System.Math.Max(1, System.Math.Min(MostStates / sequences, chunks / FewChunks));
}
