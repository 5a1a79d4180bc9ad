using System;
using System.Collections.Generic;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>
/// A launch, the memory it starts from and a reference in double that does the same to a copy. Whatever the launch may
/// not touch holds NaN and has to keep it.
/// </summary>
internal sealed class GpuCase
{
    private readonly List<float> _memory = [];
    private readonly List<(int From, int To)> _ignored = [];
    private Action<double[]> _reference = static _ => { };

    internal GpuCase(int seed)
    {
        Seed = seed;
        Random = new Random(seed);
        Gap();
    }

    internal int Seed { get; }

    internal Random Random { get; }

    internal Launch Launch { get; private set; } = null!;

    /// <summary>How far an element may be from the reference, as a share of the largest: what rounding may do to a result
    /// that is a difference of large ones.</summary>
    internal double Rounding { get; init; } = 1e-5;

    internal ReadOnlySpan<float> Memory => _memory.ToArray();

    /// <summary>Adds random inputs between -1 and 1.</summary>
    internal int Input(int count)
    {
        int at = _memory.Count;
        for (int i = 0; i < count; i++)
        {
            _memory.Add((float)((Random.NextDouble() * 2) - 1));
        }

        Gap();
        return at;
    }

    /// <summary>Adds a buffer with these contents.</summary>
    internal int Contents(ReadOnlySpan<float> values)
    {
        int at = _memory.Count;
        _memory.AddRange(values);
        Gap();
        return at;
    }

    /// <summary>Adds random ints below <paramref name="limit"/>.</summary>
    internal int Ints(int count, int limit)
    {
        int at = _memory.Count;
        for (int i = 0; i < count; i++)
        {
            _memory.Add(BitConverter.Int32BitsToSingle(Random.Next(limit)));
        }

        Gap();
        return at;
    }

    /// <summary>Adds room for results, full of NaN.</summary>
    internal int Output(int count)
    {
        int at = _memory.Count;
        for (int i = 0; i < count; i++)
        {
            _memory.Add(float.NaN);
        }

        Gap();
        return at;
    }

    /// <summary>Adds room whose contents do not matter afterwards.</summary>
    internal int Scratch(int count)
    {
        int at = Output(count);
        _ignored.Add((at, at + count));
        return at;
    }

    /// <summary>Adds an image buffer with random pixels and a halo of zeros; returns the first pixel inside.</summary>
    internal int Image(PixelBuffer p)
    {
        int at = _memory.Count;
        for (int i = 0; i < p.Images * p.ImagePitch; i++)
        {
            _memory.Add(0f);
        }

        Gap();
        int inside = at + p.First;
        for (int n = 0; n < p.Images; n++)
        {
            for (int y = 0; y < p.Height; y++)
            {
                int line = inside + p.At(n, y, 0);
                for (int i = 0; i < p.Width * p.Channels; i++)
                {
                    _memory[line + i] = (float)((Random.NextDouble() * 2) - 1);
                }
            }
        }

        return inside;
    }

    /// <summary>Sets the launch, its slots and what it should do.</summary>
    internal GpuCase Runs(Kernel kernel, int[] offsets, int[] sizes, Action<double[]> reference)
    {
        Launch = kernel.Prepare();
        for (int i = 0; i < offsets.Length; i++)
        {
            Launch.Slots.SetOffset(i, offsets[i]);
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            Launch.Slots.SetSize(i, sizes[i]);
        }

        Launch.Resize(new SizeValues([]));
        _reference = reference;
        return this;
    }

    /// <summary>Compares memory after the launch with the reference, element by element: ints and untouched ones
    /// exactly.</summary>
    internal void Check(ReadOnlySpan<float> actual)
    {
        var before = Memory;
        var expected = new double[before.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = before[i];
        }

        _reference(expected);
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            // Halos and inputs are small; only what changed counts for the scale.
            if (double.IsFinite(expected[i]) && expected[i] != before[i])
            {
                largest = Math.Max(largest, Math.Abs(expected[i]));
            }
        }

        for (int i = 0; i < expected.Length; i++)
        {
            bool ignored = _ignored.Exists(range => i >= range.From && i < range.To);
            bool same = expected[i].Equals((double)actual[i]);
            double tolerance = (1e-4 * Math.Abs(expected[i])) + (Rounding * largest);
            if (!ignored && !same && !(Math.Abs(expected[i] - actual[i]) <= tolerance))
            {
                Assert.Fail($"Seed {Seed}: element {i} is {actual[i]:R}, expected {expected[i]:R}.");
            }
        }
    }

    // NaN between the buffers, so that a read or a write beside one of them shows.
    private void Gap()
    {
        for (int i = 0; i < 37; i++)
        {
            _memory.Add(float.NaN);
        }
    }
}

/// <summary>An image buffer: NHWC pixels with a halo.</summary>
internal sealed record PixelBuffer(
    int Images, int Height, int Width, int Channels, int Top, int Bottom, int Left, int Right)
{
    internal int RowPitch => (Left + Width + Right) * Channels;

    internal int ImagePitch => (Top + Height + Bottom) * RowPitch;

    internal int First => (Top * RowPitch) + (Left * Channels);

    internal int At(int image, int y, int x) => (image * ImagePitch) + (y * RowPitch) + (x * Channels);

    internal bool Holds(int y, int x) => y >= 0 && y < Height && x >= 0 && x < Width;
}
