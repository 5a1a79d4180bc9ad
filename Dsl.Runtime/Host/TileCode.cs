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

/// <summary>The size of the register tile that a launch runs on this machine.</summary>
/// <param name="Rows">Rows of the tile.</param>
/// <param name="Vectors">Vectors of a row.</param>
/// <param name="Lanes">Lanes of a vector.</param>
internal readonly record struct TileSizes(int Rows, int Vectors, int Lanes)
{
    /// <summary>Columns of the tile.</summary>
    public int Columns => Vectors * Lanes;

    /// <summary>Of the tiles for 32 and for 16 registers, the one of this machine, with vectors of so many lanes.</summary>
    public static TileSizes Of<TWide, TNarrow>(int lanes)
        where TWide : struct, ITile
        where TNarrow : struct, ITile => HostVectors.Width == 16
        ? new(TWide.Rows, TWide.Vectors, lanes)
        : new(TNarrow.Rows, TNarrow.Vectors, lanes);
}
