using System;
using System.Collections.Generic;
using System.Linq;

namespace Samples.Faces;

/// <summary>Descriptions without a network, and what is done to all of them alike.</summary>
internal static class FaceVectors
{
    /// <summary>Red, green and blue of all pixels, from 0 to about 2, for each image.</summary>
    public static List<float[]> Pixels(IReadOnlyList<float[]> images) =>
        [.. images.Select(static image => Array.ConvertAll(image, static v => v + 1))];

    /// <summary>Sums, vector by vector, of several descriptions of each face.</summary>
    public static List<float[]> Sum(IReadOnlyList<List<float[]>> descriptions) =>
    [
        .. Enumerable.Range(0, descriptions[0].Count).Select(i => descriptions.Select(d => d[i])
            .Aggregate(static (a, b) => a.Zip(b, static (x, y) => x + y).ToArray()))
    ];

    /// <summary>Vectors without the mean of all of them, which is what they have in common. Who is who is not looked
    /// at.</summary>
    public static List<float[]> Centred(IReadOnlyList<float[]> vectors)
    {
        var mean = new float[vectors[0].Length];
        foreach (float[] vector in vectors)
        {
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += vector[i] / vectors.Count;
            }
        }

        return [.. vectors.Select(v => v.Zip(mean, static (a, b) => a - b).ToArray())];
    }
}
