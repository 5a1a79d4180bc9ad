using System;
using System.Linq;
using Dsl.Data;

namespace Dsl;

/// <summary>The order of an epoch's samples: a pure function of the seed and the epoch, so a resumed epoch goes on as
/// it began.</summary>
internal sealed class SampleOrder
{
    /// <summary>Samples are sorted among so many batches: enough for like lengths, too few to be the same company
    /// in every epoch.</summary>
    private const int SortedBatches = 32;

    private readonly int[] _order;
    private readonly ulong _seed;
    private readonly bool _shuffle;
    private readonly int _batchSize;

    /// <summary>The length of every sample; null: batches are as they come.</summary>
    private readonly int[]? _lengths;
    private readonly long[] _keys = [];
    private readonly int[] _batches = [];
    private int _epoch = -1;

    public SampleOrder(int count, ulong seed, bool shuffle)
    {
        (_seed, _shuffle, _order) = (seed, shuffle, [.. Enumerable.Range(0, count)]);
    }

    /// <summary>A shuffled order in which the samples of a batch have like lengths, and batches come in any
    /// order.</summary>
    public SampleOrder(int[] lengths, ulong seed, int batchSize)
        : this(lengths.Length, seed, shuffle: true)
    {
        (_lengths, _batchSize) = (lengths, batchSize);
        (_keys, _batches) = (new long[lengths.Length], new int[lengths.Length / batchSize]);
    }

    /// <summary>The samples in the order of an epoch. Valid until the next call.</summary>
    public ReadOnlySpan<int> Of(int epoch)
    {
        if (_shuffle && epoch != _epoch)
        {
            Dataset.Shuffle(_order, _seed, (ulong)epoch);
            if (_lengths is not null)
            {
                Group(_lengths, (ulong)epoch);
            }

            _epoch = epoch;
        }

        return _order;
    }

    /// <summary>Sorts the whole batches, some at a time, and shuffles them. What is left for the last batch stays
    /// there.</summary>
    private void Group(int[] lengths, ulong epoch)
    {
        Span<long> keys = _keys.AsSpan(0, _batches.Length * _batchSize);
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = ((long)lengths[_order[i]] << 32) | (uint)_order[i];
        }

        int window = SortedBatches * _batchSize;
        for (int begin = 0; begin < keys.Length; begin += window)
        {
            keys.Slice(begin, Math.Min(window, keys.Length - begin)).Sort();
        }

        // Orders of samples use the streams 0, 1, …
        Dataset.Shuffle(_batches, _seed, (1UL << 63) + epoch);
        for (int i = 0; i < keys.Length; i++)
        {
            _order[i] = (int)(keys[(_batches[i / _batchSize] * _batchSize) + (i % _batchSize)] & uint.MaxValue);
        }
    }
}
