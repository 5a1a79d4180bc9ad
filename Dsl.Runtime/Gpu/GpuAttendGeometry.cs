using System;
using Dsl.Kernels;
using ILGPU;

namespace Dsl.Gpu;

/// <summary>What the kernels of attention know: where its buffers begin, extents and strides.</summary>
internal struct AttendGeometry
{
    internal int Queries;
    internal int Keys;
    internal int Values;
    internal int Result;
    internal int LogSums;
    internal int Bias;
    internal int Segments;
    internal int Lengths;
    internal int ResultGradient;
    internal int QueryGradient;
    internal int KeyGradient;
    internal int ValueGradient;
    internal int BiasGradient;

    /// <summary>Σ dO∘O of each query of each head, in scratch.</summary>
    internal int Dots;

    internal int HasLogSums;
    internal int HasBias;
    internal int HasSegments;
    internal int HasLengths;
    internal int Batch;
    internal int QueryCount;
    internal int KeyCount;
    internal int Heads;
    internal int KeyHeads;

    /// <summary>Heads of queries that share one of keys.</summary>
    internal int Members;

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

    /// <summary>How the gradient of the result lies, and the gradients that are computed.</summary>
    internal int UpstreamBatch;
    internal int UpstreamRow;
    internal int QueryGradientBatch;
    internal int QueryGradientRow;
    internal int KeyGradientBatch;
    internal int KeyGradientRow;
    internal int ValueGradientBatch;
    internal int ValueGradientRow;

    /// <summary>The position of the first query; 0 where there are chunks.</summary>
    internal int Position;

    /// <summary>From a query to the first key that it sees, chunks aside, and to behind the last.</summary>
    internal int FirstShift;
    internal int EndShift;

    internal int SegmentBatch;
    internal int Causal;

    /// <summary>Larger than any distance when there is none.</summary>
    internal int Window;

    /// <summary>Larger than any position when there is none.</summary>
    internal GpuDivisor Chunk;

    /// <summary>Chunks of a sequence.</summary>
    internal int Chunks;

    /// <summary>0 when all keys between first and last are seen; see <see cref="SparsePattern"/>.</summary>
    internal int Pattern;
    internal int PatternStride;
    internal int PatternSummary;

    internal int BiasHead;

    /// <summary>Of a head.</summary>
    internal int BiasLength;

    /// <summary>Queries of a dense bias.</summary>
    internal int BiasQueries;

    /// <summary>Keys of a dense bias.</summary>
    internal int BiasKeys;

    // The bias of key j for query i of a chunk that begins at c is element
    // i·BiasByQuery + c·BiasByStart + BiasOrigin + j of its head.
    internal int BiasByQuery;
    internal int BiasByStart;
    internal int BiasOrigin;

    internal float Scale;

