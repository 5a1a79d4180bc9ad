using System;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The OuterScan skeleton on the host. A piece of work is one sequence of one head, or a range of its positions where
/// sequences are few: then phase 0 sums the state that each range adds, and phase 1 scans each range from the sum of
/// those before it. All products are register tiles; states stay in the worker's scratch.
/// </summary>
internal static unsafe class HostOuterScan
{
    /// <summary>Floats of a state in scratch, beside as many that its roundings have lost; where there are more, its columns
    /// are cut.</summary>
    private const int StateFloats = 128 * 1024;

    /// <summary>Columns of a piece of work that are worth reading queries and keys for.</summary>
    private const int FewColumns = 32;

    /// <summary>Ranges of a sequence: none where columns are cut, which costs nothing twice.</summary>
    public static int Ranges(OuterScanLaunch launch) => launch.Kernel.Buffers.Count < 5 || CutsColumns(launch) ? 1
        : OuterScanRanges.Of(Sequences(launch), Slicing.Ceiling(launch.Positions, Chunk(launch)));

    public static int Slices(OuterScanLaunch launch, int phase)
    {
        int pieces = Pieces(launch, phase);
        return Slicing.Count(
            pieces, (long)Sequences(launch) * launch.Positions * (launch.Shape.Keys + launch.Shape.Values));
    }

    public static void Run<F, I, M>(
        OuterScanLaunch launch, TileCode tile, float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        OuterScanShape shape = launch.Shape;
        int ranges = Ranges(launch);
        bool adds = ranges > 1 && phase == 0;
        int own = adds ? ranges - 1 : ranges;
        int columns = Columns(launch);
        int blocks = Slicing.Ceiling(shape.Values, columns);
        int chunk = Chunk(launch);
        int chunks = Slicing.Ceiling(launch.Positions, chunk);
        nint stateFloats = (nint)shape.Keys * shape.Values;
        (int first, int end) = Slicing.Range(Pieces(launch, phase), Slices(launch, phase), slice);
        for (int piece = first; piece < end; piece++)
        {
            int column = piece % blocks * columns;
            int range = piece / blocks % own;
            int sequence = piece / blocks / own;
            int sample = sequence / shape.Heads;
            int head = sequence % shape.Heads;
            var scan = new ScanPart
            {
                Tile = tile,
                Q = memory + launch.Slots.A0 + launch.Q.At(sample, head),
                K = memory + launch.Slots.A1 + launch.K.At(sample, head),
                V = memory + launch.Slots.A2 + launch.V.At(sample, head) + column,
                O = memory + launch.Slots.A3 + launch.O.At(sample, head) + ((nint)column * launch.OFeature),
                QStep = launch.Q.Position,
                KStep = launch.K.Position,
                VStep = launch.V.Position,
                OStep = launch.O.Position,
                OFeature = launch.OFeature,
                Positions = launch.Positions,
                Keys = shape.Keys,
                Values = Math.Min(columns, shape.Values - column),
                Chunk = chunk,
                Intra = shape.Intra,
                Reverse = shape.Reverse,
            };
            scan.Use<F, I, M>(scratch);

            // Ranges are counted in the direction of the scan.
            (int from, int to) = Slicing.Range(chunks, ranges, shape.Reverse ? ranges - 1 - range : range);
            float* sums = memory + launch.Slots.A4 + (sequence * (ranges - 1) * stateFloats) + column;
            if (adds)
            {
                scan.Add<F, I, M>(from, to);
                scan.Keep<F, I, M>(sums + (range * stateFloats), shape.Values);
                continue;
            }

            for (int before = 0; before < range; before++)
            {
                scan.Take<F, I, M>(sums + (before * stateFloats), shape.Values);
            }

            scan.Run<F, I, M>(from, to);
        }
    }

    private static int Sequences(OuterScanLaunch launch) => launch.Batch * launch.Shape.Heads;

    private static int Pieces(OuterScanLaunch launch, int phase)
    {
        int ranges = Ranges(launch);
        return Sequences(launch) * (ranges > 1 && phase == 0 ? ranges - 1 : ranges)
            * Slicing.Ceiling(launch.Shape.Values, Columns(launch));
    }

    /// <summary>Whether few sequences are cut by columns of their states. Where there are scores each piece would compute them
    /// again. It does not depend on the vectors of a machine: ranges have other roundings.</summary>
    private static bool CutsColumns(OuterScanLaunch launch) => launch.Shape.Intra == Intra.PreviousChunks
        && Sequences(launch) < OuterScanRanges.ManySequences
        && Sequences(launch) * launch.Shape.Values >= OuterScanRanges.ManySequences * FewColumns;

    /// <summary>Columns of the state that a piece of work keeps: whole panels.</summary>
    private static int Columns(OuterScanLaunch launch)
    {
        int panel = launch.Tile.Columns;
        int panels = StateFloats / panel / Slicing.RoundUp(launch.Shape.Keys, launch.Tile.Rows);
        if (CutsColumns(launch))
        {
            int all = Sequences(launch) * Slicing.Ceiling(launch.Shape.Values, panel);
            panels = Math.Min(panels, Math.Max(1, all / OuterScanRanges.MostStates));
        }

        return Math.Min(Math.Max(1, panels) * panel, Slicing.RoundUp(launch.Shape.Values, panel));
    }

    /// <summary>
    /// Positions of a chunk: as asked for where it means something, else at most what is fastest. Of c positions
    /// each costs c·(keys + values)/2 products inside the chunk, and keys·values/c times what it takes to load and
    /// store a sum: least at √(6·keys·values/(keys + values)), 10 for 32 features and 28 for 256.
    /// </summary>
    private static int Chunk(OuterScanLaunch launch)
    {
        OuterScanShape s = launch.Shape;
        long both = (long)s.Keys * s.Values / (s.Keys + s.Values);
        return s.Intra == Intra.PreviousChunks ? s.Chunk : Math.Min(s.Chunk, both < 96 ? 16 : 32);
    }
}
