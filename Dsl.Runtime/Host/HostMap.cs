using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>The Map skeleton on the host: rows of vectors, the last of a row with fewer lanes.</summary>
internal static unsafe class HostMap
{
    /// <summary>A wide row is cut into blocks of this many columns: a multiple of every lane count.</summary>
    private const int Block = 2048;

    public static int Slices(MapLaunch launch) => Slicing.Count(
        launch.Rows * Slicing.Ceiling(launch.Columns, Block), (long)launch.Rows * launch.Columns * launch.Elements);

    public static void Run<F, I, M, TBody>(MapLaunch<TBody> launch, float* memory, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IMapBody
    {
        int blocks = Slicing.Ceiling(launch.Columns, Block);
        (int first, int end) = Slicing.Range(launch.Rows * blocks, Slices(launch), slice);
        if (blocks == 1)
        {
            Rows<F, I, M, TBody>(memory, in launch.Slots, first, end, 0, launch.Columns);
            return;
        }

        for (int unit = first; unit < end; unit++)
        {
            int row = unit / blocks;
            int column = unit % blocks * Block;
            Rows<F, I, M, TBody>(
                memory, in launch.Slots, row, row + 1, column, Math.Min(column + Block, launch.Columns));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<F, I, M, TBody>(float* memory, in Slots s, int first, int end, int column, int columnEnd)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IMapBody
    {
        var all = new HostMemory<F, I, M>(memory);
        for (int row = first; row < end; row++)
        {
            int c = column;
            for (; c <= columnEnd - F.Lanes; c += F.Lanes)
            {
                TBody.Run<F, I, M, HostMemory<F, I, M>>(all, in s, row, c);
            }

            if (c < columnEnd)
            {
                Tail<F, I, M, TBody>(memory, in s, row, c, columnEnd - c);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tail<F, I, M, TBody>(float* memory, in Slots s, int row, int column, int count)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IMapBody =>
        TBody.Run<F, I, M, TailMemory<F, I, M>>(new TailMemory<F, I, M>(memory, count), in s, row, column);
}
