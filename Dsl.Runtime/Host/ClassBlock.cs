using System;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The three products of a tile of class rows with a block of samples, by one register tile. Cells of the block (products, then
/// gradients) lie panel after panel of samples, [panel][row][sample].
/// </summary>
internal readonly unsafe struct ClassBlock
{
    /// <summary>The most samples of a block.</summary>
    public const int Samples = 256;

    /// <summary>Rows that sums take for each sample. A register tile may write rows behind its last one: whole panels of 32 and 16
    /// samples end with such loops as need no more, those of narrow vectors do not, and get room instead of some slices.</summary>
    public static int Spread => HostVectors.Width >= 8 ? 1 : 3;

    private readonly TileCode _tile;
    private readonly float* _rows;
    private readonly int _width;

    public ClassBlock(TileCode tile, float* rows, int count, int width)
    {
        _tile = tile;
        _rows = rows;
        _width = width;
        Count = count;
        Pitch = Slicing.RoundUp(count, tile.Rows);
    }

    /// <summary>The first row.</summary>
    public float* Rows => _rows;

    /// <summary>Rows of the tile.</summary>
    public int Count { get; }

    /// <summary>Rows that a panel of cells has room for.</summary>
    public int Pitch { get; }

    /// <summary>Samples of a panel, and features of one.</summary>
    public int Panel => _tile.Columns;

    /// <summary>Products of all rows with some samples, whose first panel is packed at <paramref name="samples"/>.</summary>
    public void Multiply(float* samples, int count, float* cells, ref LinesAhead ahead)
    {
        for (int first = 0; first < count; first += Panel)
        {
            TileOperands t = Operands(_rows, _width, 1, samples + ((nint)first * _width), Panel, _width);
            Column(ref t, Count, cells + ((nint)first * Pitch), ref ahead);
        }
    }

    /// <summary>The row of a sample in sums.</summary>
    public static int RowOf(int sample, int panel) => (sample / panel * panel * Spread) + (sample % panel);

    /// <summary>sums += cellsᵀ · rows, a row for each sample; panel after panel of features, each <paramref name="pitch"/>
    /// rows.</summary>
    public void WeighRows(float* cells, int count, float* sums, nint pitch, bool accumulate, ref LinesAhead ahead)
    {
        for (int feature = 0; feature < _width; feature += Panel)
        {
            for (int first = 0; first < count; first += Panel)
            {
                float* cell = cells + ((nint)first * Pitch);
                int there = Math.Min(Panel, count - first);
                for (int sample = 0; sample < there; sample += _tile.Rows)
                {
                    TileOperands t = Operands(cell + sample, 1, Panel, _rows + feature, _width, Count);
                    ahead.Next(ref t);
                    float* to = sums + (((feature / Panel * pitch) + (first * Spread) + sample) * Panel);
                    _tile.Run(in t, Math.Min(_tile.Rows, there - sample), to, accumulate);
                }
            }
        }
    }

    /// <summary>sums += cells · samples for a panel of features: a row for each class row.</summary>
    public void WeighSamples(
        float* cells, int count, float* samples, nint step, float* sums, bool accumulate, ref LinesAhead ahead)
    {
        int whole = count / Panel;
        TileOperands t = Operands(cells, Panel, 1, samples, step, Panel);
        if (whole > 0)
        {
            t.AMiddle = (nint)Pitch * Panel;
            t.BMiddle = Panel * step;
            t.Middle = whole;
            Column(ref t, Count, sums, ref ahead, accumulate);
        }

        if (count > whole * Panel)
        {
            t = Operands(
                cells + ((nint)whole * Pitch * Panel), Panel, 1, samples + (whole * Panel * step), step, count - (whole * Panel));
            Column(ref t, Count, sums, ref ahead, accumulate || whole > 0);
        }
    }

    private void Column(ref TileOperands t, int rows, float* sums, ref LinesAhead ahead, bool accumulate = false)
    {
        for (int row = 0; row < rows; row += _tile.Rows)
        {
            ahead.Next(ref t);
            _tile.Run(in t, Math.Min(_tile.Rows, rows - row), sums, accumulate);
            t.A += _tile.Rows * t.ARow;
            sums += _tile.Rows * Panel;
        }
    }

    private static TileOperands Operands(float* a, nint aRow, nint aDepth, float* b, nint bDepth, int depth) => new()
    {
        A = a,
        ARow = aRow,
        ADepth = aDepth,
        B = b,
        BDepth = bDepth,
        Depth = depth,
        Middle = 1,
        Outer = 1,
    };
}
