using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>
/// h_t = a_t·h_{t-1} + x_t of each channel, real or complex; or the adjoint scan g_t = ā_{t+1}·g_{t+1} + x_t, from the end, with
/// conjugates of the factors.
/// </summary>
public sealed class LinearScanKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">Factors, inputs and results; perhaps states [batch, channel] to begin with, which takes the last
    /// ones; complex as the others.</param>
    /// <param name="shape">Extents and strides.</param>
    public LinearScanKernel(string name, string[] buffers, LinearScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public LinearScanShape Shape { get; }

    internal override Launch Prepare() => new LinearScanLaunch(this, Shape);
}

/// <summary>A <see cref="LinearScanKernel"/> in one session.</summary>
public sealed unsafe class LinearScanLaunch : Launch
{
    internal LinearScanLaunch(LinearScanKernel kernel, LinearScanShape shape)
        : base(kernel) => Shape = shape;

    internal LinearScanShape Shape { get; }

    internal int Batch { get; private set; }

    internal int Positions { get; private set; }

    internal SequenceStrides A { get; private set; }

    internal SequenceStrides X { get; private set; }

    internal SequenceStrides Y { get; private set; }

    /// <summary>Floats of a position.</summary>
    internal int Width => Shape.Complex ? 2 * Shape.Channels : Shape.Channels;

    /// <summary>Where the states to begin with are; -1 when there are none.</summary>
    internal int StateAt => Kernel.Buffers.Count > 3 ? Slots.A3 : -1;

    internal override void Resize(SizeValues sizes)
    {
        Batch = checked((int)Shape.Batch.Evaluate(sizes));
        Positions = checked((int)Shape.Positions.Evaluate(sizes));
        A = SequenceStrides.Of(Shape.ABatch, Shape.APosition, 0, sizes);
        X = SequenceStrides.Of(Shape.XBatch, Shape.XPosition, 0, sizes);
        Y = SequenceStrides.Of(Shape.YBatch, Shape.YPosition, 0, sizes);
    }

    internal override int Slices(int phase) => HostVectors.Width switch
    {
        16 => HostLinearScan<Floats16, Ints16, Mask16>.Slices(this),
        8 => HostLinearScan<Floats8, Ints8, Mask8>.Slices(this),
        4 => HostLinearScan<Floats4, Ints4, Mask4>.Slices(this),
        _ => HostLinearScan<Floats1, Ints1, Mask1>.Slices(this),
    };

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.Width)
        {
            case 16:
                HostLinearScan<Floats16, Ints16, Mask16>.Run(this, memory, slice);
                break;
            case 8:
                HostLinearScan<Floats8, Ints8, Mask8>.Run(this, memory, slice);
                break;
            case 4:
                HostLinearScan<Floats4, Ints4, Mask4>.Run(this, memory, slice);
                break;
            default:
                HostLinearScan<Floats1, Ints1, Mask1>.Run(this, memory, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.LinearScan(this);
}
