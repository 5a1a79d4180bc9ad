using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>A window over image pixels, lanes are channels; transposed, it visits the windows that contain a pixel.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed class PoolKernel<TBody> : Kernel
    where TBody : struct, IPoolBody
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">The buffers by name.</param>
    /// <param name="shape">Geometry and extents.</param>
    public PoolKernel(string name, string[] buffers, PoolShape shape)
        : base(name, buffers)
    {
        Shape = shape;
    }

    /// <summary>Geometry and extents.</summary>
    public PoolShape Shape { get; }

    internal override Launch Prepare() => new PoolLaunch<TBody>(this);
}

/// <summary>A pool in one session, whatever its body.</summary>
public abstract class PoolLaunch : Launch
{
    private protected PoolLaunch(Kernel kernel, PoolShape shape)
        : base(kernel) => Shape = shape;

    /// <summary>Geometry, extents and pitches.</summary>
    internal PoolShape Shape { get; }

    internal int Images { get; private set; }

    internal int Height { get; private set; }

    internal int Width { get; private set; }

    internal int SourceHeight { get; private set; }

    internal int SourceWidth { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Images = checked((int)Shape.Images.Evaluate(sizes));
        Height = checked((int)Shape.Height.Evaluate(sizes));
        Width = checked((int)Shape.Width.Evaluate(sizes));
        SourceHeight = checked((int)Shape.SourceHeight.Evaluate(sizes));
        SourceWidth = checked((int)Shape.SourceWidth.Evaluate(sizes));
    }

    internal override int Slices(int phase) => HostPool.Slices(Shape, Images, Height, Width);
}

/// <summary>A <see cref="PoolKernel{TBody}"/> in one session.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
public sealed unsafe class PoolLaunch<TBody> : PoolLaunch
    where TBody : struct, IPoolBody
{
    internal PoolLaunch(PoolKernel<TBody> kernel)
        : base(kernel, kernel.Shape)
    {
    }

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.AlongWindows(Shape.Channels))
        {
            case 16:
                HostPool.Run<Floats16, Ints16, Mask16, TBody>(this, memory, scratch, slice);
                break;
            case 8:
                HostPool.Run<Floats8, Ints8, Mask8, TBody>(this, memory, scratch, slice);
                break;
            case 4:
                HostPool.Run<Floats4, Ints4, Mask4, TBody>(this, memory, scratch, slice);
                break;
            default:
                HostPool.Run<Floats1, Ints1, Mask1, TBody>(this, memory, scratch, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Pool(this);
}
