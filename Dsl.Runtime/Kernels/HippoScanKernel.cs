using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>
/// Coefficients of each channel's past in an orthogonal basis (Gu et al. 2020, "HiPPO", arXiv:2008.07669): c_t = Ā·c_{t-1} + B̄·u_t, or
/// c_t = (I - A/2t)⁻¹((I + A/2t)·c_{t-1} + B/t·u_t) with A and B of HiPPO-LegS; or the transposed map of all positions.
/// </summary>
public sealed class HippoScanKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">u, or of the transposed map the coefficients' gradient; the transition, rows of Ā with B̄ behind each,
    /// unless the scan is scaled; the result; memories to begin with, and where memories begin anew, if the shape says
    /// so; perhaps memories [batch, channel, order + 1] to begin with, which takes the last ones, each with its number
    /// of positions behind it.</param>
    /// <param name="shape">Extents and strides.</param>
    public HippoScanKernel(string name, string[] buffers, HippoScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public HippoScanShape Shape { get; }

    internal override Launch Prepare() => new HippoScanLaunch(this, Shape);
}

/// <summary>A <see cref="HippoScanKernel"/> in one session.</summary>
public sealed unsafe class HippoScanLaunch : Launch
{
    internal HippoScanLaunch(HippoScanKernel kernel, HippoScanShape shape)
        : base(kernel) => Shape = shape;

    internal HippoScanShape Shape { get; }

    internal int Batch { get; private set; }

    internal int Positions { get; private set; }

    /// <summary>Where values lie.</summary>
    internal SequenceStrides U { get; private set; }

    /// <summary>Where coefficients lie.</summary>
    internal SequenceStrides Y { get; private set; }

    internal int UAt => Slots.Offset(Shape.Transposed ? Result : 0);

    internal int YAt => Slots.Offset(Shape.Transposed ? 0 : Result);

    /// <summary>Where the transition begins; -1 when there is none.</summary>
    internal int TransitionAt => Shape.Scaled ? -1 : Slots.Offset(1);

    /// <summary>Where it is said that memories begin anew; -1 when nowhere.</summary>
    internal int GoesOnAt => Shape.Resets ? Slots.Offset(Always - 1) : -1;

    /// <summary>Where the memories to begin with are that stay as they are; -1 when there are none.</summary>
    internal int StartAt => Shape.Starts ? Slots.Offset(Result + 1) : -1;

    /// <summary>Floats from one of those to the next, and of their gradient.</summary>
    internal int StartPitch => Shape.Scaled ? Shape.Order + 1 : Shape.Order;

    /// <summary>Where the memories to begin with are that become the last ones; -1 when there are none.</summary>
    internal int StateAt => Kernel.Buffers.Count > Always ? Slots.Offset(Always) : -1;

    private int Result => Shape.Scaled ? 1 : 2;

    private int Always => Result + 1 + (Shape.Starts ? 1 : 0) + (Shape.Resets ? 1 : 0);

    internal override void Resize(SizeValues sizes)
    {
        Batch = checked((int)Shape.Batch.Evaluate(sizes));
        Positions = checked((int)Shape.Positions.Evaluate(sizes));
        U = SequenceStrides.Of(Shape.UBatch, Shape.UPosition, 0, sizes);
        Y = SequenceStrides.Of(Shape.YBatch, Shape.YPosition, 0, sizes);
    }

    internal override int Slices(int phase) => HostVectors.Width switch
    {
        16 => HostHippoScan<Floats16, Ints16, Mask16>.Slices(this),
        8 => HostHippoScan<Floats8, Ints8, Mask8>.Slices(this),
        4 => HostHippoScan<Floats4, Ints4, Mask4>.Slices(this),
        _ => HostHippoScan<Floats1, Ints1, Mask1>.Slices(this),
    };

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.Width)
        {
            case 16:
                HostHippoScan<Floats16, Ints16, Mask16>.Run(this, memory, scratch, slice);
                break;
            case 8:
                HostHippoScan<Floats8, Ints8, Mask8>.Run(this, memory, scratch, slice);
                break;
            case 4:
                HostHippoScan<Floats4, Ints4, Mask4>.Run(this, memory, scratch, slice);
                break;
            default:
                HostHippoScan<Floats1, Ints1, Mask1>.Run(this, memory, scratch, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.HippoScan(this);
}
