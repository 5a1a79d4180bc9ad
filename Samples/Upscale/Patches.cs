using System;
using System.Collections.Generic;
using Dsl;
using Dsl.Data;
using Samples.Imaging;

namespace Samples.Upscale;

/// <summary>Training samples of super-resolution: random squares of the halves with what the network has to add to the
/// enlarged ones, mirrored and turned. Luma is scaled to 0 … 1.</summary>
internal static class Patches
{
    /// <summary>A data set: <c>small</c> [count, 1, size, size], <c>residual</c> [count, 1, 2·size, 2·size].</summary>
    public static Dataset Cut(IReadOnlyList<ScaledPicture> pictures, int count, int size, ulong seed)
    {
        var random = new Random(unchecked((int)((seed * 2654435761) + 29)));
        var small = new float[(long)count * size * size];
        var residual = new float[4 * small.Length];
        for (int i = 0; i < count; i++)
        {
            ScaledPicture picture = pictures[random.Next(pictures.Count)];
            int top = random.Next(picture.Half.Height - size + 1);
            int left = random.Next(picture.Half.Width - size + 1);
            int turn = random.Next(8);
            Copy(size, turn, small.AsSpan(i * size * size), (y, x) => picture.Half[0, top + y, left + x] / 255);
            Copy(2 * size, turn, residual.AsSpan(i * 4 * size * size), (y, x) =>
                (picture.Full[0, (2 * top) + y, (2 * left) + x] - picture.Enlarged[0, (2 * top) + y, (2 * left) + x]) / 255);
        }

        return new Dataset()
            .With("small", new Tensor(small, [count, 1, size, size]))
            .With("residual", new Tensor(residual, [count, 1, 2 * size, 2 * size]));
    }

    /// <summary>Copies a square in one of the eight ways that a square can be turned and mirrored.</summary>
    private static void Copy(int size, int turn, Span<float> to, Func<int, int, float> from)
    {
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                (int v, int u) = (turn & 1) == 0 ? (y, x) : (x, y);
                v = (turn & 2) == 0 ? v : size - 1 - v;
                u = (turn & 4) == 0 ? u : size - 1 - u;
                to[(y * size) + x] = from(v, u);
            }
        }
    }
}
