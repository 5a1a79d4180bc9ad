using System;
using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>
/// y_t = Σ Re(w·x_t) over the complex states x_t = λ·x_{t-1} + u_t of each channel: a diagonal state space model (Gupta et al.
/// 2022, arXiv:2203.14343; Gu et al. 2022, arXiv:2206.11893), and its gradient by u.
/// </summary>
public sealed class DiagonalScanKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">u, the real and the imaginary parts of λ and of w, and y; where states begin anew, if the shape
    /// says so; perhaps states [batch, channel, part, state] to begin with, which takes the last ones. Where the shape
    /// says that states [batch, part, channel, state] come in or go out, they take the place of u or y, there is no w, and
    /// lengths come last, if the shape says so.</param>
    /// <param name="shape">Extents and strides.</param>
    public DiagonalScanKernel(string name, string[] buffers, DiagonalScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public DiagonalScanShape Shape { get; }

    internal override Launch Prepare() => new DiagonalScanLaunch(this, Shape, sums: false);
}

/// <summary>
/// What a diagonal scan needs for the gradients of λ and w: the parts of Σ y_t·x_t and of Σ y_t·z_t, with y the gradient of the
/// scan's result, x its states and z_t = λ·z_{t-1} + x_{t-1} how they change with λ.
/// </summary>
public sealed class DiagonalScanSumsKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">y, u, the real and the imaginary parts of λ, and the sums [4, channel, state]; where states begin
    /// anew, if the shape says so.</param>
    /// <param name="shape">Extents and strides.</param>
    public DiagonalScanSumsKernel(string name, string[] buffers, DiagonalScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public DiagonalScanShape Shape { get; }

    internal override Launch Prepare() => new DiagonalScanLaunch(this, Shape, sums: true);
}

/// <summary>A <see cref="DiagonalScanKernel"/> or a <see cref="DiagonalScanSumsKernel"/> in one session.</summary>
public sealed unsafe class DiagonalScanLaunch : Launch
{
    internal DiagonalScanLaunch(Kernel kernel, DiagonalScanShape shape, bool sums)
        : base(kernel) => (Shape, IsSums) = (shape, sums);

    internal DiagonalScanShape Shape { get; }

    /// <summary>Whether it is the sums that are wanted.</summary>
    internal bool IsSums { get; }

    /// <summary>Whether states come in instead of u, or go out instead of y.</summary>
    internal bool IsOfStates => Shape.FromStates || Shape.ToStates;

    /// <summary>Whether there are states before the first position.</summary>
    internal bool HasState => Kernel.Buffers.Count > 6 + (Shape.Resets ? 1 : 0);

    /// <summary>Where lengths begin; -1 when all samples have all positions.</summary>
    internal int LengthsAt => Shape.Lengths ? Slots.Offset(Kernel.Buffers.Count - 1) : -1;

    internal int Batch { get; private set; }

    internal int Positions { get; private set; }

    internal SequenceStrides U { get; private set; }

    internal SequenceStrides Y { get; private set; }

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
        16 => HostDiagonalScan<Floats16, Ints16, Mask16>.Slices(this),
        8 => HostDiagonalScan<Floats8, Ints8, Mask8>.Slices(this),
        4 => HostDiagonalScan<Floats4, Ints4, Mask4>.Slices(this),
        _ => HostDiagonalScan<Floats1, Ints1, Mask1>.Slices(this),
    };

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.Width)
        {
            case 16:
                HostDiagonalScan<Floats16, Ints16, Mask16>.Run(this, memory, scratch, slice);
                break;
            case 8:
                HostDiagonalScan<Floats8, Ints8, Mask8>.Run(this, memory, scratch, slice);
                break;
            case 4:
                HostDiagonalScan<Floats4, Ints4, Mask4>.Run(this, memory, scratch, slice);
                break;
            default:
                HostDiagonalScan<Floats1, Ints1, Mask1>.Run(this, memory, scratch, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.DiagonalScan(this);
}
