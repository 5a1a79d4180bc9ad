using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>Which gradients an <see cref="AttendGradientKernel{TWide, TNarrow}"/> computes.</summary>
/// <param name="Queries">Of the queries.</param>
/// <param name="Keys">Of the keys.</param>
/// <param name="Values">Of the values.</param>
/// <param name="Bias">Of the bias.</param>
public sealed record AttendGradients(bool Queries, bool Keys, bool Values, bool Bias);

/// <summary>The gradients of <see cref="AttendKernel{TWide, TNarrow}"/>, which compute its scores again.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
public sealed class AttendGradientKernel<TWide, TNarrow> : Kernel
    where TWide : struct, ITile
    where TNarrow : struct, ITile
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">In this order: queries, keys, values, gradient of the result; for softmax the result and the
    /// logarithm of the sum of each row's exponentials; the bias and segment numbers, when there are some; the gradients
    /// asked for, of queries, keys, values, bias, all dense; scratch.</param>
    /// <param name="shape">Extents and strides.</param>
    /// <param name="gradients">What is asked for.</param>
    public AttendGradientKernel(string name, string[] buffers, AttendShape shape, AttendGradients gradients)
        : base(name, buffers) => (Shape, Gradients) = (shape, gradients);

    /// <summary>Extents and strides.</summary>
    public AttendShape Shape { get; }

    /// <summary>What is asked for.</summary>
    public AttendGradients Gradients { get; }

    internal override Launch Prepare() => new AttendGradientLaunch<TWide, TNarrow>(this);
}

/// <summary>An <see cref="AttendGradientKernel{TWide, TNarrow}"/> in one session, whatever its tiles.</summary>
public abstract class AttendGradientLaunch : AttendLaunchBase
{
    private protected AttendGradientLaunch(Kernel kernel, AttendShape shape, AttendGradients gradients)
        : base(kernel, shape) => Gradients = gradients;

    internal AttendGradients Gradients { get; }

    internal override int Phases => 3;

    internal override int Slices(int phase) => HostAttendGradient.Slices(this, phase);
}

/// <summary>An <see cref="AttendGradientKernel{TWide, TNarrow}"/> in one session.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
public sealed unsafe class AttendGradientLaunch<TWide, TNarrow> : AttendGradientLaunch
    where TWide : struct, ITile
    where TNarrow : struct, ITile
{
    internal AttendGradientLaunch(AttendGradientKernel<TWide, TNarrow> kernel)
        : base(kernel, kernel.Shape, kernel.Gradients)
    {
    }

    internal override TileSizes Tile => TileSizes.Of<TWide, TNarrow>();

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

    internal override void Accept(ILaunchVisitor visitor) => visitor.AttendGradient(this);

    private void Run<F, I, M, TTile>(float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile =>
        HostAttendGradient.Run<F, I, M>(this, TileCode.Of<F, I, M, TTile>(), memory, scratch, phase, slice);
}
