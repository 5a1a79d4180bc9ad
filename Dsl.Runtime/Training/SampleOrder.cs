using System;
using System.Linq;
using Dsl.Data;

namespace Dsl;

/// <summary>The order of an epoch's samples: a pure function of the seed and the epoch, so a resumed epoch goes on as
/// it began.</summary>
internal sealed class SampleOrder
{
    private readonly int[] _order;
    private readonly ulong _seed;
    private readonly bool _shuffle;
    private int _epoch = -1;

    public SampleOrder(int count, ulong seed, bool shuffle)
    {
        (_seed, _shuffle, _order) = (seed, shuffle, [.. Enumerable.Range(0, count)]);
    }

    /// <summary>The samples in the order of an epoch. Valid until the next call.</summary>
    public ReadOnlySpan<int> Of(int epoch)
    {
        if (_shuffle && epoch != _epoch)
        {
            Dataset.Shuffle(_order, _seed, (ulong)epoch);
            _epoch = epoch;
        }

        return _order;
    }
}
