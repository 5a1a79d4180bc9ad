using System;

namespace Dsl;

/// <summary>What <see cref="Initializer.OrthogonalRows"/> fills a parameter with.</summary>
internal static class RandomDirections
{
    /// <summary>Fills rows of <paramref name="width"/> numbers; values behind the last whole row stay 0.</summary>
    public static void Fill(Span<float> values, int width, ulong seed, ulong stream)
    {
        values.Clear();
        int rows = values.Length / width;
        int blocks = (rows + width - 1) / width;
        double[] normals = Normals(seed, stream, checked(((blocks * width) + rows) * width));
        ReadOnlySpan<double> lengths = normals.AsSpan(blocks * width * width);
        for (int block = 0; block < blocks; block++)
        {
            Span<double> basis = normals.AsSpan(block * width * width, width * width);
            Orthonormalize(basis, width);
            for (int row = 0; row < width && (block * width) + row < rows; row++)
            {
                int at = ((block * width) + row) * width;
                double length = Math.Sqrt(Dot(lengths.Slice(at, width), lengths.Slice(at, width)));
                for (int i = 0; i < width; i++)
                {
                    values[at + i] = (float)(length * basis[(row * width) + i]);
                }
            }
        }
    }

    private static double[] Normals(ulong seed, ulong stream, int count)
    {
        var words = new PhiloxStream(seed, stream);
        var normals = new double[count];
        for (int i = 0; i < count; i += 2)
        {
            (normals[i], double second) = Philox.ToNormals(words.NextWord(), words.NextWord());
            if (i + 1 < count)
            {
                normals[i + 1] = second;
            }
        }

        return normals;
    }

    /// <summary>Each row without its shares of earlier ones, of length 1. The shares are taken off twice: what the
    /// first time leaves of them is as small as rounding the second time.</summary>
    private static void Orthonormalize(Span<double> basis, int width)
    {
        for (int row = 0; row < width; row++)
        {
            Span<double> own = basis.Slice(row * width, width);
            for (int earlier = 0; earlier < 2 * row; earlier++)
            {
                ReadOnlySpan<double> other = basis.Slice(earlier % row * width, width);
                double share = Dot(own, other);
                for (int i = 0; i < width; i++)
                {
                    own[i] -= share * other[i];
                }
            }

            double length = Math.Sqrt(Dot(own, own));
            for (int i = 0; i < width; i++)
            {
                own[i] /= length;
            }
        }
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }
}
