using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dsl;
using Dsl.Data;
using Samples.Digits;

namespace Samples.Sequence;

/// <summary>Images of MNIST as sequences of pixels, or of several at a time: row by row, or in an order that is drawn
/// once.</summary>
internal static class PixelSequences
{
    /// <summary>x [count, pixels / width, width] and label [count].</summary>
    /// <param name="folder">A folder with MNIST's idx files.</param>
    /// <param name="part">train or t10k.</param>
    /// <param name="order">The pixel at each position; null: as they are.</param>
    /// <param name="width">Pixels of a position.</param>
    public static Dataset Read(DirectoryInfo folder, string part, IReadOnlyList<int>? order, int width)
    {
        Dataset images = DigitFiles.Read(folder, part);
        Column pixels = images.Columns[0];
        float[] x = pixels.Floats.ToArray();
        int size = x.Length / images.Count;
        if (order is not null)
        {
            float[] row = new float[size];
            for (int i = 0; i < images.Count; i++)
            {
                Span<float> image = x.AsSpan(i * size, size);
                image.CopyTo(row);
                for (int t = 0; t < size; t++)
                {
                    image[t] = row[order[t]];
                }
            }
        }

        return new Dataset()
            .With("x", new Tensor(x, [images.Count, size / width, width]))
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
