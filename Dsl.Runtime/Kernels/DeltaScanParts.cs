namespace Dsl.Kernels;

/// <summary>How the gradient of a delta rule is cut, and what it keeps: by shapes alone, so that sums do not depend on the number
/// of threads.</summary>
internal static class DeltaScanParts
{
    /// <summary>Positions of a chunk: the states before each are kept, those inside are written as sums.</summary>
    public const int Chunk = 32;

    /// <summary>The most features of a head's keys, or of its values.</summary>
    public const int MostFeatures = 1024;

    /// <summary>Rows that are read as whole vectors have a multiple of this many floats.</summary>
    private const int MostLanes = 16;

    /// <summary>Floats from one row of a kept state to the next.</summary>
    public static int Pitch(int keys) => (keys + MostLanes - 1) / MostLanes * MostLanes;

    /// <summary>Elements of scratch: what was written at each position and what goes back there, then the states before chunks
    /// and the gradients of those behind.</summary>
    /// <param name="sequences">Heads of all samples.</param>
    /// <param name="positions">Positions of a sample.</param>
    /// <param name="keys">Features of a head's keys.</param>
    /// <param name="values">Features of a head's values.</param>
    public static Size Scratch(Size sequences, Size positions, int keys, int values) =>
        (sequences * positions * (2 * values))
        + (sequences * ((positions + (Chunk - 1)) / Chunk) * (2 * values * Pitch(keys)));
}
