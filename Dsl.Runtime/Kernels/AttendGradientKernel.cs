using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>Which gradients an <see cref="AttendGradientKernel{TWide, TNarrow}"/> computes, and how they lie.</summary>
/// <param name="Queries">Of the queries.</param>
/// <param name="Keys">Of the keys.</param>
/// <param name="Values">Of the values.</param>
/// <param name="Bias">Of the bias.</param>
public sealed record AttendGradients(bool Queries, bool Keys, bool Values, bool Bias)
{
    /// <summary>From one sequence of the gradient of the result to the next.</summary>
    public required Size UpstreamBatch { get; init; }

    /// <summary>From one position of the gradient of the result to the next.</summary>
    public required Size UpstreamRow { get; init; }

    /// <summary>From one sequence of the gradient of queries to the next.</summary>
    public Size QueryBatch { get; init; } = 0;

    /// <summary>From one position of the gradient of queries to the next.</summary>
    public Size QueryRow { get; init; } = 0;

    /// <summary>From one sequence of the gradient of keys to the next.</summary>
    public Size KeyBatch { get; init; } = 0;

    /// <summary>From one position of the gradient of keys to the next.</summary>
    public Size KeyRow { get; init; } = 0;

    /// <summary>From one sequence of the gradient of values to the next.</summary>
    public Size ValueBatch { get; init; } = 0;

    /// <summary>From one position of the gradient of values to the next.</summary>
    public Size ValueRow { get; init; } = 0;
}

/// <summary>The strides of <see cref="AttendGradients"/> as numbers.</summary>
internal struct AttendGradientStrides
{
    internal int UpstreamBatch;
    internal int UpstreamRow;
    internal int QueryBatch;
    internal int QueryRow;
    internal int KeyBatch;
    internal int KeyRow;
    internal int ValueBatch;
    internal int ValueRow;

    internal static AttendGradientStrides Of(AttendGradients g, SizeValues sizes) => new()
    {
        UpstreamBatch = checked((int)g.UpstreamBatch.Evaluate(sizes)),
        UpstreamRow = checked((int)g.UpstreamRow.Evaluate(sizes)),
        QueryBatch = checked((int)g.QueryBatch.Evaluate(sizes)),
        QueryRow = checked((int)g.QueryRow.Evaluate(sizes)),
        KeyBatch = checked((int)g.KeyBatch.Evaluate(sizes)),
        KeyRow = checked((int)g.KeyRow.Evaluate(sizes)),
        ValueBatch = checked((int)g.ValueBatch.Evaluate(sizes)),
        ValueRow = checked((int)g.ValueRow.Evaluate(sizes)),
    };
}

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
    /// asked for, of queries, keys, values, bias; scratch.</param>
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

    /// <summary>How the gradients lie.</summary>
    internal AttendGradientStrides Strides { get; private set; }

    internal override int Phases => 3;

    internal override void Resize(SizeValues sizes)
    {
        base.Resize(sizes);
        Strides = AttendGradientStrides.Of(Gradients, sizes);
    }

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

    internal override void Accept(ILaunchVisitor visitor) => visitor.AttendGradient(this);

    private void Run<F, I, M, TTile>(float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile =>
        HostAttendGradient.Run<F, I, M>(this, TileCode.Of<F, I, M, TTile>(), memory, scratch, phase, slice);
}
