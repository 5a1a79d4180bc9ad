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
    private readonly struct Tile(ClassBlock block, int first, int subCenters, bool normalizesRows, float* lengths)
    {
        public readonly ClassBlock Block = block;

        /// <summary>The first class.</summary>
        public readonly int First = first;

        /// <summary>Rows of a class.</summary>
        public readonly int SubCenters = subCenters;

        public readonly bool NormalizesRows = normalizesRows;

        /// <summary>Lengths of rows.</summary>
        public readonly float* Lengths = lengths;

        /// <summary>What products of rows are multiplied by: 1 over their lengths, or 1.</summary>
        public readonly float* Inverses = lengths + RowNumbers;

        /// <summary>Classes.</summary>
        public int Count => Block.Count / SubCenters;

        /// <summary>The offset of a class.</summary>
        public float BiasOf(in ClassBuffers at, int j) => at.Bias == null ? 0f : at.Bias[First + j];
    }

    private static Tile Open<F, I, M>(ClassLogitsLaunch launch, in ClassBuffers at, TileCode code, int index, float* numbers)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        ClassLogitsShape shape = launch.Shape;
        int rows = ClassTiles.RowsOf(shape.SubCenters);
        int first = index * rows;
        int count = Math.Min(rows, (shape.Classes * shape.SubCenters) - first);
        float* from = at.Rows + ((nint)first * shape.Width);
        var tile = new Tile(
            new ClassBlock(code, from, count, shape.Width), first / shape.SubCenters, shape.SubCenters,
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
}
