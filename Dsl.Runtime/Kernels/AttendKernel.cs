using Dsl.Host;
using Dsl.Vectors;

namespace Dsl.Kernels;

/// <summary>Attention whose scores are never stored (Rabe and Staats 2021; Dao et al. 2022).</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
public sealed class AttendKernel<TWide, TNarrow> : Kernel
    where TWide : struct, ITile
    where TNarrow : struct, ITile
{
    /// <summary>Describes the launch.</summary>
    /// <param name="name">The name in dumps and profiles.</param>
    /// <param name="buffers">In this order: queries, keys, values, result; the logarithm of each row's sum of
    /// exponentials, [batch, query, head], when the shape says so; the bias, when there is one; segment numbers, when there are some; lengths, when
    /// there are some;
    /// scratch of batch · ⌈keys / 64⌉ · 64 · key heads · key width elements.</param>
    /// <param name="shape">Extents and strides.</param>
    public AttendKernel(string name, string[] buffers, AttendShape shape)
        : base(name, buffers) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    public AttendShape Shape { get; }

    internal override Launch Prepare() => new AttendLaunch<TWide, TNarrow>(this);
}

/// <summary>Attention in one session: its extents.</summary>
public abstract class AttendLaunchBase : Launch
{
    private protected AttendLaunchBase(Kernel kernel, AttendShape shape)
        : base(kernel) => Shape = shape;

    /// <summary>Extents and strides.</summary>
    internal AttendShape Shape { get; }

    internal abstract TileSizes Tile { get; }

    /// <summary>The extents and strides as numbers.</summary>
    internal AttendExtents Extents { get; private set; }

    internal override void Resize(SizeValues sizes) => Extents = AttendExtents.Of(Shape, sizes);
}

/// <summary>The numbers of an <see cref="AttendShape"/>: what host and GPU compute with.</summary>
internal struct AttendExtents
{
    internal int Batch;
    internal int Queries;
    internal int Keys;

    /// <summary>Of the keys those of a sequence's own length; all, unless lengths say otherwise.</summary>
    internal int OwnKeys;
    internal int Heads;
    internal int KeyHeads;
    internal int KeyWidth;
    internal int ValueWidth;
    internal int QueryBatch;
    internal int QueryRow;
    internal int KeyBatch;
    internal int KeyRow;
    internal int ValueBatch;
    internal int ValueRow;
    internal int ResultBatch;
    internal int ResultRow;
    internal int Position;
    internal int SegmentBatch;
    internal int Causal;
    internal int Window;
    internal int Chunk;
    internal int Bias;
    internal int BiasHead;
    internal int BiasRow;
    internal float Scale;

    /// <summary>Which of the keys from <see cref="First"/> to before <see cref="End"/> are visible.</summary>
    internal SparsePattern Pattern;

    internal static AttendExtents Of(AttendShape shape, SizeValues sizes)
    {
        int keys = checked((int)shape.Keys.Evaluate(sizes));
        int segments = checked((int)shape.SegmentBatch.Evaluate(sizes));
        return new AttendExtents
        {
            Batch = checked((int)shape.Batch.Evaluate(sizes)),
            Queries = checked((int)shape.Queries.Evaluate(sizes)),
            Keys = keys,
            OwnKeys = keys,
            Heads = shape.Heads,
            KeyHeads = shape.KeyHeads,
            KeyWidth = shape.KeyWidth,
            ValueWidth = shape.ValueWidth,
            QueryBatch = checked((int)shape.QueryBatch.Evaluate(sizes)),
            QueryRow = checked((int)shape.QueryRow.Evaluate(sizes)),
            KeyBatch = checked((int)shape.KeyBatch.Evaluate(sizes)),
            KeyRow = checked((int)shape.KeyRow.Evaluate(sizes)),
            ValueBatch = checked((int)shape.ValueBatch.Evaluate(sizes)),
            ValueRow = checked((int)shape.ValueRow.Evaluate(sizes)),
            ResultBatch = checked((int)shape.ResultBatch.Evaluate(sizes)),
            ResultRow = checked((int)shape.ResultRow.Evaluate(sizes)),
            Position = checked((int)shape.Position.Evaluate(sizes)),
            SegmentBatch = segments > 0 ? segments : keys,
            Causal = shape.Causal ? 1 : 0,
            Window = shape.Window,
            Chunk = shape.Chunk,
            Bias = (int)shape.Bias,
            BiasHead = checked((int)shape.BiasHead.Evaluate(sizes)),
            BiasRow = shape.Bias == AttendBias.Dense ? shape.Chunk > 0 ? shape.Chunk : keys : -1,
            Scale = shape.Scale,
            Pattern = new SparsePattern((int)shape.Pattern, shape.Stride, shape.Summary),
        };
    }

