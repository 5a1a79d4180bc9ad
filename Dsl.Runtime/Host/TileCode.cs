using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>A register tile's code for the vectors of this machine. What walks over tiles calls it through this, and so
/// exists once, not once for every tile and body.</summary>
internal readonly unsafe struct TileCode
{
    private TileCode(int rows, int columns, delegate*<in TileOperands, int, float*, bool, void> run)
    {
        Rows = rows;
        Columns = columns;
        Run = run;
    }

    /// <summary>Rows of the tile.</summary>
    public int Rows { get; }

    /// <summary>Columns of the tile: a panel of B.</summary>
    public int Columns { get; }

    /// <summary><see cref="ITile.Run{F, I, M}"/>.</summary>
    public delegate*<in TileOperands, int, float*, bool, void> Run { get; }

    public static TileCode Of<F, I, M, TTile>()
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile => new(TTile.Rows, TTile.Vectors * F.Lanes, &TTile.Run<F, I, M>);
}

/// <summary>The sizes of a launch's tiles, of which the machine's vectors choose one.</summary>
internal readonly struct TileSizes
{
    private readonly (int Rows, int Vectors) _wide;
    private readonly (int Rows, int Vectors) _narrow;

    private TileSizes((int Rows, int Vectors) wide, (int Rows, int Vectors) narrow) => (_wide, _narrow) = (wide, narrow);

    /// <summary>Rows of the tile that this machine runs.</summary>
    public int Rows => HostVectors.Width == 16 ? _wide.Rows : _narrow.Rows;

    /// <summary>Columns of the tile that this machine runs.</summary>
    public int Columns => HostVectors.Width * (HostVectors.Width == 16 ? _wide.Vectors : _narrow.Vectors);

    public static TileSizes Of<TWide, TNarrow>()
        where TWide : struct, ITile
        where TNarrow : struct, ITile => new((TWide.Rows, TWide.Vectors), (TNarrow.Rows, TNarrow.Vectors));
}
