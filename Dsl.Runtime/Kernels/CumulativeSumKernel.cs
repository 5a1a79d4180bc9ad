using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>Extents and strides of running sums along the middle axis of outer × length × inner; inner elements are
/// neighbours.</summary>
public sealed record CumulativeSumShape
{
    /// <summary>What lies outside the axis.</summary>
    public Size Outer { get; init; } = 1;

    /// <summary>Steps along the axis.</summary>
    public required Size Length { get; init; }

    /// <summary>What lies inside the axis: the lanes.</summary>
    public Size Inner { get; init; } = 1;

    /// <summary>Elements of the operand from one outer index to the next.</summary>
    public Size FromOuter { get; init; } = 0;

    /// <summary>Elements of the operand from one step to the next.</summary>
    public required Size FromStep { get; init; }

    /// <summary>Elements of the result from one outer index to the next.</summary>
    public Size ToOuter { get; init; } = 0;

    /// <summary>Elements of the result from one step to the next.</summary>
    public required Size ToStep { get; init; }

    /// <summary>Whether an element does not count itself.</summary>
    public bool Exclusive { get; init; }

    /// <summary>Whether the sums begin at the end.</summary>
    public bool Reverse { get; init; }

    /// <summary>Whether the result is the largest element so far, not the sum; neither exclusive nor in reverse.</summary>
    public bool Largest { get; init; }
}

/// <summary>Sums of all elements up to each along an axis, added in that order; or the largest of them.</summary>
public sealed class CumulativeSumKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">The operand and the result.</param>
    /// <param name="shape">Extents and strides.</param>
    public CumulativeSumKernel(string name, string[] buffers, CumulativeSumShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public CumulativeSumShape Shape { get; }

    internal override Launch Prepare() => new CumulativeSumLaunch(this);
}

/// <summary>A <see cref="CumulativeSumKernel"/> in one session.</summary>
public sealed unsafe class CumulativeSumLaunch : Launch
{
    internal CumulativeSumLaunch(CumulativeSumKernel kernel)
        : base(kernel) => Shape = kernel.Shape;

    internal CumulativeSumShape Shape { get; }

    internal int Outer { get; private set; }

    internal int Length { get; private set; }

    internal int Inner { get; private set; }

    internal int FromOuter { get; private set; }

    internal int FromStep { get; private set; }

    internal int ToOuter { get; private set; }

    internal int ToStep { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Outer = checked((int)Shape.Outer.Evaluate(sizes));
        Length = checked((int)Shape.Length.Evaluate(sizes));
        Inner = checked((int)Shape.Inner.Evaluate(sizes));
        FromOuter = checked((int)Shape.FromOuter.Evaluate(sizes));
        FromStep = checked((int)Shape.FromStep.Evaluate(sizes));
        ToOuter = checked((int)Shape.ToOuter.Evaluate(sizes));
        ToStep = checked((int)Shape.ToStep.Evaluate(sizes));
    }

    internal override int Slices(int phase) => HostCumulativeSum.Slices(Outer, Length, Inner);

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.Width)
        {
            case 16:
                HostCumulativeSum.Run<Floats16, Ints16, Mask16>(this, memory, slice);
                break;
            case 8:
                HostCumulativeSum.Run<Floats8, Ints8, Mask8>(this, memory, slice);
                break;
            case 4:
                HostCumulativeSum.Run<Floats4, Ints4, Mask4>(this, memory, slice);
                break;
            default:
                HostCumulativeSum.Run<Floats1, Ints1, Mask1>(this, memory, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.CumulativeSum(this);
}
