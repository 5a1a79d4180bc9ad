using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>Reduces the rows of an outer × rows × columns domain; lanes are columns.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed class ReduceKernel<TBody> : Kernel
    where TBody : struct, IReduceBody
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">The buffers by name; the last is scratch of outer · slices · Width · columns (rounded up to 16) floats when slices &gt; 1.</param>
    /// <param name="outer">How many independent reductions lie side by side.</param>
    /// <param name="rows">Rows that are reduced.</param>
    /// <param name="columns">Columns: each its own result.</param>
    /// <param name="slices">Into how many slices the rows are cut; partial states merge in slice order. 1: no scratch.</param>
    /// <param name="segment">Columns of a segment, of which there are several: no vector reaches over its end. 0: all columns are one.</param>
    public ReduceKernel(
        string name, string[] buffers, Size outer, Size rows, Size columns, int slices, int segment = 0)
        : base(name, buffers)
    {
        Segment = segment;
        Outer = outer;
        Rows = rows;
        Columns = columns;
        Slices = slices;
    }

    /// <summary>How many independent reductions lie side by side.</summary>
    public Size Outer { get; }

    /// <summary>Rows that are reduced.</summary>
    public Size Rows { get; }

    /// <summary>Columns: each its own result.</summary>
    public Size Columns { get; }

    /// <summary>Into how many slices the rows are cut; partial states merge in slice order. 1: no scratch.</summary>
    public int Slices { get; }

    /// <summary>Columns of a segment, over whose end no vector reaches; 0: all columns.</summary>
    internal int Segment { get; }

    internal override Launch Prepare() => new ReduceLaunch<TBody>(this);
}

/// <summary>A reduction in one session, whatever its body.</summary>
public abstract class ReduceLaunch : Launch
{
    private readonly Size _outer;
    private readonly Size _rows;
    private readonly Size _columns;
    private readonly int _segment;

    private protected ReduceLaunch(Kernel kernel, Size outer, Size rows, Size columns, int slices, int segment)
        : base(kernel)
    {
        _segment = segment;
        _outer = outer;
        _rows = rows;
        _columns = columns;
        RowSlices = slices;
    }

    /// <summary>Into how many slices the rows are cut.</summary>
    internal int RowSlices { get; }

    internal int Outer { get; private set; }

    internal int Rows { get; private set; }

    internal int Columns { get; private set; }

    /// <summary>Lanes of the vectors that the host runs it with.</summary>
    internal int Lanes { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Outer = checked((int)_outer.Evaluate(sizes));
        Rows = checked((int)_rows.Evaluate(sizes));
        Columns = checked((int)_columns.Evaluate(sizes));
        Lanes = _segment == 0 ? HostVectors.Along(Columns) : HostVectors.Dividing(_segment);
    }

    internal override int Phases => RowSlices > 1 ? 2 : 1;

    internal override int Slices(int phase) => HostReduce.Slices(phase, Outer, Rows, Columns, RowSlices);
}

/// <summary>A <see cref="ReduceKernel{TBody}"/> in one session.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed unsafe class ReduceLaunch<TBody> : ReduceLaunch
    where TBody : struct, IReduceBody
{
    internal ReduceLaunch(ReduceKernel<TBody> kernel)
        : base(kernel, kernel.Outer, kernel.Rows, kernel.Columns, kernel.Slices, kernel.Segment)
    {
    }

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (Lanes)
        {
            case 16:
                HostReduce.Run<Floats16, Ints16, Mask16, TBody>(this, memory, phase, slice);
                break;
            case 8:
                HostReduce.Run<Floats8, Ints8, Mask8, TBody>(this, memory, phase, slice);
                break;
            case 4:
                HostReduce.Run<Floats4, Ints4, Mask4, TBody>(this, memory, phase, slice);
                break;
            default:
                HostReduce.Run<Floats1, Ints1, Mask1, TBody>(this, memory, phase, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Reduce(this);
}
