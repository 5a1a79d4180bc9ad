using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>
/// o_t = Σ_s (q_t·k_s) v_s over the positions s that t sees, in time linear in the positions: linear attention
/// without its feature map, and each of its three gradients (Katharopoulos et al. 2020, "Transformers are RNNs",
/// equations 9 to 12). Chunk by chunk: what a chunk sees of itself are scores, what it sees of others is the state
/// Σ_s k_s v_sᵀ.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512), chosen for the values.</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
public sealed class OuterScanKernel<TWide, TNarrow> : Kernel
    where TWide : struct, ITile
    where TNarrow : struct, ITile
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">q, k, v and the result. A fifth, scratch of 8·keys·values floats, lets few long
    /// sequences be cut into ranges of positions that are computed side by side.</param>
    /// <param name="shape">Extents and strides.</param>
    public OuterScanKernel(string name, string[] buffers, OuterScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public OuterScanShape Shape { get; }

    internal override Launch Prepare() => new OuterScanLaunch<TWide, TNarrow>(this);
}

/// <summary>A scan in one session, whatever its tiles.</summary>
public abstract class OuterScanLaunch : Launch
{
    private protected OuterScanLaunch(Kernel kernel, OuterScanShape shape)
        : base(kernel) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    internal OuterScanShape Shape { get; }

    internal abstract TileSizes Tile { get; }

    internal int Batch { get; private set; }

    internal int Positions { get; private set; }

    internal SequenceStrides Q { get; private set; }

    internal SequenceStrides K { get; private set; }

    internal SequenceStrides V { get; private set; }

    internal SequenceStrides O { get; private set; }

    internal int OFeature { get; private set; }

    internal override int Phases => HostOuterScan.Ranges(this) > 1 ? 2 : 1;

    internal override void Resize(SizeValues sizes)
    {
        Batch = checked((int)Shape.Batch.Evaluate(sizes));
        Positions = checked((int)Shape.Positions.Evaluate(sizes));
        OFeature = checked((int)Shape.OFeature.Evaluate(sizes));
        Q = SequenceStrides.Of(Shape.QBatch, Shape.QPosition, Shape.QHead, sizes);
        K = SequenceStrides.Of(Shape.KBatch, Shape.KPosition, Shape.KHead, sizes);
        V = SequenceStrides.Of(Shape.VBatch, Shape.VPosition, Shape.VHead, sizes);
        O = SequenceStrides.Of(Shape.OBatch, Shape.OPosition, Shape.OHead, sizes);
    }

    internal override int Slices(int phase) => HostOuterScan.Slices(this, phase);
}

/// <summary>An <see cref="OuterScanKernel{TWide, TNarrow}"/> in one session.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
public sealed unsafe class OuterScanLaunch<TWide, TNarrow> : OuterScanLaunch
    where TWide : struct, ITile
    where TNarrow : struct, ITile
{
    internal OuterScanLaunch(OuterScanKernel<TWide, TNarrow> kernel)
        : base(kernel, kernel.Shape)
    {
    }

    internal override TileSizes Tile => TileSizes.Of<TWide, TNarrow>(HostVectors.Width);

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.Width)
        {
            case 16:
                Run<Floats16, Ints16, Mask16, TWide>(memory, scratch, phase, slice);
                break;
            case 8:
                Run<Floats8, Ints8, Mask8, TNarrow>(memory, scratch, phase, slice);
                break;
            case 4:
                Run<Floats4, Ints4, Mask4, TNarrow>(memory, scratch, phase, slice);
                break;
            default:
                Run<Floats1, Ints1, Mask1, TNarrow>(memory, scratch, phase, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.OuterScan(this);

    private void Run<F, I, M, TTile>(float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile =>
        HostOuterScan.Run<F, I, M>(this, TileCode.Of<F, I, M, TTile>(), memory, scratch, phase, slice);
}