    internal static AttendGeometry Of(AttendLaunchBase launch)
    {
        const int Beyond = int.MaxValue / 2;
        AttendExtents e = launch.Extents;
        AttendSlots slots = AttendSlots.Of(launch);
        AttendGradientStrides strides = launch is AttendGradientLaunch gradient ? gradient.Strides : default;
        if (e.Chunk > 0 && e.Position != 0)
        {
            throw new NotSupportedException("Attention in chunks begins at position 0.");
        }

        int positions = e.Queries > e.Keys ? e.Queries : e.Keys;
        bool dense = e.Bias == (int)AttendBias.Dense;
        int At(int slot) => slot < 0 ? 0 : launch.Slots.Offset(slot);
        return new AttendGeometry
        {
            Queries = At(slots.Queries),
            Keys = At(slots.Keys),
            Values = At(slots.Values),
            Result = At(slots.Result),
            LogSums = At(slots.LogSums),
            Bias = At(slots.Bias),
            Segments = At(slots.Segments),
            Lengths = At(slots.Lengths),
            ResultGradient = At(slots.ResultGradient),
            QueryGradient = At(slots.QueryGradient),
            KeyGradient = At(slots.KeyGradient),
            ValueGradient = At(slots.ValueGradient),
            BiasGradient = At(slots.BiasGradient),
            Dots = At(slots.Scratch),
            HasLogSums = slots.LogSums < 0 ? 0 : 1,
            HasBias = slots.Bias < 0 ? 0 : 1,
            HasSegments = slots.Segments < 0 ? 0 : 1,
            HasLengths = slots.Lengths < 0 ? 0 : 1,
            Batch = e.Batch,
            QueryCount = e.Queries,
            KeyCount = e.Keys,
            Heads = e.Heads,
            KeyHeads = e.KeyHeads,
            Members = e.Heads / e.KeyHeads,
            KeyWidth = e.KeyWidth,
            ValueWidth = e.ValueWidth,
            QueryBatch = e.QueryBatch,
            QueryRow = e.QueryRow,
            KeyBatch = e.KeyBatch,
            KeyRow = e.KeyRow,
            ValueBatch = e.ValueBatch,
            ValueRow = e.ValueRow,
            ResultBatch = e.ResultBatch,
            ResultRow = e.ResultRow,
            UpstreamBatch = strides.UpstreamBatch,
            UpstreamRow = strides.UpstreamRow,
            QueryGradientBatch = strides.QueryBatch,
            QueryGradientRow = strides.QueryRow,
            KeyGradientBatch = strides.KeyBatch,
            KeyGradientRow = strides.KeyRow,
            ValueGradientBatch = strides.ValueBatch,
            ValueGradientRow = strides.ValueRow,
            Position = e.Position,
            FirstShift = e.Position + 1 - (e.Window > 0 ? e.Window : Beyond),
            EndShift = e.Position + (e.Causal != 0 ? 1 : e.Window > 0 ? e.Window : Beyond),
            SegmentBatch = e.SegmentBatch,
            Causal = e.Causal,
            Window = e.Window > 0 ? e.Window : Beyond,
            Chunk = new GpuDivisor(e.Chunk > 0 ? e.Chunk : Beyond),
            Chunks = e.Chunk > 0 ? (positions + e.Chunk - 1) / e.Chunk : 1,
            Pattern = e.Pattern.Kind,
            PatternStride = e.Pattern.Kind == 0 ? 1 : e.Pattern.Stride,
            PatternSummary = e.Pattern.Summary,
            BiasHead = e.BiasHead,
            BiasLength = e.BiasLength,
            BiasQueries = e.Chunk > 0 ? e.Chunk : e.Queries,
            BiasKeys = e.Chunk > 0 ? e.Chunk : e.Keys,
            BiasByQuery = dense ? e.BiasRow : -1,
            BiasByStart = dense ? -e.BiasRow - 1 : 0,
            BiasOrigin = dense ? 0 : (e.Chunk > 0 ? e.Chunk : e.Queries) - 1,
            Scale = e.Scale,
        };
    }

    /// <summary>The first key that a query sees.</summary>
    internal readonly int First(int query) =>
        IntrinsicMath.Max(query + FirstShift, Chunk.Divide(query) * Chunk.Value);

    /// <summary>Behind the last key that a query sees.</summary>
    internal readonly int End(int query)
    {
        int chunk = (Chunk.Divide(query) * Chunk.Value) + Chunk.Value;
        return IntrinsicMath.Min(IntrinsicMath.Min(query + EndShift, chunk), KeyCount);
    }

    /// <summary>No query before this one sees a key from here on.</summary>
    internal readonly int FirstQuery(int key) =>
        IntrinsicMath.Max(Causal != 0 ? key : key - Window + 1, Chunk.Divide(key) * Chunk.Value);

    /// <summary>No query from this one on sees a key up to here.</summary>
    internal readonly int EndQuery(int key)
    {
        int chunk = (Chunk.Divide(key) * Chunk.Value) + Chunk.Value;
        return IntrinsicMath.Min(IntrinsicMath.Min(key + Window, chunk), QueryCount);
    }

    /// <summary>Where a query of head <paramref name="head"/> begins is so many rows of queries behind this.</summary>
    internal readonly int QueriesAt(int batch, int head) => Queries + (batch * QueryBatch) + (head * KeyWidth);

    /// <summary>The same for keys.</summary>
    internal readonly int KeysAt(int batch, int keyHead) => Keys + (batch * KeyBatch) + (keyHead * KeyWidth);

    /// <summary>The same for values.</summary>
    internal readonly int ValuesAt(int batch, int keyHead) => Values + (batch * ValueBatch) + (keyHead * ValueWidth);

