using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>
/// Where a register tile reads. The depth is walked as outer × middle × depth, so that a kernel row of a convolution (whose
/// pixels are contiguous) and a plain matrix are the same tile.
/// </summary>
public unsafe struct TileOperands
{
    /// <summary>A of the tile's first row; floats.</summary>
    public float* A;

    /// <summary>Elements from one row of A to the next.</summary>
    public nint ARow;

    /// <summary>Elements from one depth step of A to the next.</summary>
    public nint ADepth;

    /// <summary>Elements from one middle segment of A to the next.</summary>
    public nint AMiddle;

    /// <summary>Elements from one outer segment of A to the next.</summary>
    public nint AOuter;

    /// <summary>B of the tile's first column; columns are contiguous, and a whole vector may be read past the last one.</summary>
    public float* B;

    /// <summary>Elements from one depth step of B to the next.</summary>
    public nint BDepth;

    /// <summary>Elements from one middle segment of B to the next.</summary>
    public nint BMiddle;

    /// <summary>Elements from one outer segment of B to the next.</summary>
    public nint BOuter;

    /// <summary>Depth steps in a segment.</summary>
    public int Depth;

    /// <summary>Middle segments.</summary>
    public int Middle;

    /// <summary>Outer segments.</summary>
    public int Outer;

    /// <summary>What is read after this tile: each depth step asks for a cache line there (see <see cref="Prefetch"/>). Null for
    /// nothing; it need not be valid.</summary>
    public float* Ahead;

    /// <summary>Elements from one line that is asked for to the next.</summary>
    public nint AheadStep;
}

/// <summary>
/// A register tile: Rows × Vectors accumulators that stay in registers over the whole depth. Emitted by the generator for
/// the shapes a model needs, from one template.
/// </summary>
public interface ITile
{
    /// <summary>Rows of a full tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Vectors of a full tile.</summary>
    static abstract int Vectors { get; }

    /// <summary>
    /// Computes the sums of <paramref name="rows"/> (1 … Rows) rows and stores them at <paramref name="sums"/>, row after row,
    /// each row Vectors·Lanes floats. When <paramref name="accumulate"/> is set it starts from what is there, else from 0.
    /// Rows beyond <paramref name="rows"/> are neither read from A nor meaningful in <paramref name="sums"/>, but may be written.
    /// </summary>
    static abstract unsafe void Run<F, I, M>(in TileOperands t, int rows, float* sums, bool accumulate)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>;
}
