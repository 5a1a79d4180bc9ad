using System;
using System.Collections.Generic;
using System.Linq;

namespace Samples.Identify;

/// <summary>Embeddings of length 1, whose product is the cosine of the angle between them.</summary>
internal static class UnitVectors
{
    /// <summary>The vector with length 1; zeros stay.</summary>
    public static float[] Normalize(ReadOnlySpan<float> vector)
    {
        float scale = 1 / MathF.Max(MathF.Sqrt(Product(vector, vector)), 1e-12f);
        var unit = new float[vector.Length];
        for (int i = 0; i < unit.Length; i++)
        {
            unit[i] = vector[i] * scale;
        }

        return unit;
    }

    /// <summary>Several networks' embeddings of one drawing, each of length 1, one behind the other and again of length 1: the
    /// cosine of two such is the mean of the networks' cosines.</summary>
    public static float[] Join(IEnumerable<float[]> units) => Normalize(units.SelectMany(static u => u).ToArray());

    /// <summary>The product of two vectors of one length.</summary>
    public static float Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
