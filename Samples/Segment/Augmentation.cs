using System;
using System.Collections.Generic;
using Dsl;
using Dsl.Data;

namespace Samples.Segment;

/// <summary>Training samples cut out of a few pictures: random squares, mirrored and turned, in other light.</summary>
internal static class Augmentation
{
    /// <summary>A data set of <paramref name="count"/> squares: <c>image</c> [count, 1, size, size] and <c>label</c>
    /// [count, size, size].</summary>
    public static Dataset Crops(IReadOnlyList<SegmentedPicture> pictures, int count, int size, ulong seed)
    {
        var random = new Random(unchecked((int)((seed * 2654435761) + 17)));
        var images = new float[(long)count * size * size];
        var labels = new int[images.Length];
        for (int i = 0; i < count; i++)
        {
            Cut(random, pictures[random.Next(pictures.Count)], size, images.AsSpan(i * size * size), labels.AsSpan(i * size * size));
        }

        return new Dataset()
            .With("image", new Tensor(images, [count, 1, size, size]))
            .With("label", new IntTensor(labels, [count, size, size]));
    }

    private static void Cut(Random random, SegmentedPicture picture, int size, Span<float> image, Span<int> label)
    {
        int top = random.Next(picture.Image.Height - size + 1);
        int left = random.Next(picture.Image.Width - size + 1);
        (bool flipX, bool flipY, bool turn) = (random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0);
        float light = (float)(0.7 + (random.NextDouble() * 0.6));
        float offset = (float)((random.NextDouble() - 0.5) * 0.1);

        // In some pictures light falls in from a side: what is bright there is not what is to be found.
        bool uneven = random.Next(3) == 0;
        float tiltY = uneven ? (float)((random.NextDouble() - 0.5) * 1.2) / size : 0;
        float tiltX = uneven ? (float)((random.NextDouble() - 0.5) * 1.2) / size : 0;
        offset += Math.Max(0, -tiltY * size) + Math.Max(0, -tiltX * size);
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                (int v, int u) = turn ? (x, y) : (y, x);
                v = top + (flipY ? size - 1 - v : v);
                u = left + (flipX ? size - 1 - u : u);
                image[(y * size) + x] = (picture.Image[0, v, u] * light) + offset + (tiltY * y) + (tiltX * x);
                label[(y * size) + x] = picture.Classes[(v * picture.Image.Width) + u];
            }
        }
    }
}
