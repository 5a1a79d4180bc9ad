using System;
using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>
/// y_t = Σ Re(w·x_t) over the complex states x_t = λ·x_{t-1} - p·r_t + b·u_t of each channel, with r_t = Σ
/// Re(q·x_{t-1}): a state matrix that is diagonal but for a part of rank one (Gu et al. 2021, "Efficiently Modeling
/// Long Sequences with Structured State Spaces", arXiv:2111.00396, section 3), at a cost of O(states) for each
/// position.
/// </summary>
public sealed class LowRankScanKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">u, unless it is an impulse or 0; what describes the recurrence; y, unless the last states
    /// are wanted; states to begin with, the last ones, where states begin anew, and lengths, if the shape says so;
    /// perhaps states [batch, channel, part, state] to begin with, which takes the last ones.</param>
    /// <param name="shape">Extents and strides.</param>
    public LowRankScanKernel(string name, string[] buffers, LowRankScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public LowRankScanShape Shape { get; }

    internal override Launch Prepare() => new LowRankScanLaunch(this, Shape, isGradient: false);
}

/// <summary>
/// The gradient of such a scan by what describes its recurrence. Of the states only those before each chunk of
/// positions are kept; the others are computed again.
/// </summary>
public sealed class LowRankScanGradientKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">u, unless it is an impulse; what describes the recurrence; the gradient of y; states to
    /// begin with, what goes back from the last ones, where states begin anew, and lengths, if the shape says so; the
    /// gradient [10, channel, state]; scratch.</param>
    /// <param name="shape">Extents and strides.</param>
    public LowRankScanGradientKernel(string name, string[] buffers, LowRankScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public LowRankScanShape Shape { get; }

    internal override Launch Prepare() => new LowRankScanLaunch(this, Shape, isGradient: true);
}

/// <summary>A <see cref="LowRankScanKernel"/> or a <see cref="LowRankScanGradientKernel"/> in one session.</summary>
public sealed unsafe class LowRankScanLaunch : Launch
{
    internal LowRankScanLaunch(Kernel kernel, LowRankScanShape shape, bool isGradient)
        : base(kernel) => (Shape, IsGradient) = (shape, isGradient);

    internal LowRankScanShape Shape { get; }

    /// <summary>Whether it is the gradient that is wanted.</summary>
    internal bool IsGradient { get; }

    internal int Batch { get; private set; }

    internal int Positions { get; private set; }

    internal SequenceStrides U { get; private set; }

    internal SequenceStrides Y { get; private set; }

    /// <summary>Chunks of a sequence.</summary>
    internal int Chunks => Slicing.Ceiling(Positions, LowRankParts.Chunk);

    /// <summary>Whether there is a buffer of u, the first one.</summary>
    internal bool HasInput => !Shape.Impulse && (Shape.ToStates || !Shape.FromStates);

    internal int ModesAt => Slots.Offset(ModesIndex);

    /// <summary>Where y is or comes; -1 when nowhere.</summary>
    internal int YAt => HasResult ? Slots.Offset(ModesIndex + 1) : -1;

    /// <summary>Where the states of the first position are; -1 when nowhere.</summary>
    internal int StartAt => Shape.FromStates ? Slots.Offset(StartIndex) : -1;

    /// <summary>Where the last states come, or what goes back from them is; -1 when nowhere.</summary>
    internal int LastAt => Shape.ToStates ? Slots.Offset(StartIndex + 1) : -1;

    /// <summary>Where it is said that states begin anew; -1 when nowhere.</summary>
    internal int GoesOnAt => Shape.Resets ? Slots.Offset(Always - 1 - (Shape.Lengths ? 1 : 0)) : -1;

    /// <summary>Where lengths begin; -1 when all samples have all positions.</summary>
    internal int LengthsAt => Shape.Lengths ? Slots.Offset(Always - 1) : -1;

    /// <summary>Where the states that are remembered begin; -1 when there are none.</summary>
    internal int StateAt => !IsGradient && Kernel.Buffers.Count > Always ? Slots.Offset(Always) : -1;

    internal int GradientAt => Slots.Offset(Always);

    internal int ScratchAt => Slots.Offset(Always + 1);

    /// <summary>Buffers that scan and gradient have.</summary>
    private int Always => StartIndex + (Shape.FromStates ? 1 : 0) + (Shape.ToStates ? 1 : 0)
        + (Shape.Resets ? 1 : 0) + (Shape.Lengths ? 1 : 0);

    private bool HasResult => IsGradient || !Shape.ToStates;

    private int ModesIndex => HasInput ? 1 : 0;

    private int StartIndex => ModesIndex + (HasResult ? 2 : 1);

    /// <summary>How many positions a sample has.</summary>
    internal int Own(float* memory, int sample) =>
        Shape.Lengths ? Math.Clamp((int)memory[LengthsAt + sample], 0, Positions) : Positions;

    internal override void Resize(SizeValues sizes)
    {
        Batch = checked((int)Shape.Batch.Evaluate(sizes));
        Positions = checked((int)Shape.Positions.Evaluate(sizes));
        U = SequenceStrides.Of(Shape.UBatch, Shape.UPosition, 0, sizes);
        Y = SequenceStrides.Of(Shape.YBatch, Shape.YPosition, 0, sizes);
    }

    internal override int Slices(int phase) => HostVectors.Width switch
    {
        16 => HostLowRankScan<Floats16, Ints16, Mask16>.Slices(this),
        8 => HostLowRankScan<Floats8, Ints8, Mask8>.Slices(this),
        4 => HostLowRankScan<Floats4, Ints4, Mask4>.Slices(this),
        _ => HostLowRankScan<Floats1, Ints1, Mask1>.Slices(this),
    };

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.Width)
        {
            case 16:
                HostLowRankScan<Floats16, Ints16, Mask16>.Run(this, memory, scratch, slice);
                break;
            case 8:
                HostLowRankScan<Floats8, Ints8, Mask8>.Run(this, memory, scratch, slice);
                break;
            case 4:
                HostLowRankScan<Floats4, Ints4, Mask4>.Run(this, memory, scratch, slice);
                break;
            default:
                HostLowRankScan<Floats1, Ints1, Mask1>.Run(this, memory, scratch, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.LowRankScan(this);
}
