using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dsl;
using Dsl.Data;
using Samples.Digits;

namespace Samples.Sequence;

/// <summary>Images of MNIST as sequences of pixels: row by row, or in an order that is drawn once.</summary>
internal static class PixelSequences
{
    /// <summary>x [count, pixels, 1] and label [count].</summary>
    /// <param name="folder">A folder with MNIST's idx files.</param>
    /// <param name="part">train or t10k.</param>
    /// <param name="order">The pixel at each position; null: as they are.</param>
    public static Dataset Read(DirectoryInfo folder, string part, IReadOnlyList<int>? order)
    {
        Dataset images = DigitFiles.Read(folder, part);
        Column pixels = images.Columns[0];
        float[] x = pixels.Floats.ToArray();
        int width = x.Length / images.Count;
        if (order is not null)
        {
            float[] row = new float[width];
            for (int i = 0; i < images.Count; i++)
            {
                Span<float> image = x.AsSpan(i * width, width);
                image.CopyTo(row);
                for (int t = 0; t < width; t++)
                {
                    image[t] = row[order[t]];
                }
            }
        }

        return new Dataset()
            .With("x", new Tensor(x, [images.Count, width, 1]))
            .With("label", new IntTensor(images.Columns[1].Ints.ToArray(), [images.Count]));
    }

    /// <summary>An order of so many pixels.</summary>
    public static int[] Order(int pixels, int seed)
    {
        int[] order = [.. Enumerable.Range(0, pixels)];
        new Random(seed).Shuffle(order);
        return order;
    }
}
