using System.Linq;
using Dsl.Host;
using Dsl.Vectors;
using unsafe Consumer = delegate*<float*, in Dsl.Kernels.Slots, float*, int, int, int, int, int, int, void>;

namespace Dsl.Kernels;

/// <summary>A batch of matrix products, each finished sum handed to the body.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed class ContractKernel<TWide, TNarrow, TBody> : Kernel
    where TWide : struct, ITile
    where TNarrow : struct, ITile
    where TBody : struct, IContractBody
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">Buffer 0 is A, buffer 1 is B; the others are the body's.</param>
    /// <param name="shape">Extents and strides.</param>
    public ContractKernel(string name, string[] buffers, ContractShape shape)
        : base(name, buffers)
    {
        Shape = shape;
    }

    /// <summary>Extents and strides.</summary>
    public ContractShape Shape { get; }

    internal override Launch Prepare() => new ContractLaunch<TWide, TNarrow, TBody>(this);
}

/// <summary>A product in one session, whatever its tiles and its body.</summary>
public abstract class ContractLaunch : Launch
{
    private protected ContractLaunch(Kernel kernel, ContractShape shape)
        : base(kernel)
    {
        Shape = shape;
        Beside = [.. Enumerable.Range(0, Slots.MaxBuffers).Where(i => (shape.Beside >> i & 1) != 0)];
    }

    /// <summary>Extents and strides.</summary>
    internal ContractShape Shape { get; }

    /// <summary>The buffers of <see cref="ContractShape.Beside"/>.</summary>
    internal int[] Beside { get; }

    internal abstract TileSizes Tile { get; }

    internal int Batch { get; private set; }

    internal int Rows { get; private set; }

    internal int Columns { get; private set; }

    internal int Depth { get; private set; }

    internal int Middle { get; private set; }

    internal int Outer { get; private set; }

    internal int ABatch { get; private set; }

    internal int ARow { get; private set; }

    internal int ADepth { get; private set; }

    internal int AMiddle { get; private set; }

    internal int AOuter { get; private set; }

    internal int BBatch { get; private set; }

    internal int BDepth { get; private set; }

    internal int BMiddle { get; private set; }

    internal int BOuter { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Batch = checked((int)Shape.Batch.Evaluate(sizes));
        Rows = checked((int)Shape.Rows.Evaluate(sizes));
        Columns = checked((int)Shape.Columns.Evaluate(sizes));
        Depth = checked((int)Shape.Depth.Evaluate(sizes));
        Middle = checked((int)Shape.Middle.Evaluate(sizes));
        Outer = checked((int)Shape.Outer.Evaluate(sizes));
        ABatch = checked((int)Shape.ABatch.Evaluate(sizes));
        ARow = checked((int)Shape.ARow.Evaluate(sizes));
        ADepth = checked((int)Shape.ADepth.Evaluate(sizes));
        AMiddle = checked((int)Shape.AMiddle.Evaluate(sizes));
        AOuter = checked((int)Shape.AOuter.Evaluate(sizes));
        BBatch = checked((int)Shape.BBatch.Evaluate(sizes));
        BDepth = checked((int)Shape.BDepth.Evaluate(sizes));
        BMiddle = checked((int)Shape.BMiddle.Evaluate(sizes));
        BOuter = checked((int)Shape.BOuter.Evaluate(sizes));
        Plan = HostContract.Plan(this);
    }

    /// <summary>Whether the depth is one axis of both operands.</summary>
    internal unsafe bool IsFlat => HostContract.Operands(this, null, 0, 0, 0) is { Middle: 1, Outer: 1 };

    /// <summary>How the host cuts it at the present sizes.</summary>
    internal ContractPlan Plan { get; private set; }

    internal override int Phases => Plan.Parts > 1 ? 2 : 1;

    internal override long SharedFloats => Plan.Parts > 1 ? (long)Plan.Parts * Rows * Columns : 0;

    internal override int Slices(int phase) => phase == 0 ? Plan.Count : Rows;
}

/// <summary>A <see cref="ContractKernel{TWide, TNarrow, TBody}"/> in one session.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed unsafe class ContractLaunch<TWide, TNarrow, TBody> : ContractLaunch
    where TWide : struct, ITile
    where TNarrow : struct, ITile
    where TBody : struct, IContractBody
{
    internal ContractLaunch(ContractKernel<TWide, TNarrow, TBody> kernel)
        : base(kernel, kernel.Shape)
    {
    }

    internal override TileSizes Tile => TileSizes.Of<TWide, TNarrow>(HostVectors.ForTile(Columns));

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (Tile.Lanes)
        {
            case 16:
                Run<Floats16, Ints16, Mask16, TWide>(memory, scratch, phase, slice);
                break;
            case 8 when HostVectors.Width == 16:
                Run<Floats8, Ints8, Mask8, TWide>(memory, scratch, phase, slice);
                break;
            case 8:
                Run<Floats8, Ints8, Mask8, TNarrow>(memory, scratch, phase, slice);
                break;
            case 4 when HostVectors.Width == 16:
                Run<Floats4, Ints4, Mask4, TWide>(memory, scratch, phase, slice);
                break;
            case 4:
                Run<Floats4, Ints4, Mask4, TNarrow>(memory, scratch, phase, slice);
                break;
            default:
                Run<Floats1, Ints1, Mask1, TNarrow>(memory, scratch, phase, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Contract(this);

    private void Run<F, I, M, TTile>(float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile =>
        HostContract.Run<F, I, M>(
            this, TileCode.Of<F, I, M, TTile>(), Consume(), memory, scratch, phase, slice);

    /// <summary>The body's part, with vectors that fill rows of the result: those of the tile may be wider.</summary>
    private Consumer Consume() => HostVectors.Along(Columns) switch
    {
        16 => &HostContract.Consume<Floats16, Ints16, Mask16, TBody>,
        8 => &HostContract.Consume<Floats8, Ints8, Mask8, TBody>,
        4 => &HostContract.Consume<Floats4, Ints4, Mask4, TBody>,
        _ => &HostContract.Consume<Floats1, Ints1, Mask1, TBody>,
    };
}
