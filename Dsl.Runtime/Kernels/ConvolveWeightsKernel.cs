using Dsl.Host;
using Dsl.Vectors;
using unsafe Merger = delegate*<float*, in Dsl.Kernels.Slots, float*, nint, int, int, int, int, int, void>;

namespace Dsl.Kernels;

/// <summary>The gradient of a convolution with respect to its weights: rows are (tap, input channel), columns output channels of a group, the batch is the group.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed class ConvolveWeightsKernel<TWide, TNarrow, TBody> : Kernel
    where TWide : struct, ITile
    where TNarrow : struct, ITile
    where TBody : struct, IContractBody
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">Buffer 0 is the source, buffer 1 the output gradient, the last is scratch of slices · groups · taps · InChannels · OutChannels floats; the others are the body's.</param>
    /// <param name="shape">Geometry, extents and pitches of the forward convolution; Height and Width are the output's.</param>
    /// <param name="gradientImagePitch">Elements from one image of the output gradient to the next.</param>
    /// <param name="gradientRowPitch">Elements from one pixel row of the output gradient to the next.</param>
    /// <param name="slices">Into how many slices the work is cut; partial sums merge in slice order.</param>
    /// <param name="gradientPixelPitch">Elements from one pixel of the output gradient to the next; 0: as many as it
    /// has channels.</param>
    public ConvolveWeightsKernel(
        string name, string[] buffers, ConvolveShape shape, Size gradientImagePitch, Size gradientRowPitch, int slices,
        int gradientPixelPitch = 0)
        : base(name, buffers)
    {
        Shape = shape;
        GradientImagePitch = gradientImagePitch;
        GradientRowPitch = gradientRowPitch;
        Slices = slices;
        GradientPixel = gradientPixelPitch == 0 ? shape.Groups * shape.OutChannels : gradientPixelPitch;
    }

    /// <summary>Geometry, extents and pitches of the forward convolution; Height and Width are the output's.</summary>
    public ConvolveShape Shape { get; }

    /// <summary>Elements from one image of the output gradient to the next.</summary>
    public Size GradientImagePitch { get; }

    /// <summary>Elements from one pixel row of the output gradient to the next.</summary>
    public Size GradientRowPitch { get; }

    /// <summary>Into how many slices the work is cut; partial sums merge in slice order.</summary>
    public int Slices { get; }

    /// <summary>Elements from one pixel of the output gradient to the next.</summary>
    internal int GradientPixel { get; }

    internal override Launch Prepare() => new ConvolveWeightsLaunch<TWide, TNarrow, TBody>(this);
}

/// <summary>The gradient of a convolution's weights in one session, whatever its tiles and its body.</summary>
public abstract class ConvolveWeightsLaunch : Launch
{
    private readonly Size _imagePitch;
    private readonly Size _rowPitch;

    private protected ConvolveWeightsLaunch(
        Kernel kernel, ConvolveShape shape, int pixelSlices, int gradientPixel, Size imagePitch, Size rowPitch)
        : base(kernel)
    {
        Shape = shape;
        PixelSlices = pixelSlices;
        GradientPixel = gradientPixel;
        _imagePitch = imagePitch;
        _rowPitch = rowPitch;
    }

    /// <summary>Geometry, extents and pitches of the forward convolution.</summary>
    internal ConvolveShape Shape { get; }

    /// <summary>Into how many slices the rows of pixels are cut.</summary>
    internal int PixelSlices { get; }

    /// <summary>Elements from one pixel of the output gradient to the next.</summary>
    internal int GradientPixel { get; }

    internal abstract TileSizes Tile { get; }

    internal override int Phases => 2;

    internal int Images { get; private set; }

    internal int Height { get; private set; }

    internal int Width { get; private set; }

    internal int ImagePitch { get; private set; }

    internal int RowPitch { get; private set; }

    internal int GradientImagePitch { get; private set; }

    internal int GradientRowPitch { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Images = checked((int)Shape.Images.Evaluate(sizes));
        Height = checked((int)Shape.Height.Evaluate(sizes));
        Width = checked((int)Shape.Width.Evaluate(sizes));
        ImagePitch = checked((int)Shape.ImagePitch.Evaluate(sizes));
        RowPitch = checked((int)Shape.RowPitch.Evaluate(sizes));
        GradientImagePitch = checked((int)_imagePitch.Evaluate(sizes));
        GradientRowPitch = checked((int)_rowPitch.Evaluate(sizes));
    }

    internal override int Slices(int phase) => HostConvolveWeights.Slices(this, phase);
}

/// <summary>A <see cref="ConvolveWeightsKernel{TWide, TNarrow, TBody}"/> in one session.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed unsafe class ConvolveWeightsLaunch<TWide, TNarrow, TBody> : ConvolveWeightsLaunch
    where TWide : struct, ITile
    where TNarrow : struct, ITile
    where TBody : struct, IContractBody
{
    internal ConvolveWeightsLaunch(ConvolveWeightsKernel<TWide, TNarrow, TBody> kernel)
        : base(
            kernel, kernel.Shape, kernel.Slices, kernel.GradientPixel, kernel.GradientImagePitch,
            kernel.GradientRowPitch)
    {
    }

    internal override TileSizes Tile => TileSizes.Of<TWide, TNarrow>(HostVectors.ForTile(Shape.OutChannels));

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (Tile.Lanes)
        {
            case 16:
                Run<Floats16, Ints16, Mask16, TWide>(memory, scratch, phase, slice);
                break;
            case 8 when HostVectors.Width == 16:
                Run<Floats8, Ints8, Mask8, TWide>(memory, scratch, phase, slice);
                break;
            case 8:
                Run<Floats8, Ints8, Mask8, TNarrow>(memory, scratch, phase, slice);
                break;
            case 4 when HostVectors.Width == 16:
                Run<Floats4, Ints4, Mask4, TWide>(memory, scratch, phase, slice);
                break;
            case 4:
                Run<Floats4, Ints4, Mask4, TNarrow>(memory, scratch, phase, slice);
                break;
            default:
                Run<Floats1, Ints1, Mask1, TNarrow>(memory, scratch, phase, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.ConvolveWeights(this);

    private void Run<F, I, M, TTile>(float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile =>
        HostConvolveWeights.Run<F, I, M>(
            this, TileCode.Of<F, I, M, TTile>(), Merge(), memory, scratch, phase, slice);

    /// <summary>The body's part, with vectors that fill rows of the result: those of the tile may be wider.</summary>
    private Merger Merge() => HostVectors.Along(Shape.OutChannels) switch
    {
        16 => &HostConvolveWeights.Merge<Floats16, Ints16, Mask16, TBody>,
        8 => &HostConvolveWeights.Merge<Floats8, Ints8, Mask8, TBody>,
        4 => &HostConvolveWeights.Merge<Floats4, Ints4, Mask4, TBody>,
        _ => &HostConvolveWeights.Merge<Floats1, Ints1, Mask1, TBody>,
    };
}
