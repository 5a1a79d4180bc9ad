using System;

namespace Dsl.Kernels;

/// <summary>
/// Which bucket a relative position falls into (Raffel et al. 2020, T5, arXiv:1910.10683, §2.1): near distances have a
/// bucket each, farther ones share buckets that widen with the logarithm of the distance, and everything beyond a
/// maximum is in the last one. This is the one place that knows; the interpreter, eager code and the emitter all ask
/// it.
/// </summary>
/// <remarks>
/// With as many buckets B for a direction, E = B/2 and distance d: d below E, else
/// E + ⌊ln(d/E)/ln(max/E)·(B - E)⌋, at most B - 1. Bodies compare d with the whole numbers at which that changes, so
/// that no logarithm is rounded differently on another target.
/// </remarks>
internal readonly record struct RelativeBucket
{
    /// <summary>Buckets.</summary>
    /// <param name="count">How many there are: at least 2 when causal, else an even number of at least 4.</param>
    /// <param name="maxDistance">The distance from which on all are in the last bucket: above the number of buckets
    /// with a single distance.</param>
    /// <param name="causal">Whether keys behind the query share bucket 0; else the upper half is theirs.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public RelativeBucket(int count, int maxDistance, bool causal)
    {
        if (causal ? count < 2 : count < 4 || count % 2 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, LeastCount(causal));
        }

        (Count, MaxDistance, Causal) = (count, maxDistance, causal);
        if (maxDistance <= Exact)
        {
            throw new ArgumentOutOfRangeException(
                nameof(maxDistance), maxDistance, $"A distance above {Exact} is expected.");
        }
    }

    /// <summary>How many buckets there are.</summary>
    public int Count { get; }

    /// <summary>The distance from which on all are in the last bucket.</summary>
    public int MaxDistance { get; }

    /// <summary>Whether only keys before the query are told apart.</summary>
    public bool Causal { get; }

    /// <summary>The buckets of one direction.</summary>
    public int OneWay => Causal ? Count : Count / 2;

    /// <summary>Distances below have a bucket each.</summary>
    public int Exact => OneWay / 2;

    /// <summary>The bucket of a key seen from a query.</summary>
    /// <param name="offset">The key's position less the query's: j - i.</param>
    public int Of(int offset)
    {
        int distance = Causal ? Math.Max(-offset, 0) : Math.Abs(offset);
        int bucket = Math.Min(distance, Exact);
        while (bucket + 1 < OneWay && bucket >= Exact && Least(bucket + 1) <= distance)
        {
            bucket++;
        }

        return bucket + (!Causal && offset > 0 ? OneWay : 0);
    }

    /// <summary>The smallest distance in a bucket of one direction, or in one after it.</summary>
    public int Least(int bucket)
    {
        if (bucket <= Exact)
        {
            return bucket;
        }

        double limit = Exact * Math.Pow(MaxDistance / (double)Exact, (bucket - Exact) / (double)(OneWay - Exact));

        // A limit that is whole, as 8·16^(2/8) is 16, may come out just above itself.
        return (int)Math.Ceiling(limit * (1 - 1e-12));
    }

    /// <summary>What is expected of the number of buckets.</summary>
    public static string LeastCount(bool causal) =>
        causal ? "At least 2 buckets are expected." : "An even number of at least 4 buckets is expected.";
}
