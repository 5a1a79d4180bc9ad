using System;
using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>
/// What the body of a product reads and writes beside its sums, where that comes from memory: tiles whose own operands have been asked for
/// ask for it (see <see cref="Prefetch"/>). None by default.
/// </summary>
internal readonly unsafe struct BodyAhead
{
    private readonly ContractLaunch? _launch;
    private readonly float* _memory;
    private readonly int _firstRow;

    private BodyAhead(ContractLaunch launch, float* memory, int batch)
    {
        _launch = launch;
        _memory = memory;
        _firstRow = batch * launch.Rows;
    }

    /// <summary>Whether there is anything to ask for.</summary>
    public bool Exists => _launch is not null;

    /// <summary>What there is in a launch.</summary>
    /// <param name="launch">The product.</param>
    /// <param name="memory">The session's memory.</param>
    /// <param name="batch">Which of its products.</param>
    /// <param name="farFloats">Floats of a buffer that caches do not keep from one launch to the next.</param>
    public static BodyAhead Of(ContractLaunch launch, float* memory, int batch, int farFloats) =>
        launch.Beside.Length > 0 && (long)launch.Batch * launch.Rows * launch.Columns >= farFloats
            ? new BodyAhead(launch, memory, batch) : default;

    /// <summary>Lets a tile ask for a line of each row from the next tile on, as many rows as it has steps. Tiles that follow each
    /// other take turns with lines and buffers, so that in the end all have been asked for.</summary>
    /// <param name="t">The tile's operands.</param>
    /// <param name="row">The first row of the next tile.</param>
    /// <param name="column">The first column to ask for.</param>
    /// <param name="columns">How many.</param>
    /// <param name="tile">How many tiles came before.</param>
    /// <param name="tileRows">Rows of a tile.</param>
    public void AskFor(ref TileOperands t, int row, int column, int columns, int tile, int tileRows)
    {
        int lines = Slicing.Ceiling(columns, TileWalk.LineFloats);
        int all = lines * _launch!.Beside.Length;
        int steps = t.Depth * t.Middle * t.Outer;
        (int buffer, int line) = Math.DivRem(tile % Math.Max(all, steps / tileRows), lines);
        bool exists = buffer < _launch.Beside.Length;
        t.Ahead = exists
            ? _memory + _launch.Slots.Offset(_launch.Beside[buffer]) + ((nint)(_firstRow + row) * _launch.Columns) + column
                + (line * TileWalk.LineFloats)
            : null;
        t.AheadStep = exists ? _launch.Columns : 0;
    }
}
