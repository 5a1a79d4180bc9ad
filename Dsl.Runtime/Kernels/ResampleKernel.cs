using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>Images at another size, each pixel a weighted sum of source pixels; transposed, the gradient of that: each
/// source pixel sums over the pixels that read it.</summary>
/// <typeparam name="TBody">What happens to each sum.</typeparam>
public sealed class ResampleKernel<TBody> : Kernel
    where TBody : struct, IConvolveBody
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">Buffer 0 is what is read; the others are the body's.</param>
    /// <param name="shape">Extents, pitches and the rule.</param>
    public ResampleKernel(string name, string[] buffers, ResampleShape shape)
        : base(name, buffers)
    {
        Shape = shape;
    }

    /// <summary>Extents, pitches and the rule.</summary>
    public ResampleShape Shape { get; }

    internal override Launch Prepare() => new ResampleLaunch<TBody>(this);
}

/// <summary>Resampling in one session, whatever its body.</summary>
public abstract class ResampleLaunch : Launch
{
    private protected ResampleLaunch(Kernel kernel, ResampleShape shape)
        : base(kernel) => Shape = shape;

    /// <summary>Geometry, extents and pitches.</summary>
    internal ResampleShape Shape { get; }

    internal int Images { get; private set; }

    internal int Height { get; private set; }

    internal int Width { get; private set; }

    internal int ImagePitch { get; private set; }

    internal int RowPitch { get; private set; }

    /// <summary>The rule downwards.</summary>
    internal ResampleAxis Down { get; private set; }

    /// <summary>The rule across.</summary>
    internal ResampleAxis Across { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        ResampleShape s = Shape;
        Images = checked((int)s.Images.Evaluate(sizes));
        Height = checked((int)s.Height.Evaluate(sizes));
        Width = checked((int)s.Width.Evaluate(sizes));
        ImagePitch = checked((int)s.ImagePitch.Evaluate(sizes));
        RowPitch = checked((int)s.RowPitch.Evaluate(sizes));
        int otherHeight = checked((int)s.SourceHeight.Evaluate(sizes));
        int otherWidth = checked((int)s.SourceWidth.Evaluate(sizes));
        Down = s.Axis(otherHeight, Height);
        Across = s.Axis(otherWidth, Width);
    }

    internal override int Slices(int phase) => HostResample.Slices(Shape, Images, Height, Width);
}

/// <summary>A <see cref="ResampleKernel{TBody}"/> in one session.</summary>
/// <typeparam name="TBody">What happens to each sum.</typeparam>
public sealed unsafe class ResampleLaunch<TBody> : ResampleLaunch
    where TBody : struct, IConvolveBody
{
    internal ResampleLaunch(ResampleKernel<TBody> kernel)
        : base(kernel, kernel.Shape)
    {
    }

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.AlongWindows(Shape.Channels))
        {
            case 16:
                HostResample.Run<Floats16, Ints16, Mask16, TBody>(this, memory, scratch, slice);
                break;
            case 8:
                HostResample.Run<Floats8, Ints8, Mask8, TBody>(this, memory, scratch, slice);
                break;
            case 4:
                HostResample.Run<Floats4, Ints4, Mask4, TBody>(this, memory, scratch, slice);
                break;
            default:
                HostResample.Run<Floats1, Ints1, Mask1, TBody>(this, memory, scratch, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Resample(this);
}
