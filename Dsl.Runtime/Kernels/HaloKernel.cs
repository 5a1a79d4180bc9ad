using Dsl.Host;

namespace Dsl.Kernels;

/// <summary>Writes zeros around every image of a buffer: arena memory is reused, so each producer of a haloed buffer does it each step.</summary>
public sealed class HaloKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">Buffer 0 is the image; its offset is the first pixel inside the halo.</param>
    /// <param name="shape">The image and its halo.</param>
    public HaloKernel(string name, string[] buffers, HaloShape shape)
        : base(name, buffers)
    {
        Shape = shape;
    }

    /// <summary>The image and its halo.</summary>
    public HaloShape Shape { get; }

    internal override Launch Prepare() => new HaloLaunch(this);
}

/// <summary>A <see cref="HaloKernel"/> in one session.</summary>
public sealed unsafe class HaloLaunch : Launch
{
    internal HaloLaunch(HaloKernel kernel)
        : base(kernel) => Shape = kernel.Shape;

    /// <summary>Extents and what is around them.</summary>
    internal HaloShape Shape { get; }

    internal int Images { get; private set; }

    internal int Height { get; private set; }

    internal int Width { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Images = checked((int)Shape.Images.Evaluate(sizes));
        Height = checked((int)Shape.Height.Evaluate(sizes));
        Width = checked((int)Shape.Width.Evaluate(sizes));
    }

    internal override int Slices(int phase) => HostHalo.Slices(this);

    internal override void RunHost(float* memory, float* scratch, int phase, int slice) =>
        HostHalo.Run(this, memory, slice);

    internal override void Accept(ILaunchVisitor visitor) => visitor.Halo(this);
}
