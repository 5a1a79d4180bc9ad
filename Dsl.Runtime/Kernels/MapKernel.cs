using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>Pointwise over a rows × columns domain; lanes are columns.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed class MapKernel<TBody> : Kernel
    where TBody : struct, IMapBody
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">The buffers by name.</param>
    /// <param name="rows">Rows of the domain.</param>
    /// <param name="columns">Columns of the domain: the lanes.</param>
    /// <param name="elements">Elements of a buffer for each of them: more than one where lanes are short rows.</param>
    public MapKernel(string name, string[] buffers, Size rows, Size columns, int elements = 1)
        : base(name, buffers)
    {
        Elements = elements;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Rows of the domain.</summary>
    public Size Rows { get; }

    /// <summary>Columns of the domain: the lanes.</summary>
    public Size Columns { get; }

    /// <summary>Elements of a buffer for each point of the domain.</summary>
    internal int Elements { get; }

    internal override Launch Prepare() => new MapLaunch<TBody>(this);
}

/// <summary>A map in one session, whatever its body.</summary>
public abstract class MapLaunch : Launch
{
    private readonly Size _rows;
    private readonly Size _columns;

    private protected MapLaunch(Kernel kernel, Size rows, Size columns, int elements)
        : base(kernel) => (_rows, _columns, Elements) = (rows, columns, elements);

    /// <summary>Elements of a buffer for each point of the domain.</summary>
    internal int Elements { get; }

    internal int Rows { get; private set; }

    internal int Columns { get; private set; }

    /// <summary>Lanes of the vectors that the host runs it with.</summary>
    internal int Lanes { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Rows = checked((int)_rows.Evaluate(sizes));
        Columns = checked((int)_columns.Evaluate(sizes));
        Lanes = HostVectors.Along(Columns);
    }

    internal override int Slices(int phase) => HostMap.Slices(this);
}

/// <summary>A <see cref="MapKernel{TBody}"/> in one session.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed unsafe class MapLaunch<TBody> : MapLaunch
    where TBody : struct, IMapBody
{
    internal MapLaunch(MapKernel<TBody> kernel)
        : base(kernel, kernel.Rows, kernel.Columns, kernel.Elements)
    {
    }

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (Lanes)
        {
            case 16:
                HostMap.Run<Floats16, Ints16, Mask16, TBody>(this, memory, slice);
                break;
            case 8:
                HostMap.Run<Floats8, Ints8, Mask8, TBody>(this, memory, slice);
                break;
            case 4:
                HostMap.Run<Floats4, Ints4, Mask4, TBody>(this, memory, slice);
                break;
            default:
                HostMap.Run<Floats1, Ints1, Mask1, TBody>(this, memory, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Map(this);
}
