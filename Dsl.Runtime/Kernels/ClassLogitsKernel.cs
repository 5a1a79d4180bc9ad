using System.Numerics;
using System.Threading;
using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>
/// The cross-entropy of each sample over very many classes with a margin. Logits are tiles of classes that are never stored: the
/// first walk over classes keeps a maximum and a sum for each sample (Milakov and Gimelshein 2018).
/// </summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
public sealed class ClassLogitsKernel<TWide, TNarrow> : Kernel
    where TWide : struct, ITile
    where TNarrow : struct, ITile
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">In this order: embeddings, rows of classes, labels; offsets and λ, where the shape says so; losses,
    /// the logarithms of sums and what was chosen, where they are wanted; scratch.</param>
    /// <param name="shape">Extents and margin.</param>
    public ClassLogitsKernel(string name, string[] buffers, ClassLogitsShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and margin.</summary>
    public ClassLogitsShape Shape { get; }

    internal override Launch Prepare() => new ClassLogitsLaunch<TWide, TNarrow>(this, Shape);
}

/// <summary>The gradients of <see cref="ClassLogitsKernel{TWide, TNarrow}"/>, from a walk that computes logits again.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
public sealed class ClassLogitsGradientKernel<TWide, TNarrow> : Kernel
    where TWide : struct, ITile
    where TNarrow : struct, ITile
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">In this order: the gradient of the losses, the logarithms of sums,
    /// where some were chosen the classes, embeddings, rows of classes, labels;
    /// offsets and λ, where the shape says so; of those that are wanted the gradients of embeddings, rows and offsets;
    /// scratch.</param>
    /// <param name="shape">Extents and margin.</param>
    public ClassLogitsGradientKernel(string name, string[] buffers, ClassLogitsShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and margin.</summary>
    public ClassLogitsShape Shape { get; }

    internal override Launch Prepare() => new ClassLogitsLaunch<TWide, TNarrow>(this, Shape);
}

/// <summary>A margin softmax or its gradient in one session, whatever its tiles.</summary>
public abstract class ClassLogitsLaunch : Launch
{
    private long _zeros;

    private protected ClassLogitsLaunch(Kernel kernel, ClassLogitsShape shape)
        : base(kernel) => (Shape, Margin) = (shape, MarginNumbers.Of(shape));

    internal ClassLogitsShape Shape { get; }

    internal MarginNumbers Margin { get; }

    /// <summary>What takes the optimiser's step with the gradient of the rows where no buffer has it; null: the buffer does.</summary>
    internal RowUpdate? Update { get; set; }

    internal bool IsGradient => Shape.Gradients != ClassGradients.None;

    /// <summary>Whether it chooses classes; the gradient takes what was chosen.</summary>
    internal bool Chooses => Shape.Chosen > 0 && !IsGradient;

    internal int Samples { get; private set; }

    /// <summary>Elements from one embedding to the next.</summary>
    internal int Row { get; private set; }

    /// <summary>Elements from the gradient of one embedding to the next.</summary>
    internal int OfRow { get; private set; }

    internal override int Phases => 3;

    /// <summary>Embeddings of zeros that the host has seen.</summary>
    internal long Zeros => Interlocked.Read(ref _zeros);

    internal void CountZeros() => Interlocked.Increment(ref _zeros);

    /// <summary>The buffer of the rows of classes, and the one of their gradient where it is wanted.</summary>
    internal string Rows => Kernel.Buffers[First + 1];

    internal string? Gradient => (Shape.Gradients & ClassGradients.Rows) == 0 ? null : Kernel.Buffers[SlotOf(ClassGradients.Rows)];

    /// <summary>Slots in the order of <see cref="ClassLogitsKernel{TWide, TNarrow}"/>; -1: not there.</summary>
    internal int EmbeddingsAt => Slots.Offset(First);

    internal int RowsAt => Slots.Offset(First + 1);

    internal int LabelsAt => Slots.Offset(First + 2);

    internal int BiasAt => Shape.HasBias ? Slots.Offset(First + 3) : -1;

    internal int LambdaAt => Shape.HasLambda ? Slots.Offset(Results - 1) : -1;

    internal int LossesAt => IsGradient || !Shape.Losses ? -1 : Slots.Offset(Results);

    internal int LogSumsAt => IsGradient ? Slots.Offset(1) : !Shape.LogSums ? -1 : Slots.Offset(Results + (Shape.Losses ? 1 : 0));

    /// <summary>What was chosen; the end of scratch where no buffer is wanted of it.</summary>
    internal int ChosenAt => Shape.Chosen == 0 ? -1 : IsGradient ? Slots.Offset(2)
        : Shape.Choice ? Slots.Offset(Results + (Shape.Losses ? 1 : 0) + (Shape.LogSums ? 1 : 0))
        : ScratchAt + checked((int)ClassTiles.Scratch(Samples, Shape.Width, Shape.Classes * Shape.SubCenters).Constant);

    internal int UpstreamAt => Slots.Offset(0);

    internal int ScratchAt => Slots.Offset(Kernel.Buffers.Count - 1);

    private int First => !IsGradient ? 0 : Shape.Chosen > 0 ? 3 : 2;

    private int Results => First + 3 + (Shape.HasBias ? 1 : 0) + (Shape.HasLambda ? 1 : 0);

    /// <summary>Where a gradient begins; -1 when it is not wanted.</summary>
    internal int GradientAt(ClassGradients which) => (Shape.Gradients & which) == 0 ? -1 : Slots.Offset(SlotOf(which));

    private int SlotOf(ClassGradients which) =>
        Results + BitOperations.PopCount((uint)Shape.Gradients & ((uint)which - 1));

    internal override void Resize(SizeValues sizes)
    {
        Samples = checked((int)Shape.Samples.Evaluate(sizes));
        Row = checked((int)Shape.Row.Evaluate(sizes));
        OfRow = checked((int)Shape.OfRow.Evaluate(sizes));
    }

    internal override int Slices(int phase) => HostClassLogits.Slices(this, phase);

    internal override void Accept(ILaunchVisitor visitor) => visitor.ClassLogits(this);
}

/// <summary>A margin softmax or its gradient in one session.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
public sealed unsafe class ClassLogitsLaunch<TWide, TNarrow> : ClassLogitsLaunch
    where TWide : struct, ITile
    where TNarrow : struct, ITile
{
    internal ClassLogitsLaunch(Kernel kernel, ClassLogitsShape shape)
        : base(kernel, shape)
    {
    }

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

    private void Run<F, I, M, TTile>(float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile =>
        HostClassLogits.Run<F, I, M>(this, TileCode.Of<F, I, M, TTile>(), memory, scratch, phase, slice);
}
