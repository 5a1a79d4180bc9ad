using System;
using System.Numerics;
using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>The Chunk skeleton on the host. A slice owns what it writes, chunks or positions, so each sum has one
/// order.</summary>
internal static unsafe class HostChunk
{
    /// <summary>Rows to chunks: those of the chunk, then those of the one before.</summary>
    public static void Forth(ChunkLaunch launch, float* memory, int first, int end)
    {
        ChunkShape shape = launch.Shape;
        (int chunks, int size, int width) = (launch.Chunks, shape.Size, launch.Width);
        float* to = memory + launch.Slots.A2 + ((nint)first * launch.Span * width);
        for (int chunk = first; chunk < end; chunk++)
        {
            (int of, int at) = Math.DivRem(chunk, chunks);
            int items = launch.Items(memory, of);
            int last = Slicing.Ceiling(items, size) - 1;
            float* order = memory + launch.Slots.A1 + ((nint)of * launch.Positions);
            (int sequence, int head) = (of / (shape.Rounds * shape.Heads), of % shape.Heads);
            float* from = memory + launch.Slots.A0 + ((nint)sequence * launch.PlainBatch) + (head * (nint)width);
            for (int row = 0; row < launch.Span; row++, to += width)
            {
                int place = row < size ? (at * size) + row : ((at == 0 ? last : at - 1) * size) + row - size;
                var target = new Span<float>(to, width);
                if (place < items && at <= last)
                {
                    new ReadOnlySpan<float>(from + ((nint)order[place] * launch.PlainRow), width).CopyTo(target);
                }
                else
                {
                    target.Clear();
                }
            }
        }
    }

    /// <summary>Rows from chunks: round by round what its chunk has, then what the next chunk has of it.</summary>
    public static void Back(ChunkLaunch launch, float* memory, int first, int end)
    {
        ChunkShape shape = launch.Shape;
        (int chunks, int size, int width, int positions) = (launch.Chunks, shape.Size, launch.Width, launch.Positions);
        float* from = memory + launch.Slots.A0;
        nint span = launch.Span;
        for (int piece = first; piece < end; piece++)
        {
            (int sequence, int position) = Math.DivRem(piece, positions);
            float* plain = memory + launch.Slots.A2 + ((nint)sequence * launch.PlainBatch)
                + ((nint)position * launch.PlainRow);
            for (int head = 0; head < shape.Heads; head++)
            {
                float* to = plain + (head * (nint)width);
                new Span<float>(to, width).Clear();
                for (int round = 0; round < shape.Rounds; round++)
                {
                    nint of = (((nint)sequence * shape.Rounds) + round) * shape.Heads + head;
                    int place = (int)memory[launch.Slots.A1 + (of * positions) + position];
                    int items = launch.Items(memory, (int)of);
                    if (place >= items)
                    {
                        continue;
                    }

                    (int chunk, int row) = Math.DivRem(place, size);
                    Add(from + ((((of * chunks) + chunk) * span) + row) * width, to, width);
                    if (shape.LookBack)
                    {
                        int next = (chunk + 1) * size < items ? chunk + 1 : 0;
                        Add(from + ((((of * chunks) + next) * span) + size + row) * width, to, width);
                    }
                }
            }
        }
    }

    private static void Add(float* from, float* to, int width)
    {
        int i = 0;
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            (Vector.Load(to + i) + Vector.Load(from + i)).Store(to + i);
        }

        for (; i < width; i++)
        {
            to[i] += from[i];
        }
    }
}