    /// <summary>Whether queries see keys of their own chunk only, and chunks begin where the first query is.</summary>
    internal readonly bool IsInChunks => Chunk > 0 && Position == 0;

    /// <summary>The position of a query: what the pattern is asked for.</summary>
    internal readonly int PositionOf(int query) => Position + query;

    /// <summary>The key at a query's own position.</summary>
    internal readonly int OwnKey(int query) => (Position + query) % Keys;

    /// <summary>The first key that a query may see.</summary>
    internal readonly int First(int query)
    {
        query += Position;
        int first = Window > 0 ? query - Window + 1 : 0;
        int chunk = Chunk > 0 ? query / Chunk * Chunk : 0;
        return first > chunk ? first : chunk;
    }

    /// <summary>Behind the last key that a query may see.</summary>
    internal readonly int End(int query)
    {
        query += Position;
        int end = Causal != 0 ? query + 1 : Window > 0 ? query + Window : OwnKeys;
        int chunk = Chunk > 0 ? ((query / Chunk) + 1) * Chunk : OwnKeys;
        end = end < chunk ? end : chunk;
        return end < OwnKeys ? end : OwnKeys;
    }

    /// <summary>The bias of key 0 for a query, counted from that of its head: the bias of key j is j elements further.</summary>
    internal readonly int BiasAt(int query)
    {
        int start = Chunk > 0 ? query / Chunk * Chunk : 0;
        return Bias == (int)AttendBias.Dense
            ? ((query - start) * BiasRow) - start
            : (Chunk > 0 ? Chunk : Queries) - 1 - query;
    }

    /// <summary>Elements of a head's bias.</summary>
    internal readonly int BiasLength
    {
        get
        {
            int queries = Chunk > 0 ? Chunk : Queries;
            int keys = Chunk > 0 ? Chunk : Keys;
            return Bias == (int)AttendBias.Dense ? queries * keys : queries + keys - 1;
        }
    }
}

/// <summary>An <see cref="AttendKernel{TWide, TNarrow}"/> in one session, whatever its tiles.</summary>
public abstract class AttendLaunch : AttendLaunchBase
{
    private protected AttendLaunch(Kernel kernel, AttendShape shape)
        : base(kernel, shape)
    {
    }

    internal override int Phases => 2;

    internal override int Slices(int phase) => HostAttend.Slices(this, phase);
}

/// <summary>An <see cref="AttendKernel{TWide, TNarrow}"/> in one session.</summary>
/// <typeparam name="TWide">The register tile for 32 vector registers (AVX-512).</typeparam>
/// <typeparam name="TNarrow">The register tile for 16 vector registers and below.</typeparam>
public sealed unsafe class AttendLaunch<TWide, TNarrow> : AttendLaunch
    where TWide : struct, ITile
    where TNarrow : struct, ITile
{
    internal AttendLaunch(AttendKernel<TWide, TNarrow> kernel)
        : base(kernel, kernel.Shape)
    {
    }

    internal override TileSizes Tile => TileSizes.Of<TWide, TNarrow>(HostVectors.Width);

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

    internal override void Accept(ILaunchVisitor visitor) => visitor.Attend(this);

    private void Run<F, I, M, TTile>(float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile =>
        HostAttend.Run<F, I, M>(this, TileCode.Of<F, I, M, TTile>(), memory, scratch, phase, slice);
}
