using Dsl.Host;

namespace Dsl.Kernels;

/// <summary>to[batch][column][row] = from[batch][row][column].</summary>
public sealed class TransposeKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">Buffer 0 is the source, buffer 1 the result.</param>
    /// <param name="batch">How many matrices.</param>
    /// <param name="rows">Rows of a source matrix.</param>
    /// <param name="columns">Columns of a source matrix.</param>
    public TransposeKernel(string name, string[] buffers, Size batch, Size rows, Size columns)
        : base(name, buffers)
    {
        Batch = batch;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>How many matrices.</summary>
    public Size Batch { get; }

    /// <summary>Rows of a source matrix.</summary>
    public Size Rows { get; }

    /// <summary>Columns of a source matrix.</summary>
    public Size Columns { get; }

    internal override Launch Prepare() => new TransposeLaunch(this);
}

/// <summary>A <see cref="TransposeKernel"/> in one session.</summary>
public sealed unsafe class TransposeLaunch : Launch
{
    internal TransposeLaunch(TransposeKernel kernel)
        : base(kernel) => Description = kernel;

    internal TransposeKernel Description { get; }

    internal int Batch { get; private set; }

    internal int Rows { get; private set; }

    internal int Columns { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Batch = checked((int)Description.Batch.Evaluate(sizes));
        Rows = checked((int)Description.Rows.Evaluate(sizes));
        Columns = checked((int)Description.Columns.Evaluate(sizes));
    }

    internal override int Slices(int phase) => HostTranspose.Slices(Batch, Rows, Columns);

    internal override void RunHost(float* memory, float* scratch, int phase, int slice) =>
        HostTranspose.Run(this, memory, slice);

    internal override void Accept(ILaunchVisitor visitor) => visitor.Transpose(this);
}
