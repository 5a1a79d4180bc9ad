using System;

namespace Dsl.Data;

/// <summary>Numbers for one sample in one epoch, for columns that are computed. They depend on the seed of the training, the epoch
/// and the sample alone: training that goes on from a checkpoint sees what it would have seen, and all columns of a sample
/// are given the same numbers, so that an image and its mask turn alike.</summary>
public struct SampleRandom
{
    // Shuffled epochs use the streams 0, 1, … of the same seed, a split the last one.
    private const ulong Samples = 1UL << 63;

    private PhiloxStream _stream;
    private float _next;
    private bool _hasNext;

    internal SampleRandom(ulong seed, int epoch, int sample)
    {
        _stream = new PhiloxStream(seed, Samples | ((ulong)(uint)epoch << 32) | (uint)sample);
    }

    /// <summary>A number from 0 to 1, without 1.</summary>
    public float NextSingle() => (_stream.NextWord() >> 8) * (1f / 16777216f);

    /// <summary>A number between two others.</summary>
    /// <param name="from">The least.</param>
    /// <param name="to">What it stays below.</param>
    public float NextSingle(float from, float to) => from + ((to - from) * NextSingle());

    /// <summary>A whole number from 0 to below a bound, each as likely.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int Next(int below)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(below);
        return (int)_stream.NextBelow((uint)below);
    }

    /// <summary>A number with mean 0 and variance 1, normally distributed.</summary>
    public float NextNormal()
    {
        if (_hasNext)
        {
            _hasNext = false;
            return _next;
        }

        (double first, double second) = Philox.ToNormals(_stream.NextWord(), _stream.NextWord());
        (_next, _hasNext) = ((float)second, true);
        return (float)first;
    }
}
