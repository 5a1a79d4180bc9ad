using System;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <content>A tile of classes.</content>
internal static unsafe partial class HostClassLogits
{
    /// <summary>Room for a number of each row of a tile.</summary>
    private const int RowNumbers = 128;

    /// <summary>Whole classes whose rows are in a worker's cache.</summary>
    private readonly struct Tile(
        ClassBlock block, int first, int* chosen, int subCenters, bool normalizesRows, float* lengths)
    {
        public readonly ClassBlock Block = block;

        /// <summary>The first class, or its place among those that were chosen.</summary>
        public readonly int First = first;

        /// <summary>The classes in their order where some were chosen; null: all from the first on.</summary>
        public readonly int* Chosen = chosen;

        /// <summary>Rows of a class.</summary>
        public readonly int SubCenters = subCenters;

        public readonly bool NormalizesRows = normalizesRows;

        /// <summary>Lengths of rows.</summary>
        public readonly float* Lengths = lengths;

        /// <summary>What products of rows are multiplied by: 1 over their lengths, or 1.</summary>
        public readonly float* Inverses = lengths + RowNumbers;

        /// <summary>Which row of all classes each row is.</summary>
        public readonly int* Rows = (int*)(lengths + (2 * RowNumbers));

        /// <summary>Classes.</summary>
        public int Count => Block.Count / SubCenters;

        /// <summary>Which class of the tile a label is; not below <see cref="Count"/> when it is another one's.</summary>
        public uint Find(int label)
        {
            if (Chosen == null)
            {
                return (uint)(label - First);
            }

            int at = Count > 0 && label >= Chosen[0] && label <= Chosen[Count - 1]
                ? new ReadOnlySpan<int>(Chosen, Count).BinarySearch(label) : -1;
            return (uint)at;
        }

        /// <summary>The offset of a class.</summary>
        public float BiasOf(in ClassBuffers at, int j) => at.Bias == null ? 0f : at.Bias[First + j];
    }

    private static Tile Open<F, I, M>(ClassLogitsLaunch launch, in ClassBuffers at, TileCode code, int tileIndex, float* numbers)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        ClassLogitsShape shape = launch.Shape;
        int rows = ClassTiles.RowsOf(shape.SubCenters);
        int first = tileIndex * rows;
        int count = Math.Min(rows, (Classes(launch, in at) * shape.SubCenters) - first);
        float* from = at.Rows + ((nint)first * shape.Width);
        int* chosen = null;
        int* index = (int*)(numbers + (2 * RowNumbers));
        if (shape.Chosen > 0)
        {
            chosen = at.Chosen + 1 + (first / shape.SubCenters);
            from = numbers + Launch.ScratchFloats - ((nint)RowNumbers * ClassTiles.Width(shape.Width));
        }

        for (int r = 0; r < count; r++)
        {
            index[r] = chosen == null ? first + r : (chosen[r / shape.SubCenters] * shape.SubCenters) + (r % shape.SubCenters);
            if (chosen != null)
            {
                new ReadOnlySpan<float>(at.Rows + ((nint)index[r] * shape.Width), shape.Width)
                    .CopyTo(new Span<float>(from + ((nint)r * shape.Width), shape.Width));
            }
        }

        var tile = new Tile(
            new ClassBlock(code, from, count, shape.Width), first / shape.SubCenters, chosen, shape.SubCenters,
            shape.NormalizesRows, numbers);
        bool measures = shape.NormalizesRows || shape.Form != MarginForm.None;
        for (int r = 0; r < count; r++)
        {
            float length = measures ? MathF.Sqrt(Squares<F, I, M>(from + ((nint)r * shape.Width), shape.Width)) : 1f;
            tile.Lengths[r] = length;
            tile.Inverses[r] = shape.NormalizesRows ? Inverse(length) : 1f;
        }

        return tile;
    }

    /// <summary>The rows of the next tile, where they lie behind those of this one.</summary>
    private static LinesAhead RowsAfter(ClassLogitsLaunch launch, in Tile classes, bool exists)
    {
        LinesAhead ahead = default;
        if (exists && classes.Chosen == null)
        {
            nint floats = (nint)classes.Block.Count * launch.Shape.Width;
            ahead.Start(classes.Block.Rows + floats, floats);
        }

        return ahead;
    }

    /// <summary>The first array that the optimiser keeps, of a tile's rows.</summary>
    private static LinesAhead StatesOf(ClassLogitsLaunch launch, in Tile classes, float* memory, bool exists)
    {
        LinesAhead ahead = default;
        if (exists && launch.Update is { States: > 0 } update && classes.Chosen == null)
        {
            nint floats = (nint)classes.Block.Count * launch.Shape.Width;
            ahead.Start(classes.Block.Rows + update.StateBehind(0), floats);
        }

        return ahead;
    }
}