    /// <summary>The same for results.</summary>
    internal readonly int ResultsAt(int batch, int head) => Result + (batch * ResultBatch) + (head * ValueWidth);

    /// <summary>The same for the gradient of the result.</summary>
    internal readonly int UpstreamAt(int batch, int head) =>
        ResultGradient + (batch * UpstreamBatch) + (head * ValueWidth);
}

/// <summary>A query of a head: what it sees.</summary>
internal struct AttendQuery
{
    private int _query;
    private int _first;
    private int _end;
    private int _segment;

    /// <summary>The bias of key 0 for it.</summary>
    private int _bias;

    private float _logSum;
    private float _dot;

    /// <summary>A query; one behind the last sees nothing.</summary>
    internal static AttendQuery Of(ArrayView<float> memory, in AttendGeometry g, int batch, int head, int query)
    {
        bool there = query < g.QueryCount;
        int at = there ? query : 0;
        int start = g.Chunk.Divide(at) * g.Chunk.Value;
        AttendQuery q;
        q._query = at;
        q._first = g.First(at);
        q._end = there ? g.End(at) : 0;
        q._segment = 0;
        if (g.HasSegments != 0)
        {
            q._segment = GpuMath.Bits(memory[g.Segments + (batch * g.SegmentBatch) + ((g.Position + at) % g.KeyCount)]);
            q._end = q._segment < 0 ? 0 : q._end;
        }

        q._bias = g.Bias + (head * g.BiasHead) + (at * g.BiasByQuery) + (start * g.BiasByStart) + g.BiasOrigin;
        q._logSum = 0f;
        q._dot = 0f;
        return q;
    }

    /// <summary>A query with what its gradients need.</summary>
    internal static AttendQuery Of<TScore>(
        ArrayView<float> memory, in AttendGeometry g, int batch, int head, int query)
        where TScore : struct, IGpuScore
    {
        var q = Of(memory, g, batch, head, query);
        if (TScore.Normalized)
        {
            int at = IntrinsicMath.Min(query, g.QueryCount - 1);
            int statistic = (((batch * g.QueryCount) + at) * g.Heads) + head;
            q._logSum = memory[g.LogSums + statistic];
            q._dot = memory[g.Dots + statistic];
        }

        return q;
    }

    /// <summary>Whether it sees a key.</summary>
    internal readonly bool Sees(ArrayView<float> memory, in AttendGeometry g, int batch, int key)
    {
        bool sees = key >= _first & key < _end;
        if (g.Pattern != 0)
        {
            sees = sees & new SparsePattern(g.Pattern, g.PatternStride, g.PatternSummary).Shows(g.Position + _query, key);
        }

        if (g.HasLengths != 0)
        {
            sees = sees & key < GpuMath.Bits(memory[g.Lengths + batch]);
        }

        if (g.HasSegments != 0)
        {
            int segment = GpuMath.Bits(memory[g.Segments + (batch * g.SegmentBatch) + (sees ? key : 0)]);
            sees = sees & segment == _segment;
        }

        return sees;
    }

    /// <summary>The score of a key; of one that is not seen, anything.</summary>
    internal readonly float Score(ArrayView<float> memory, in AttendGeometry g, int key, bool sees, float product)
    {
        float score = product * g.Scale;
        if (g.HasBias != 0)
        {
            score += memory[sees ? _bias + key : g.Bias];
        }

        return score;
    }

    /// <summary>The weight of a key.</summary>
    internal readonly float Weight<TScore>(
        ArrayView<float> memory, in AttendGeometry g, int batch, int key, float product)
        where TScore : struct, IGpuScore
    {
        bool sees = Sees(memory, g, batch, key);
        float weight = TScore.Weight(Score(memory, g, key, sees, product), _logSum);
        return sees ? weight : 0f;
    }

    /// <summary>The gradient of a key's score from that of its weight.</summary>
    internal readonly float Gradient<TScore>(
        ArrayView<float> memory, in AttendGeometry g, int batch, int key, float product, float gradient)
        where TScore : struct, IGpuScore
    {
        bool sees = Sees(memory, g, batch, key);
        float score = TScore.Gradient(Score(memory, g, key, sees, product), gradient, _logSum, _dot);
        return sees ? score : 0f;
    }
}
