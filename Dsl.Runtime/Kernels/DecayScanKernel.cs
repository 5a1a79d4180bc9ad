using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>
/// o_t = q_tᵀS_t with the state S_t = a_t ⊙ S_{t-1} + k_t v_tᵀ of each head: linear attention that forgets, and each of its
/// gradients by q, k and v. a is eˡ, with the logarithm l given: of a head, or of each feature of its keys or values;
/// l = -∞ forgets all. It goes position by position, so a decay of any strength is exact and nothing overflows. Retention
/// (Sun et al. 2023, arXiv:2307.08621, equation 6), RWKV-6 (Peng et al. 2024, arXiv:2404.05892, equation 18).
/// </summary>
public sealed class DecayScanKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">q, k, v, the logarithms of the decay and the result. A sixth is a state [batch, head, key, value]
    /// to begin with, and takes the last one.</param>
    /// <param name="shape">Extents and strides.</param>
    public DecayScanKernel(string name, string[] buffers, DecayScanShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public DecayScanShape Shape { get; }

    internal override Launch Prepare() => new DecayScanLaunch(this);
}

/// <summary>A <see cref="DecayScanKernel"/> in one session.</summary>
public sealed unsafe class DecayScanLaunch : Launch
{
    internal DecayScanLaunch(DecayScanKernel kernel)
        : base(kernel) => Shape = kernel.Shape;

    internal DecayScanShape Shape { get; }

    /// <summary>Whether there is a state before the first position.</summary>
    internal bool HasState => Kernel.Buffers.Count > 5;

    internal int Batch { get; private set; }

    internal int Positions { get; private set; }

    internal SequenceStrides Q { get; private set; }

    internal SequenceStrides K { get; private set; }

    internal SequenceStrides V { get; private set; }

    internal SequenceStrides D { get; private set; }

    internal SequenceStrides O { get; private set; }

    internal override void Resize(SizeValues sizes)
    {
        Batch = checked((int)Shape.Batch.Evaluate(sizes));
        Positions = checked((int)Shape.Positions.Evaluate(sizes));
        Q = SequenceStrides.Of(Shape.QBatch, Shape.QPosition, Shape.QHead, sizes);
        K = SequenceStrides.Of(Shape.KBatch, Shape.KPosition, Shape.KHead, sizes);
        V = SequenceStrides.Of(Shape.VBatch, Shape.VPosition, Shape.VHead, sizes);
        D = SequenceStrides.Of(Shape.DBatch, Shape.DPosition, Shape.DHead, sizes);
        O = SequenceStrides.Of(Shape.OBatch, Shape.OPosition, Shape.OHead, sizes);
    }

    internal override int Slices(int phase) => HostVectors.Width switch
    {
        16 => HostDecayScan<Floats16, Ints16, Mask16>.Slices(this),
        8 => HostDecayScan<Floats8, Ints8, Mask8>.Slices(this),
        4 => HostDecayScan<Floats4, Ints4, Mask4>.Slices(this),
        _ => HostDecayScan<Floats1, Ints1, Mask1>.Slices(this),
    };

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        switch (HostVectors.Width)
        {
            case 16:
                HostDecayScan<Floats16, Ints16, Mask16>.Run(this, memory, scratch, slice);
                break;
            case 8:
                HostDecayScan<Floats8, Ints8, Mask8>.Run(this, memory, scratch, slice);
                break;
            case 4:
                HostDecayScan<Floats4, Ints4, Mask4>.Run(this, memory, scratch, slice);
                break;
            default:
                HostDecayScan<Floats1, Ints1, Mask1>.Run(this, memory, scratch, slice);
                break;
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.DecayScan(this);
}
