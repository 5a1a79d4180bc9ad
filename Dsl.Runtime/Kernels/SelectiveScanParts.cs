namespace Dsl.Kernels;

/// <summary>How the gradient of a selective scan is cut, and what it keeps: by shapes alone, so that sums do not depend on the number of
/// threads.</summary>
internal static class SelectiveScanParts
{
    /// <summary>Positions of a chunk: the states before each are kept, those inside are computed again.</summary>
    public const int Chunk = 32;

    /// <summary>The most states of a channel.</summary>
    public const int MostStates = 256;

    /// <summary>Channels that an accelerator's group has.</summary>
    public const int Columns = 32;

    /// <summary>Parts of the channels of all samples that are worth having.</summary>
    private const int FewParts = 8;

    /// <summary>States in registers: others are added to make them whole.</summary>
    private const int FewStates = 4;

    /// <summary>Channels come in whole vectors, of this many lanes at most.</summary>
    private const int MostLanes = 16;

    /// <summary>States of a channel in scratch.</summary>
    public static int States(int states) => Whole(states, FewStates);

    /// <summary>Parts of the channels: each has sums over its channels of its own.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="groups">Vectors of channels.</param>
    public static int Of(int batch, int groups) =>
        System.Math.Max(1, System.Math.Min(groups, (FewParts + batch - 1) / System.Math.Max(1, batch)));

    /// <summary>Elements of scratch: states before chunks, and of each sample what goes back and the sums for A; then the sums of
    /// each part for B and C.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="positions">Positions of a sample.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="states">States of a channel.</param>
    public static Size Scratch(Size batch, Size positions, int channels, int states)
    {
        int own = Whole(channels, MostLanes) * States(states);
        int parts = System.Math.Max(FewParts, (channels + Columns - 1) / Columns);
        return (batch * (((positions + (Chunk - 1)) / Chunk) + 2) * own) + (batch * positions * (2 * parts * States(states)));
    }

    private static int Whole(int value, int unit) => (value + unit - 1) / unit * unit;
}
