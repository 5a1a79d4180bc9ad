using Dsl.Host;

namespace Dsl.Kernels;

/// <summary>What a kernel remembers from run to run.</summary>
public enum MemoryKind
{
    /// <summary>Buffers x, rows: x becomes row (seen - 1) modulo capacity.</summary>
    Rows,

    /// <summary>Buffers x, result, memory: x is added. The memory of a sequence is the sum and, behind it, what its roundings
    /// have lost (Kahan 1965, "Pracniques: further remarks on reducing truncation errors").</summary>
    Sum,

    /// <summary>Buffers x, result, memory: the largest so far.</summary>
    Largest,

    /// <summary>Buffers x, result, memory: the result is what was given before.</summary>
    Before,

    /// <summary>Buffers q, k, v, result, memory: the state gains k vᵀ, the result is qᵀ·state. With a capacity, the positions of
    /// a chunk, the state gains what a chunk has added when the next one begins; the result is of the state before. The
    /// memory of a head is the state, what its roundings have lost and, with chunks, what the present one has added.</summary>
    Products,
}

/// <summary>Extents of a <see cref="MemoryKernel"/>.</summary>
public sealed record MemoryShape
{
    /// <summary>What is remembered.</summary>
    public required MemoryKind Kind { get; init; }

    /// <summary>Sequences.</summary>
    public required Size Batch { get; init; }

    /// <summary>Heads of a row.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Features of a row, or of a head.</summary>
    public required Size Width { get; init; }

    /// <summary>Features of a head's value.</summary>
    public Size ValueWidth { get; init; } = 0;

    /// <summary>Rows that there is room for, or positions of a chunk; 0: no chunks.</summary>
    public Size Capacity { get; init; } = 0;

    /// <summary>From the row of one sequence to that of the next: of x, or of the queries.</summary>
    public required Size Row { get; init; }

    /// <summary>The same of the keys.</summary>
    public Size KeyRow { get; init; } = 0;

    /// <summary>The same of the values.</summary>
    public Size ValueRow { get; init; } = 0;

    /// <summary>The same of the result, where that is not the memory itself.</summary>
    public Size ResultRow { get; init; } = 0;

    /// <summary>Positions so far, the present one included.</summary>
    public required Size Seen { get; init; }
}

/// <summary>Takes one position of each sequence into what is remembered of the earlier ones. What it remembers is 0 before
/// the first run.</summary>
public sealed class MemoryKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">As <see cref="MemoryKind"/> says.</param>
    /// <param name="shape">Extents.</param>
    public MemoryKernel(string name, string[] buffers, MemoryShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents.</summary>
    public MemoryShape Shape { get; }

    internal override Launch Prepare() => new MemoryLaunch(this);
}

/// <summary>A <see cref="MemoryKernel"/> in one session.</summary>
public sealed unsafe class MemoryLaunch : Launch
{
    internal MemoryLaunch(MemoryKernel kernel)
        : base(kernel) => Shape = kernel.Shape;

    internal MemoryShape Shape { get; }

    internal int Batch { get; private set; }

    internal int Width { get; private set; }

    internal int ValueWidth { get; private set; }

    internal int Capacity { get; private set; }

    internal int Row { get; private set; }

    internal int KeyRow { get; private set; }

    internal int ValueRow { get; private set; }

    internal int ResultRow { get; private set; }

    /// <summary>Positions before the present one.</summary>
    internal int Before { get; private set; }

    /// <summary>Sequences, or their heads.</summary>
    internal int Units => Batch * Shape.Heads;

    /// <summary>Whether a chunk begins, and is not the first.</summary>
    internal bool BeginsChunk => Capacity > 0 && Before > 0 && Before % Capacity == 0;

    /// <summary>Elements that are remembered of a head, or of a sequence.</summary>
    internal nint StateFloats => Shape.Kind == MemoryKind.Sum ? 2 * (nint)Width
        : (nint)Width * ValueWidth * (Capacity > 0 ? 3 : 2);

    internal override void Resize(SizeValues sizes)
    {
        Batch = checked((int)Shape.Batch.Evaluate(sizes));
        Width = checked((int)Shape.Width.Evaluate(sizes));
        ValueWidth = checked((int)Shape.ValueWidth.Evaluate(sizes));
        Capacity = checked((int)Shape.Capacity.Evaluate(sizes));
        Row = checked((int)Shape.Row.Evaluate(sizes));
        KeyRow = checked((int)Shape.KeyRow.Evaluate(sizes));
        ValueRow = checked((int)Shape.ValueRow.Evaluate(sizes));
        ResultRow = checked((int)Shape.ResultRow.Evaluate(sizes));
        Before = checked((int)Shape.Seen.Evaluate(sizes)) - 1;
    }

    internal override int Slices(int phase) =>
        Slicing.Count(Units, (long)Units * Width * System.Math.Max(1, ValueWidth));

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        (int first, int end) = Slicing.Range(Units, Slices(phase), slice);
        HostSteps.Run(this, memory, first, end);
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Memory(this);
}
