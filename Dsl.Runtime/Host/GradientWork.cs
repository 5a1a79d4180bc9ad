using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>What a slice of the gradients of attention has in its worker's scratch.</summary>
internal readonly unsafe struct GradientWork
{
    /// <summary>Room before the first block of scores.</summary>
    private const int Margin = 256;

    public GradientWork(in AttendExtents e, AttendBlocks blocks, float* scratch, bool byChunks)
    {
        Weights = scratch + Margin;
        Gradients = Weights + blocks.Floats;
        KeySums = Gradients + blocks.Floats;
        ValueSums = KeySums + blocks.KeyFloats(e.KeyWidth);
        Queries = ValueSums + blocks.KeyFloats(e.ValueWidth);
        QueryPitch = byChunks ? Slicing.RoundUp(e.Chunk, blocks.Rows) : 0;
        QueryFloats = QueryPitch * Slicing.RoundUp(e.KeyWidth, blocks.Panel);
    }

    /// <summary>A block of scores, which become weights.</summary>
    public float* Weights { get; }

    /// <summary>The gradients of a block of weights, which become those of scores.</summary>
    public float* Gradients { get; }

    /// <summary>Sums for the keys of a block.</summary>
    public float* KeySums { get; }

    /// <summary>Sums for the values of a block.</summary>
    public float* ValueSums { get; }

    /// <summary>Sums for the queries of a chunk, head after head of a group, where a slice has whole chunks.</summary>
    public float* Queries { get; }

    /// <summary>Rows of a panel of those sums; 0 where a slice has no whole chunks.</summary>
    public int QueryPitch { get; }

    /// <summary>Floats of those sums for one head.</summary>
    public int QueryFloats { get; }

    /// <summary>All of it, at most, with sums for a chunk's queries.</summary>
    public static long Floats(in AttendExtents e, int tileRows, int panel)
    {
        int rows = AttendBlocks.RowsOf(tileRows);
        long queries = (long)(e.Heads / e.KeyHeads) * Slicing.RoundUp(e.Chunk, rows) * Slicing.RoundUp(e.KeyWidth, panel);
        return Margin + (2L * rows * AttendBlocks.Keys) + queries
            + AttendBlocks.KeyFloats(tileRows, panel, e.KeyWidth) + AttendBlocks.KeyFloats(tileRows, panel, e.ValueWidth);
    }
}
