using System.Numerics;
using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>
/// y_t = Σ C_t·h_t over the states h_t = e^{Δ_t·A}·h_{t-1} + Δ_t·u_t·B_t of each channel: the selective state space of Gu and Dao
/// 2023, "Mamba", arXiv:2312.00752, algorithm 2.
/// </summary>
public sealed class SelectiveScanKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">u, Δ, A, B, C and y; where states begin anew, if the shape says so; perhaps states
    /// [batch, channel, state] to begin with, which takes the last ones.</param>
    /// <param name="shape">Extents and strides.</param>
    public SelectiveScanKernel(string name, string[] buffers, SelectiveScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public SelectiveScanShape Shape { get; }

    internal override Launch Prepare() => new SelectiveScanLaunch(this, Shape, isGradient: false);
}

/// <summary>
/// The gradients of a selective scan. Of the states only those before each chunk of positions are kept; the others are
/// computed again.
/// </summary>
public sealed class SelectiveScanGradientKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">The gradient of y, u, Δ, A, B and C; where states begin anew, if the shape says so; of those that are
    /// wanted the gradients of u, Δ, A, B and C; scratch.</param>
    /// <param name="shape">Extents and strides.</param>
    public SelectiveScanGradientKernel(string name, string[] buffers, SelectiveScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public SelectiveScanShape Shape { get; }

    internal override Launch Prepare() => new SelectiveScanLaunch(this, Shape, isGradient: true);
}

/// <summary>A <see cref="SelectiveScanKernel"/> or a <see cref="SelectiveScanGradientKernel"/> in one session.</summary>
public sealed unsafe class SelectiveScanLaunch : Launch
{
    /// <summary>Buffers before what need not be there: of the scan, and of its gradient.</summary>
    private const int Always = 6;

    internal SelectiveScanLaunch(Kernel kernel, SelectiveScanShape shape, bool isGradient)
        : base(kernel) => (Shape, IsGradient) = (shape, isGradient);

    internal SelectiveScanShape Shape { get; }

    /// <summary>Whether it is the gradients that are wanted.</summary>
    internal bool IsGradient { get; }

    /// <summary>Whether there are states before the first position.</summary>
    internal bool HasState => !IsGradient && Kernel.Buffers.Count > Always + (Shape.Resets ? 1 : 0);

    internal int Batch { get; private set; }

    internal int Positions { get; private set; }

    internal SequenceStrides U { get; private set; }

    internal SequenceStrides Delta { get; private set; }

    internal SequenceStrides B { get; private set; }

    internal SequenceStrides C { get; private set; }

    internal SequenceStrides Y { get; private set; }

    internal SequenceStrides OfU { get; private set; }

    internal SequenceStrides OfDelta { get; private set; }

    internal SequenceStrides OfB { get; private set; }

    internal SequenceStrides OfC { get; private set; }

    /// <summary>Chunks of a sequence.</summary>
    internal int Chunks => Slicing.Ceiling(Positions, SelectiveScanParts.Chunk);

    /// <summary>Where the states that are remembered begin.</summary>
    internal int StateAt => Slots.Offset(Always + (Shape.Resets ? 1 : 0));

    internal int ScratchAt => Slots.Offset(Kernel.Buffers.Count - 1);

    internal override int Phases => IsGradient ? 3 : 1;

    /// <summary>Where a gradient begins; -1 when it is not wanted.</summary>
    internal int GradientAt(SelectiveGradients which) => (Shape.Gradients & which) == 0 ? -1
        : Slots.Offset(Always + (Shape.Resets ? 1 : 0) + BitOperations.PopCount((uint)Shape.Gradients & ((uint)which - 1)));

    internal override void Resize(SizeValues sizes)
    {
        Batch = checked((int)Shape.Batch.Evaluate(sizes));
        Positions = checked((int)Shape.Positions.Evaluate(sizes));
        U = SequenceStrides.Of(Shape.UBatch, Shape.UPosition, 0, sizes);
        Delta = SequenceStrides.Of(Shape.DeltaBatch, Shape.DeltaPosition, 0, sizes);
        B = SequenceStrides.Of(Shape.BBatch, Shape.BPosition, 0, sizes);
        C = SequenceStrides.Of(Shape.CBatch, Shape.CPosition, 0, sizes);
        Y = SequenceStrides.Of(Shape.YBatch, Shape.YPosition, 0, sizes);
        OfU = SequenceStrides.Of(Shape.OfUBatch, Shape.OfUPosition, 0, sizes);
        OfDelta = SequenceStrides.Of(Shape.OfDeltaBatch, Shape.OfDeltaPosition, 0, sizes);
        OfB = SequenceStrides.Of(Shape.OfBBatch, Shape.OfBPosition, 0, sizes);
        OfC = SequenceStrides.Of(Shape.OfCBatch, Shape.OfCPosition, 0, sizes);
    }

    internal override int Slices(int phase) => HostVectors.Width switch
    {
        16 => HostSelectiveScan<Floats16, Ints16, Mask16>.Slices(this, phase),
        8 => HostSelectiveScan<Floats8, Ints8, Mask8>.Slices(this, phase),
        4 => HostSelectiveScan<Floats4, Ints4, Mask4>.Slices(this, phase),
        _ => HostSelectiveScan<Floats1, Ints1, Mask1>.Slices(this, phase),
    };

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.Width)
        {
            case 16:
                HostSelectiveScan<Floats16, Ints16, Mask16>.Run(this, memory, scratch, phase, slice);
                break;
            case 8:
                HostSelectiveScan<Floats8, Ints8, Mask8>.Run(this, memory, scratch, phase, slice);
                break;
            case 4:
                HostSelectiveScan<Floats4, Ints4, Mask4>.Run(this, memory, scratch, phase, slice);
                break;
            default:
                HostSelectiveScan<Floats1, Ints1, Mask1>.Run(this, memory, scratch, phase, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.SelectiveScan(this);
}
