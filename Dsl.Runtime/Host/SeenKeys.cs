using System;
using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>
/// What some rows of queries see of a block of keys: later rows see at least as far. What no row of a tile sees is not computed: of the
/// blocks on the diagonal of causal attention that is half.
/// </summary>
/// <param name="extents">The attention.</param>
/// <param name="start">The query of row 0.</param>
/// <param name="rows">How many rows.</param>
/// <param name="from">The first key of the block.</param>
/// <param name="keys">How many keys there are.</param>
internal readonly ref struct SeenKeys(ref readonly AttendExtents extents, int start, int rows, int from, int keys)
{
    private readonly ref readonly AttendExtents _extents = ref extents;

    /// <summary>Rows.</summary>
    public int Rows => rows;

    /// <summary>Behind the last key that rows before this one see, counted from the block's first.</summary>
    public int Before(int row) => Math.Clamp(_extents.End(start + Math.Min(row, rows) - 1) - from, 0, keys);

    /// <summary>The first row that sees a key, counted from the block's first, or a later one; <see cref="Rows"/> for none.</summary>
    public int FirstRow(int key) =>
        _extents.Causal == 0 ? 0 : Math.Clamp(from + key - _extents.PositionOf(start), 0, rows);
}
