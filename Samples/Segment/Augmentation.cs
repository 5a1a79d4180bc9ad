using System;
using System.Collections.Generic;
using Dsl.Data;
using Samples.Imaging;

namespace Samples.Segment;

/// <summary>Training samples cut out of a few pictures: random squares, mirrored and turned, in other light, others in
/// every epoch.</summary>
internal static class Augmentation
{
    /// <summary>A data set of <paramref name="count"/> squares: <c>image</c> [count, 1, size, size] and <c>label</c>
    /// [count, size, size].</summary>
    public static Dataset Crops(IReadOnlyList<SegmentedPicture> pictures, int count, int size) => new Dataset()
        .With("image", count, [1, size, size], (int _, ref SampleRandom random, Span<float> image) =>
            Square.Draw(pictures, size, ref random).Image(image))
        .With("label", count, [size, size], (int _, ref SampleRandom random, Span<int> label) =>
            Square.Draw(pictures, size, ref random).Label(label));

    /// <summary>Where a square lies, and how it is seen. Both columns draw the same.</summary>
    private readonly record struct Square(
        SegmentedPicture Picture, int Size, int Top, int Left, bool FlipX, bool FlipY, bool Turn,
        float Light, float Offset, float TiltX, float TiltY)
    {
        public static Square Draw(IReadOnlyList<SegmentedPicture> pictures, int size, ref SampleRandom random)
        {
            SegmentedPicture picture = pictures[random.Next(pictures.Count)];
            var square = new Square
            {
                Picture = picture,
                Size = size,
                Top = random.Next(picture.Image.Height - size + 1),
                Left = random.Next(picture.Image.Width - size + 1),
                FlipX = random.Next(2) == 0,
                FlipY = random.Next(2) == 0,
                Turn = random.Next(2) == 0,
                Light = random.NextSingle(0.7f, 1.3f),
                Offset = random.NextSingle(-0.05f, 0.05f),
            };

            // In some pictures light falls in from a side: what is bright there is not what is to be found.
            if (random.Next(3) > 0)
            {
                return square;
            }

            float tiltX = random.NextSingle(-0.6f, 0.6f), tiltY = random.NextSingle(-0.6f, 0.6f);
            return square with
            {
                TiltX = tiltX / size,
                TiltY = tiltY / size,
                Offset = square.Offset + Math.Max(0, -tiltX) + Math.Max(0, -tiltY),
            };
        }

        public void Image(Span<float> image)
        {
            for (int i = 0; i < image.Length; i++)
            {
                (int y, int x) = (i / Size, i % Size);
                image[i] = (Picture.Image.Values[Pixel(y, x)] * Light) + Offset + (TiltY * y) + (TiltX * x);
            }
        }

        public void Label(Span<int> label)
        {
            for (int i = 0; i < label.Length; i++)
            {
                label[i] = Picture.Classes[Pixel(i / Size, i % Size)];
            }
        }

        /// <summary>Which pixel of the picture is at a place of the square.</summary>
        private int Pixel(int y, int x)
        {
            (int v, int u) = Turn ? (x, y) : (y, x);
            v = Top + (FlipY ? Size - 1 - v : v);
            u = Left + (FlipX ? Size - 1 - u : u);
            return (v * Picture.Image.Width) + u;
        }
    }
}
