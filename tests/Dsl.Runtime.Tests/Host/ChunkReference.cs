using System;
using System.Linq;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Rows in chunks of orders, written as it is defined.</summary>
internal sealed record ChunkReference(
    int Rows, int Positions, int Heads, int Width, int Size, int Rounds, bool LookBack)
{
    /// <summary>How many items of its orders each sequence has in chunks; none: all.</summary>
    public float[] Lengths { get; init; } = [];

    /// <summary>Lengths between 1 and all positions: of the first sequence all, of the second as fill a chunk.</summary>
    public ChunkReference WithLengths(Random random) => this with
    {
        Lengths = [.. Enumerable.Range(0, Rows).Select(i =>
            (float)(i == 0 ? Positions : i == 1 ? Math.Min(Size, Positions) : random.Next(1, Positions + 1)))],
    };

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
        OrdersOfLength = Lengths.Length == 0 ? 0 : OrderRows / Lengths.Length,
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
            int items = Lengths.Length == 0 ? Positions : (int)Lengths[sequence];
            if (place >= items)
            {
                continue;
            }

            int chunks = (items + Size - 1) / Size;
            int plain = ((((sequence * Positions) + (int)orders[i]) * Heads) + head) * Width;
            (int chunk, int row) = Math.DivRem(place, Size);
            for (int feature = 0; feature < Width; feature++)
            {
                visit(plain + feature, ((((order * Chunks) + chunk) * Span) + row) * Width + feature);
                if (LookBack)
                {
                    int next = (chunk + 1) % chunks;
                    visit(plain + feature, ((((order * Chunks) + next) * Span) + Size + row) * Width + feature);
                }
            }
        }
    }
}
