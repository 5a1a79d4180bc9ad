using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// What attention and its gradients on the host share: blocks of scores in a worker's scratch. A block has
/// <see cref="Keys"/> columns, stored panel after panel of the register tile, and as many rows as whole tiles fill.
/// </summary>
internal readonly unsafe struct AttendBlocks
{
    /// <summary>Keys of a block: a multiple of every panel.</summary>
    public const int Keys = 64;

    private readonly TileCode _tile;

    public AttendBlocks(TileCode tile)
    {
        _tile = tile;
        Rows = RowsOf(tile.Rows);
    }

    /// <summary>Queries of a block.</summary>
    public int Rows { get; }

    /// <summary>Columns of a panel.</summary>
    public int Panel => _tile.Columns;

    /// <summary>Floats of a block of scores.</summary>
    public int Floats => Rows * Keys;

    /// <summary>Queries of a block for a tile: the most whole tiles within 64 rows.</summary>
    public static int RowsOf(int tileRows) => tileRows * Math.Max(1, 64 / tileRows);

    /// <summary>Copies keys (or values) of all blocks, transposed: block after block [feature][key], zeros behind the last
    /// key.</summary>
    /// <param name="from">The first key.</param>
    /// <param name="row">Elements from one key to the next.</param>
    /// <param name="keys">Keys of the sequence.</param>
    /// <param name="width">Features.</param>
    /// <param name="to">width · Keys floats for each block.</param>
    /// <param name="block">Which block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* from, nint row, int keys, int width, float* to, int block)
    {
        int count = Math.Min(Keys, keys - (block * Keys));
        from += block * Keys * row;
        to += (nint)block * Keys * width;
        int wholeKeys = Avx.IsSupported ? count & ~7 : 0;
        int wholeFeatures = wholeKeys > 0 ? width & ~7 : 0;
        for (int feature = 0; feature < wholeFeatures; feature += 8)
        {
            for (int key = 0; key < wholeKeys; key += 8)
            {
                HostTranspose.Eight(from + (key * row) + feature, row, to + (feature * Keys) + key, Keys);
            }
        }

        for (int feature = 0; feature < width; feature++)
        {
            float* at = to + (feature * Keys);
            int key = feature < wholeFeatures ? wholeKeys : 0;
            for (; key < count; key++)
            {
                at[key] = from[(key * row) + feature];
            }

            for (; key < Keys; key++)
            {
                at[key] = 0f;
            }
        }
    }

    /// <summary>scores = a · bᵀ for a block: a has rows of <paramref name="width"/> features, b is transposed. Panels that no row of a
    /// tile sees keep what they have.</summary>
    public void Score(float* a, nint aRow, in SeenKeys seen, int width, float* b, float* scores)
    {
        TileOperands t = Flat(a, aRow, 1, b, Keys, width);
        for (int panel = 0; panel < Keys; panel += Panel)
        {
            t.B = b + panel;
            for (int row = 0; row < seen.Rows; row += _tile.Rows)
            {
                if (seen.Before(row + _tile.Rows) > panel)
                {
                    t.A = a + (row * aRow);
                    _tile.Run(in t, Math.Min(_tile.Rows, seen.Rows - row), scores + (panel * Rows) + (row * Panel), false);
                }
            }
        }
    }

    /// <summary>sums += weights · b: a block of weights, 0 where a row does not see a key, times the rows of b, [key][feature]. The sums
    /// lie panel after panel, <paramref name="pitch"/> rows each.</summary>
    public void Weigh(
        float* weights, in SeenKeys seen, float* b, nint bRow, int width, float* sums, nint pitch, bool accumulate)
    {
        TileOperands t = Flat(weights, Panel, 1, b, bRow, Panel);
        t.AMiddle = (nint)Rows * Panel;
        t.BMiddle = Panel * bRow;
        for (int feature = 0; feature < width; feature += Panel)
        {
            for (int row = 0; row < seen.Rows; row += _tile.Rows)
            {
                int rows = Math.Min(_tile.Rows, seen.Rows - row);
                float* to = sums + (feature * pitch) + (row * Panel);
                (int whole, int rest) = Math.DivRem(seen.Before(row + _tile.Rows), Panel);
                if (whole > 0)
                {
                    t.A = weights + (row * Panel);
                    t.B = b + feature;
                    t.Depth = Panel;
                    t.Middle = whole;
                    _tile.Run(in t, rows, to, accumulate);
                }

                if (rest > 0)
                {
                    t.A = weights + (row * Panel) + (whole * t.AMiddle);
                    t.B = b + feature + (whole * t.BMiddle);
                    t.Depth = rest;
                    t.Middle = 1;
                    _tile.Run(in t, rows, to, accumulate || whole > 0);
                }
                else if (whole == 0 && !accumulate)
                {
                    new Span<float>(to, rows * Panel).Clear();
                }
            }
        }
    }

    /// <summary>sums += weightsᵀ · b: for each key of a block the sum over its rows, of weights that are 0 where a row does not see a key.
    /// The sums lie tile after tile, panel after panel: see <see cref="CopyKeys"/>.</summary>
    public void WeighTransposed(float* weights, in SeenKeys seen, float* b, nint bRow, int width, float* sums, bool accumulate)
    {
        TileOperands t = Flat(weights, 1, Panel, b, bRow, seen.Rows);
        for (int feature = 0; feature < width; feature += Panel)
        {
            for (int panel = 0; panel < Keys; panel += Panel)
            {
                for (int key = 0; key < Panel; key += _tile.Rows)
                {
                    int first = seen.FirstRow(panel + key);
                    int rows = Math.Min(_tile.Rows, Panel - key);
                    t.A = weights + (panel * Rows) + key + (first * Panel);
                    t.B = b + feature + (first * bRow);
                    t.Depth = seen.Rows - first;
                    if (t.Depth > 0)
                    {
                        _tile.Run(in t, rows, sums, accumulate);
                    }
                    else if (!accumulate)
                    {
                        new Span<float>(sums, rows * Panel).Clear();
                    }

                    sums += _tile.Rows * Panel;
                }
            }
        }
    }

    /// <summary>Floats of the sums of <see cref="WeighTransposed"/>.</summary>
    public int KeyFloats(int width) => KeyFloats(_tile.Rows, Panel, width);

    /// <summary>The same for tiles of so many rows and columns.</summary>
    public static int KeyFloats(int tileRows, int panel, int width) =>
        Slicing.Ceiling(width, panel) * (Keys / panel) * Slicing.RoundUp(panel, tileRows) * panel;

    /// <summary>Where the first feature of a key lies in such sums; those of the next panel are as far away as a key of
    /// one feature has floats.</summary>
    public int KeyAt(int key)
    {
        int ofPanel = Slicing.RoundUp(Panel, _tile.Rows) * Panel;
        return (key / Panel * ofPanel) + (key % Panel * Panel);
    }

    /// <summary>Copies such sums to rows of a dense buffer.</summary>
    public void CopyKeys(float* sums, int keys, int width, float* to, nint toRow)
    {
        for (int feature = 0; feature < width; feature += Panel)
        {
            int columns = Math.Min(Panel, width - feature);
            for (int panel = 0; panel < Keys; panel += Panel)
            {
                for (int key = 0; key < Panel; key += _tile.Rows)
                {
                    int count = Math.Min(Math.Min(_tile.Rows, Panel - key), keys - panel - key);
                    if (count > 0)
                    {
                        Packing.Rectangle(sums, Panel, count, columns, to + ((panel + key) * toRow) + feature, toRow);
                    }

                    sums += _tile.Rows * Panel;
                }
            }
        }
    }

    private static TileOperands Flat(float* a, nint aRow, nint aDepth, float* b, nint bDepth, int depth)
    {
        TileOperands t = default;
        t.A = a;
        t.ARow = aRow;
        t.ADepth = aDepth;
        t.B = b;
        t.BDepth = bDepth;
        t.Depth = depth;
        t.Middle = 1;
        t.Outer = 1;
        return t;
    }
}
