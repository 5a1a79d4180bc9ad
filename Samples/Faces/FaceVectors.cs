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
