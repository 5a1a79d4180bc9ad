using System;
using System.Linq;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Rows in chunks of orders, written as it is defined.</summary>
internal sealed record ChunkReference(
    int Rows, int Positions, int Heads, int Width, int Size, int Rounds, bool LookBack)
{
    public int OrderRows => Rows * Rounds * Heads;

    public int Chunks => (Positions + Size - 1) / Size;

    public int Span => LookBack ? 2 * Size : Size;

    public int PlainLength => Rows * Positions * Heads * Width;

    public int ChunkLength => OrderRows * Chunks * Span * Width;

    public ChunkShape Shape(bool back) => new()
    {
        Rows = Rows,
        Positions = Positions,
        Heads = Heads,
        Width = Width,
        Size = Size,
        Rounds = Rounds,
        LookBack = LookBack,
        Back = back,
        PlainBatch = Positions * Heads * Width,
        PlainRow = Heads * Width,
    };

    /// <summary>A permutation for each row.</summary>
    public static float[] Orders(Random random, int rows, int length)
    {
        var all = new float[rows * length];
        for (int row = 0; row < rows; row++)
        {
            float[] order = [.. Enumerable.Range(0, length).Select(static i => (float)i)];
            random.Shuffle(order);
            order.CopyTo(all, row * length);
        }

        return all;
    }

    /// <summary>Whole numbers below a limit.</summary>
    public static float[] Keys(Random random, int count, int limit) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(limit))];

    /// <summary>The place of each item of each order.</summary>
    public float[] Inverse(float[] orders)
    {
        var places = new float[orders.Length];
        for (int i = 0; i < orders.Length; i++)
        {
            int first = i / Positions * Positions;
            places[first + (int)orders[i]] = i - first;
        }

        return places;
    }

    /// <summary>Every element of a plain row with each element of a chunk that is it.</summary>
    public void Walk(float[] orders, Action<int, int> visit)
    {
        for (int i = 0; i < orders.Length; i++)
        {
            (int order, int place) = Math.DivRem(i, Positions);
            (int sequence, int head) = (order / (Rounds * Heads), order % Heads);
            int plain = ((((sequence * Positions) + (int)orders[i]) * Heads) + head) * Width;
            (int chunk, int row) = Math.DivRem(place, Size);
            for (int feature = 0; feature < Width; feature++)
            {
                visit(plain + feature, ((((order * Chunks) + chunk) * Span) + row) * Width + feature);
                if (LookBack)
                {
                    int next = (chunk + 1) % Chunks;
                    visit(plain + feature, ((((order * Chunks) + next) * Span) + Size + row) * Width + feature);
                }
            }
        }
    }
}
