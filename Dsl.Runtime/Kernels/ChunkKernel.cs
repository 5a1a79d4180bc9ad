using Dsl.Host;

namespace Dsl.Kernels;

/// <summary>Extents of rows that go into chunks of an order, or come back from them. Plain rows are
/// [rows, positions, heads·width], orders [rows·rounds·heads, positions], chunks [rows·rounds·heads·chunks, size, width] or
/// with twice the size; ⌈positions/size⌉ chunks have zeros behind the last item. Lengths are floats, one for
/// some orders in turn.</summary>
public sealed record ChunkShape
{
    /// <summary>Plain sequences.</summary>
    public required Size Rows { get; init; }

    /// <summary>Their positions.</summary>
    public required Size Positions { get; init; }

    /// <summary>Heads of a position.</summary>
    public required int Heads { get; init; }

    /// <summary>Features of a head.</summary>
    public required Size Width { get; init; }

    /// <summary>Items of a chunk.</summary>
    public required int Size { get; init; }

    /// <summary>Orders of each head.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Whether the items of the chunk before follow those of a chunk; the last one with an item is before the
    /// first.</summary>
    public bool LookBack { get; init; }

    /// <summary>Whether rows come back from chunks; those of one position are added.</summary>
    public bool Back { get; init; }

    /// <summary>How many orders in turn share a length, behind which items are in no chunk; 0: all items are in
    /// chunks.</summary>
    public int OrdersOfLength { get; init; }

    /// <summary>From one plain sequence to the next.</summary>
    public required Size PlainBatch { get; init; }

    /// <summary>From one position to the next.</summary>
    public required Size PlainRow { get; init; }
}

/// <summary>Puts the rows of sequences into chunks of an order, or back.</summary>
public sealed class ChunkKernel : Kernel
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">Plain rows, the order, chunks; when rows come back chunks, the inverse of the order, plain
    /// rows. Then lengths, if there are.</param>
    /// <param name="shape">Extents.</param>
    public ChunkKernel(string name, string[] buffers, ChunkShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents.</summary>
    public ChunkShape Shape { get; }

    internal override Launch Prepare() => new ChunkLaunch(this);
}

/// <summary>A <see cref="ChunkKernel"/> in one session.</summary>
public sealed unsafe class ChunkLaunch : Launch
{
    internal ChunkLaunch(ChunkKernel kernel)
        : base(kernel) => Shape = kernel.Shape;

    internal ChunkShape Shape { get; }

    internal int Rows { get; private set; }

    internal int Positions { get; private set; }

    internal int Width { get; private set; }

    internal int PlainBatch { get; private set; }

    internal int PlainRow { get; private set; }

    /// <summary>Chunks of an order.</summary>
    internal int Chunks => Slicing.Ceiling(Positions, Shape.Size);

    /// <summary>Rows of a chunk.</summary>
    internal int Span => Shape.LookBack ? 2 * Shape.Size : Shape.Size;

    /// <summary>Chunks of all orders.</summary>
    internal int AllChunks => Rows * Shape.Rounds * Shape.Heads * Chunks;

    internal override void Resize(SizeValues sizes)
    {
        Rows = checked((int)Shape.Rows.Evaluate(sizes));
        Positions = checked((int)Shape.Positions.Evaluate(sizes));
        Width = checked((int)Shape.Width.Evaluate(sizes));
        PlainBatch = checked((int)Shape.PlainBatch.Evaluate(sizes));
        PlainRow = checked((int)Shape.PlainRow.Evaluate(sizes));
    }

    /// <summary>How many items of an order are in chunks.</summary>
    internal unsafe int Items(float* memory, int order) => Shape.OrdersOfLength == 0 ? Positions
        : (int)memory[Slots.A3 + (order / Shape.OrdersOfLength)];

    internal override int Slices(int phase) => Slicing.Count(Pieces, (long)AllChunks * Span * Width);

    internal override void RunHost(float* memory, float* scratch, int phase, int slice)
    {
        (int first, int end) = Slicing.Range(Pieces, Slices(phase), slice);
        if (Shape.Back)
        {
            HostChunk.Back(this, memory, first, end);
        }
        else
        {
            HostChunk.Forth(this, memory, first, end);
        }
    }

    internal override void Accept(ILaunchVisitor visitor) => visitor.Chunk(this);

    /// <summary>What one slice does in one go: a chunk, or a position.</summary>
    private int Pieces => Shape.Back ? Rows * Positions : AllChunks;
}
