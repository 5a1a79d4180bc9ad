using System.Numerics;
using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>
/// o_t = S_t·q_t with the state S_t = a_t·S_{t-1}·(I - β_t k_t k_tᵀ) + β_t v_t k_tᵀ of each head, where a is eˡ: a memory that replaces
/// what it says of a key. Yang et al. 2024, "Parallelizing Linear Transformers with the Delta Rule over Sequence Length",
/// arXiv:2406.06484; with a decay "Gated Delta Networks", arXiv:2412.06464, equation 10.
/// </summary>
public sealed class DeltaScanKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">q, k, v, strengths and the result; logarithms of the decay, if the shape says so; perhaps states
    /// [batch, head, key, value] to begin with, which takes the last ones.</param>
    /// <param name="shape">Extents and strides.</param>
    public DeltaScanKernel(string name, string[] buffers, DeltaScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public DeltaScanShape Shape { get; }

    internal override Launch Prepare() => new DeltaScanLaunch(this, Shape, isGradient: false);
}

/// <summary>
/// The gradients of a delta rule. Of the states only those before each chunk of positions are kept, and of their gradients those
/// behind each chunk.
/// </summary>
public sealed class DeltaScanGradientKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">q, k, v, strengths and the gradient of the result; logarithms of the decay, if the shape says so; of
    /// those that are wanted the gradients of q, k, v and the strengths, and terms of that of the decay; scratch.</param>
    /// <param name="shape">Extents and strides.</param>
    public DeltaScanGradientKernel(string name, string[] buffers, DeltaScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public DeltaScanShape Shape { get; }

    internal override Launch Prepare() => new DeltaScanLaunch(this, Shape, isGradient: true);
}

/// <summary>A <see cref="DeltaScanKernel"/> or a <see cref="DeltaScanGradientKernel"/> in one session.</summary>
public sealed unsafe class DeltaScanLaunch : Launch
{
    /// <summary>Buffers before what need not be there.</summary>
    private const int Always = 5;

    internal DeltaScanLaunch(Kernel kernel, DeltaScanShape shape, bool isGradient)
        : base(kernel) => (Shape, IsGradient) = (shape, isGradient);

    internal DeltaScanShape Shape { get; }

    /// <summary>Whether it is the gradients that are wanted.</summary>
    internal bool IsGradient { get; }

    internal int Batch { get; private set; }

    internal int Positions { get; private set; }

    /// <summary>Heads of all samples.</summary>
    internal int Sequences => Batch * Shape.Heads;

    /// <summary>Chunks of a sequence.</summary>
    internal int Chunks => Slicing.Ceiling(Positions, DeltaScanParts.Chunk);

    internal SequenceStrides Q { get; private set; }

    internal SequenceStrides K { get; private set; }

    internal SequenceStrides V { get; private set; }

    internal SequenceStrides B { get; private set; }

    internal SequenceStrides O { get; private set; }

    internal SequenceStrides D { get; private set; }

    internal SequenceStrides OfQ { get; private set; }

    internal SequenceStrides OfK { get; private set; }

    internal SequenceStrides OfV { get; private set; }

    internal SequenceStrides OfB { get; private set; }

    internal SequenceStrides OfD { get; private set; }

    /// <summary>Where the states to begin with are; -1 when there are none.</summary>
    internal int StateAt => !IsGradient && Kernel.Buffers.Count > Own ? Slots.Offset(Own) : -1;

    internal int ScratchAt => Slots.Offset(Kernel.Buffers.Count - 1);

    internal override int Phases => IsGradient ? 2 : 1;

    /// <summary>Buffers of the operands and the result.</summary>
    private int Own => Always + (Shape.Decays ? 1 : 0);

    /// <summary>Where a gradient begins; -1 when it is not wanted.</summary>
    internal int GradientAt(DeltaGradients which) => !IsGradient || (Shape.Gradients & which) == 0 ? -1
        : Slots.Offset(Own + BitOperations.PopCount((uint)Shape.Gradients & ((uint)which - 1)));

    internal override void Resize(SizeValues sizes)
    {
        Batch = checked((int)Shape.Batch.Evaluate(sizes));
        Positions = checked((int)Shape.Positions.Evaluate(sizes));
        Q = SequenceStrides.Of(Shape.QBatch, Shape.QPosition, Shape.QHead, sizes);
        K = SequenceStrides.Of(Shape.KBatch, Shape.KPosition, Shape.KHead, sizes);
        V = SequenceStrides.Of(Shape.VBatch, Shape.VPosition, Shape.VHead, sizes);
        B = SequenceStrides.Of(Shape.BBatch, Shape.BPosition, Shape.BHead, sizes);
        O = SequenceStrides.Of(Shape.OBatch, Shape.OPosition, Shape.OHead, sizes);
        D = SequenceStrides.Of(Shape.DBatch, Shape.DPosition, Shape.DHead, sizes);
        OfQ = SequenceStrides.Of(Shape.OfQBatch, Shape.OfQPosition, Shape.OfQHead, sizes);
        OfK = SequenceStrides.Of(Shape.OfKBatch, Shape.OfKPosition, Shape.OfKHead, sizes);
        OfV = SequenceStrides.Of(Shape.OfVBatch, Shape.OfVPosition, Shape.OfVHead, sizes);
        OfB = SequenceStrides.Of(Shape.OfBBatch, Shape.OfBPosition, Shape.OfBHead, sizes);
        OfD = SequenceStrides.Of(Shape.OfDBatch, Shape.OfDPosition, Shape.OfDHead, sizes);
    }

    internal override int Slices(int phase) => HostVectors.Width switch
    {
        16 => HostDeltaScan<Floats16, Ints16, Mask16>.Slices(this, phase),
        8 => HostDeltaScan<Floats8, Ints8, Mask8>.Slices(this, phase),
        4 => HostDeltaScan<Floats4, Ints4, Mask4>.Slices(this, phase),
        _ => HostDeltaScan<Floats1, Ints1, Mask1>.Slices(this, phase),
    };

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.Width)
        {
            case 16:
                HostDeltaScan<Floats16, Ints16, Mask16>.Run(this, memory, scratch, phase, slice);
                break;
            case 8:
                HostDeltaScan<Floats8, Ints8, Mask8>.Run(this, memory, scratch, phase, slice);
                break;
            case 4:
                HostDeltaScan<Floats4, Ints4, Mask4>.Run(this, memory, scratch, phase, slice);
                break;
            default:
                HostDeltaScan<Floats1, Ints1, Mask1>.Run(this, memory, scratch, phase, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.DeltaScan(this);
}
