using Dsl.Host;
using Dsl.Vectors;
using unsafe Consumer = delegate*<
    float*, in Dsl.Kernels.Slots, float*, int, in Dsl.Host.HostConvolve.Row, int, int, int, int, void>;

namespace Dsl.Kernels;

/// <summary>A convolution without im2col over a source with a zero halo, or, transposed, the gradient of one with respect to its input.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed class ConvolveKernel<TWide, TNarrow, TBody> : Kernel
    where TWide : struct, ITile
    where TNarrow : struct, ITile
    where TBody : struct, IConvolveBody
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">Buffer 0 is the source, buffer 1 the weights; the others are the body's.</param>
    /// <param name="shape">Geometry, extents and pitches.</param>
    public ConvolveKernel(string name, string[] buffers, ConvolveShape shape)
        : base(name, buffers)
    {
        Shape = shape;
    }

    /// <summary>Geometry, extents and pitches.</summary>
    public ConvolveShape Shape { get; }

    internal override Launch Prepare() => new ConvolveLaunch<TWide, TNarrow, TBody>(this);
}

/// <summary>A convolution in one session, whatever its tiles and its body.</summary>
public abstract class ConvolveLaunch : Launch
{
    private protected ConvolveLaunch(Kernel kernel, ConvolveShape shape)
        : base(kernel) => Shape = shape;

    /// <summary>Geometry, extents and pitches.</summary>
    internal ConvolveShape Shape { get; }

    internal abstract TileSizes Tile { get; }

    internal int Images { get; private set; }

    internal int Height { get; private set; }

    internal int Width { get; private set; }

    internal int ImagePitch { get; private set; }

    internal int RowPitch { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Images = checked((int)Shape.Images.Evaluate(sizes));
        Height = checked((int)Shape.Height.Evaluate(sizes));
        Width = checked((int)Shape.Width.Evaluate(sizes));
        ImagePitch = checked((int)Shape.ImagePitch.Evaluate(sizes));
        RowPitch = checked((int)Shape.RowPitch.Evaluate(sizes));
    }

    internal override int Slices(int phase) => HostConvolve.Plan(this).Count;
}

/// <summary>A <see cref="ConvolveKernel{TWide, TNarrow, TBody}"/> in one session.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed unsafe class ConvolveLaunch<TWide, TNarrow, TBody> : ConvolveLaunch
    where TWide : struct, ITile
    where TNarrow : struct, ITile
    where TBody : struct, IConvolveBody
{
    internal ConvolveLaunch(ConvolveKernel<TWide, TNarrow, TBody> kernel)
        : base(kernel, kernel.Shape)
    {
    }

    internal override TileSizes Tile => TileSizes.Of<TWide, TNarrow>(
        Shape.IsDepthwise ? HostVectors.AlongWindows(Shape.Groups) : HostVectors.ForTile(Shape.OutChannels));

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (Tile.Lanes)
        {
            case 16:
                Run<Floats16, Ints16, Mask16, TWide>(memory, scratch, slice);
                break;
            case 8 when HostVectors.Width == 16:
                Run<Floats8, Ints8, Mask8, TWide>(memory, scratch, slice);
                break;
            case 8:
                Run<Floats8, Ints8, Mask8, TNarrow>(memory, scratch, slice);
                break;
            case 4 when HostVectors.Width == 16:
                Run<Floats4, Ints4, Mask4, TWide>(memory, scratch, slice);
                break;
            case 4:
                Run<Floats4, Ints4, Mask4, TNarrow>(memory, scratch, slice);
                break;
            default:
                Run<Floats1, Ints1, Mask1, TNarrow>(memory, scratch, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Convolve(this);

    private void Run<F, I, M, TTile>(float* memory, float* scratch, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile =>
        HostConvolve.Run<F, I, M>(
            this, TileCode.Of<F, I, M, TTile>(), Consume(), memory, scratch, slice);

    /// <summary>The body's part, with vectors that fill rows of the result: those of the tile may be wider.</summary>
    private Consumer Consume() => HostVectors.Along(Shape.IsDepthwise ? Shape.Groups : Shape.OutChannels) switch
    {
        16 => &HostConvolve.Consume<Floats16, Ints16, Mask16, TBody>,
        8 => &HostConvolve.Consume<Floats8, Ints8, Mask8, TBody>,
        4 => &HostConvolve.Consume<Floats4, Ints4, Mask4, TBody>,
        _ => &HostConvolve.Consume<Floats1, Ints1, Mask1, TBody>,
    };
}
