using Dsl.Host;

namespace Dsl.Kernels;

/// <summary>to[r] = Σ from[p] over the positions p whose number is r, in their order: the gradient of an
/// embedding.</summary>
public sealed class ScatterRowsKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">Buffer 0 has [positions, width], buffer 1 a number per position, buffer 2 the result.</param>
    /// <param name="positions">How many rows there are to add.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="width">Elements of a row.</param>
    /// <param name="rowStride">Elements between rows of the result.</param>
    /// <param name="columnStride">Elements between the elements of a row of the result.</param>
    public ScatterRowsKernel(
        string name, string[] buffers, Size positions, Size rows, Size width, Size rowStride, Size columnStride)
        : base(name, buffers)
    {
        Positions = positions;
        Rows = rows;
        Width = width;
        RowStride = rowStride;
        ColumnStride = columnStride;
    }

    /// <summary>How many rows there are to add.</summary>
    public Size Positions { get; }

    /// <summary>Rows of the result.</summary>
    public Size Rows { get; }

    /// <summary>Elements of a row.</summary>
    public Size Width { get; }

    /// <summary>Elements between rows of the result.</summary>
    public Size RowStride { get; }

    /// <summary>Elements between the elements of a row of the result.</summary>
    public Size ColumnStride { get; }

    internal override Launch Prepare() => new ScatterRowsLaunch(this);
}

/// <summary>A <see cref="ScatterRowsKernel"/> in one session.</summary>
public sealed unsafe class ScatterRowsLaunch : Launch
{
    internal ScatterRowsLaunch(ScatterRowsKernel kernel)
        : base(kernel) => Description = kernel;

    internal ScatterRowsKernel Description { get; }

    internal int Positions { get; private set; }

    internal int Rows { get; private set; }

    internal int Width { get; private set; }

    internal int RowStride { get; private set; }

    internal int ColumnStride { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Positions = checked((int)Description.Positions.Evaluate(sizes));
        Rows = checked((int)Description.Rows.Evaluate(sizes));
        Width = checked((int)Description.Width.Evaluate(sizes));
        RowStride = checked((int)Description.RowStride.Evaluate(sizes));
        ColumnStride = checked((int)Description.ColumnStride.Evaluate(sizes));
    }

    internal override int Slices(int phase) => HostScatterRows.Slices(Positions, Rows, Width);

    internal override void RunHost(float* memory, float* scratch, int phase, int slice) =>
        HostScatterRows.Run(this, memory, slice);

    internal override void Accept(ILaunchVisitor visitor) => visitor.ScatterRows(this);
}
