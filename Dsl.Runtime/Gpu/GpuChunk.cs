using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Chunk kernel knows.</summary>
internal struct ChunkGeometry
{
    internal int Items;
    internal int Positions;
    internal int Heads;
    internal int Width;
    internal int Size;
    internal int Rounds;
    internal int Chunks;
    internal int Span;
    internal int PlainBatch;
    internal int PlainRow;
    internal int OrdersOfLength;
}

/// <summary>The Chunk skeleton: one thread for each element that is written, which adds in order.</summary>
internal static class GpuChunk
{
    internal static void Forth(ArrayView<float> memory, Slots slots, ChunkGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Items)
        {
            int rows = item / g.Width;
            int feature = item - (rows * g.Width);
            int chunk = rows / g.Span;
            int row = rows - (chunk * g.Span);
            int of = chunk / g.Chunks;
            int at = chunk - (of * g.Chunks);
            int own = at * g.Size;
            int items = Items(memory, slots, g, of);
            if (row >= g.Size)
            {
                row -= g.Size;
                at = at == 0 ? ((items + g.Size - 1) / g.Size) - 1 : at - 1;
            }

            int place = (at * g.Size) + row;
            float value = 0f;
            if (place < items && own < items)
            {
                int position = (int)memory[slots.A1 + (of * g.Positions) + place];
                int sequence = of / (g.Rounds * g.Heads);
                int head = of % g.Heads;
                value = memory[
                    slots.A0 + (sequence * g.PlainBatch) + (position * g.PlainRow) + (head * g.Width) + feature];
            }

            memory[slots.A2 + item] = value;
        }
    }

    internal static void Back(ArrayView<float> memory, Slots slots, ChunkGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Items)
        {
            int columns = g.Heads * g.Width;
            int rows = item / columns;
            int column = item - (rows * columns);
            int sequence = rows / g.Positions;
            int position = rows - (sequence * g.Positions);
            int head = column / g.Width;
            int feature = column - (head * g.Width);
            float sum = 0f;
            for (int round = 0; round < g.Rounds; round++)
            {
                int of = (((sequence * g.Rounds) + round) * g.Heads) + head;
                int place = (int)memory[slots.A1 + (of * g.Positions) + position];
                int items = Items(memory, slots, g, of);
                if (place >= items)
                {
                    continue;
                }

                int chunk = place / g.Size;
                int row = place - (chunk * g.Size);
                int own = (((of * g.Chunks) + chunk) * g.Span) + row;
                sum += memory[slots.A0 + (own * g.Width) + feature];
                if (g.Span > g.Size)
                {
                    int next = (chunk + 1) * g.Size < items ? chunk + 1 : 0;
                    int other = (((of * g.Chunks) + next) * g.Span) + g.Size + row;
                    sum += memory[slots.A0 + (other * g.Width) + feature];
                }
            }

            memory[slots.A2 + (sequence * g.PlainBatch) + (position * g.PlainRow) + column] = sum;
        }
    }

    /// <summary>How many items of an order are in chunks.</summary>
    private static int Items(ArrayView<float> memory, Slots slots, ChunkGeometry g, int order) =>
        g.OrdersOfLength == 0 ? g.Positions : (int)memory[slots.A3 + (order / g.OrdersOfLength)];
}

/// <summary>A Chunk launch with its kernel.</summary>
internal sealed class GpuChunkLaunch(ChunkLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<ChunkGeometry> _kernel =
        kernels.Load<ChunkGeometry>(launch.Shape.Back ? GpuChunk.Back : GpuChunk.Forth);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        ChunkShape shape = launch.Shape;
        int items = checked(shape.Back
            ? launch.Rows * launch.Positions * shape.Heads * launch.Width : launch.AllChunks * launch.Span * launch.Width);
        var geometry = new ChunkGeometry
        {
            Items = items,
            Positions = launch.Positions,
            Heads = shape.Heads,
            Width = launch.Width,
            Size = shape.Size,
            Rounds = shape.Rounds,
            Chunks = launch.Chunks,
            Span = launch.Span,
            PlainBatch = launch.PlainBatch,
            PlainRow = launch.PlainRow,
            OrdersOfLength = shape.OrdersOfLength,
        };
        _kernel.Launch(stream, memory, launch.Slots, geometry, Groups(items), GpuKernels.MaxThreads);
    }
}
