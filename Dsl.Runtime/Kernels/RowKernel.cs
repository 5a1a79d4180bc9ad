using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>Sweeps over each row of a rows × columns domain; rows are independent.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed class RowKernel<TBody> : Kernel
    where TBody : struct, IRowBody
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">The buffers by name.</param>
    /// <param name="rows">Rows of the domain.</param>
    /// <param name="columns">Columns of a row: the lanes.</param>
    public RowKernel(string name, string[] buffers, Size rows, Size columns)
        : base(name, buffers)
    {
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Rows of the domain.</summary>
    public Size Rows { get; }

    /// <summary>Columns of a row: the lanes.</summary>
    public Size Columns { get; }

    internal override Launch Prepare() => new RowLaunch<TBody>(this);
}

/// <summary>Sweeps over rows in one session, whatever its body.</summary>
public abstract class RowLaunch : Launch
{
    private readonly Size _rows;
    private readonly Size _columns;

    private protected RowLaunch(Kernel kernel, Size rows, Size columns)
        : base(kernel) => (_rows, _columns) = (rows, columns);

    internal int Rows { get; private set; }

    internal int Columns { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Rows = checked((int)_rows.Evaluate(sizes));
        Columns = checked((int)_columns.Evaluate(sizes));
    }

    internal override int Slices(int phase) => HostRow.Slices(Rows, Columns);
}

/// <summary>A <see cref="RowKernel{TBody}"/> in one session.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed unsafe class RowLaunch<TBody> : RowLaunch
    where TBody : struct, IRowBody
{
    internal RowLaunch(RowKernel<TBody> kernel)
        : base(kernel, kernel.Rows, kernel.Columns)
    {
    }

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.Width)
        {
            case 16:
                HostRow.Run<Floats16, Ints16, Mask16, TBody>(this, memory, slice);
                break;
            case 8:
                HostRow.Run<Floats8, Ints8, Mask8, TBody>(this, memory, slice);
                break;
            case 4:
                HostRow.Run<Floats4, Ints4, Mask4, TBody>(this, memory, slice);
                break;
            default:
                HostRow.Run<Floats1, Ints1, Mask1, TBody>(this, memory, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Row(this);
}
