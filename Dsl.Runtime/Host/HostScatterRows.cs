using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>
/// The ScatterRows skeleton on the host. A slice owns a range of rows of the result: it reads the numbers of all
/// positions and adds those of its rows. So no two slices write to one row, and every row adds its positions in order.
/// </summary>
internal static unsafe class HostScatterRows
{
    /// <summary>More slices read all numbers more often.</summary>
    private const int Most = 16;

    public static int Slices(int positions, int rows, int width) =>
        ((long)positions + rows) * width < Slicing.Small ? Math.Min(rows, 1) : Math.Min(rows, Most);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(ScatterRowsLaunch launch, float* memory, int slice)
    {
        (int first, int end) = Slicing.Range(launch.Rows, Slices(launch.Positions, launch.Rows, launch.Width), slice);
        int width = launch.Width;
        nint rowStride = launch.RowStride;
        nint columnStride = launch.ColumnStride;
        float* from = memory + launch.Slots.A0;
        int* numbers = (int*)memory + launch.Slots.A1;
        float* to = memory + launch.Slots.A2;
        for (int row = first; row < end; row++)
        {
            for (int column = 0; column < width; column++)
            {
                to[(row * rowStride) + (column * columnStride)] = 0;
            }
        }

        for (int position = 0; position < launch.Positions; position++)
        {
            int row = numbers[position];
            if (row < first || row >= end)
            {
                continue;
            }

            Add(from + ((nint)position * width), to + (row * rowStride), width, columnStride);
        }
    }

    private static void Add(float* from, float* to, int width, nint stride)
    {
        int column = 0;
        for (; stride == 1 && column <= width - Vector<float>.Count; column += Vector<float>.Count)
        {
            (Vector.Load(to + column) + Vector.Load(from + column)).Store(to + column);
        }

        for (; column < width; column++)
        {
            to[column * stride] += from[column];
        }
    }
}
