using System;
using System.Linq;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Positions that samples have, of scans with lengths.</summary>
internal static class SampleLengths
{
    /// <summary>For each sample a number from 1 on; 0 when there are no positions.</summary>
    public static float[] Of(int seed, int batch, int positions)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, batch).Select(_ => (float)Math.Min(positions, random.Next(1, positions + 1)))];
    }

    /// <summary>[batch, position, channel] with NaN behind each sample.</summary>
    public static float[] Padded(float[] x, float[] lengths, int positions, int channels) =>
        [.. x.Select((value, i) => i / channels % positions < lengths[i / channels / positions] ? value : float.NaN)];
}
