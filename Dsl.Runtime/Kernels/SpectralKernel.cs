using System;
using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>
/// y_t = Σ_j k_j·x_{t-j} of each channel, by Fourier transforms of power-of-two length (Cooley and Tukey 1965): a
/// convolution whose kernel may be as long as the sequence. In reverse y_t = Σ_j k_j·x_{t+j}, its gradient by x.
/// </summary>
public sealed class SpectralKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">x, k, y and scratch.</param>
    /// <param name="shape">Extents and strides.</param>
    public SpectralKernel(string name, string[] buffers, SpectralShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public SpectralShape Shape { get; }

    internal override Launch Prepare() => new SpectralLaunch(this, Shape, isOfKernel: false);
}

/// <summary>
/// What such a convolution needs for the gradient of its kernel: Σ y_t·x_{t-j} over samples and positions, for each
/// distance j; in reverse Σ y_t·x_{t+j}.
/// </summary>
public sealed class SpectralTapsKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">x, the gradient of the kernel, the gradient of y, and scratch.</param>
    /// <param name="shape">Extents and strides.</param>
    public SpectralTapsKernel(string name, string[] buffers, SpectralShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public SpectralShape Shape { get; }

    internal override Launch Prepare() => new SpectralLaunch(this, Shape, isOfKernel: true);
}

/// <summary>A <see cref="SpectralKernel"/> or a <see cref="SpectralTapsKernel"/> in one session.</summary>
public sealed unsafe class SpectralLaunch : Launch
{
    private int _padded;

    internal SpectralLaunch(Kernel kernel, SpectralShape shape, bool isOfKernel)
        : base(kernel) => (Shape, IsOfKernel) = (shape, isOfKernel);

    internal SpectralShape Shape { get; }

    /// <summary>Whether it is the gradient of the kernel that is wanted.</summary>
    internal bool IsOfKernel { get; }

    internal int Batch { get; private set; }

    internal int Positions { get; private set; }

    internal int Taps { get; private set; }

    internal int KTap { get; private set; }

    internal SequenceStrides X { get; private set; }

    internal SequenceStrides Y { get; private set; }

    /// <summary>Elements of a transform, a power of two; they are complex numbers, half as many.</summary>
    internal int Padded => _padded;

    /// <summary>Numbers of a kernel that meet a position.</summary>
    internal int Met => Math.Min(Taps, Positions);

    /// <summary>The factors of the transforms on the host.</summary>
    internal Twiddles Twiddles { get; private set; } = Twiddles.Of(1);

    internal override int Phases => IsOfKernel ? 1 : 2;

    internal override void Resize(SizeValues sizes)
    {
        Batch = checked((int)Shape.Batch.Evaluate(sizes));
        Positions = checked((int)Shape.Positions.Evaluate(sizes));
        Taps = checked((int)Shape.Taps.Evaluate(sizes));
        KTap = checked((int)Shape.KTap.Evaluate(sizes));
        X = SequenceStrides.Of(Shape.XBatch, Shape.XPosition, 0, sizes);
        Y = SequenceStrides.Of(Shape.YBatch, Shape.YPosition, 0, sizes);
        _padded = SpectralParts.Padded(Positions, Taps);
        Twiddles = Twiddles.Of(_padded / 2);
    }

    internal override int Slices(int phase) => HostVectors.Width switch
    {
        16 => HostSpectral<Floats16, Ints16, Mask16>.Slices(this, phase),
        8 => HostSpectral<Floats8, Ints8, Mask8>.Slices(this, phase),
        4 => HostSpectral<Floats4, Ints4, Mask4>.Slices(this, phase),
        _ => HostSpectral<Floats1, Ints1, Mask1>.Slices(this, phase),
    };

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.Width)
        {
            case 16:
                HostSpectral<Floats16, Ints16, Mask16>.Run(this, memory, phase, slice);
                break;
            case 8:
                HostSpectral<Floats8, Ints8, Mask8>.Run(this, memory, phase, slice);
                break;
            case 4:
                HostSpectral<Floats4, Ints4, Mask4>.Run(this, memory, phase, slice);
                break;
            default:
                HostSpectral<Floats1, Ints1, Mask1>.Run(this, memory, phase, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Spectral(this);
}
