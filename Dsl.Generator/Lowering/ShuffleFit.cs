using Dsl.Generator.Graphs;

namespace Dsl.Generator.Lowering;

/// <summary>Whether images can be shuffled.</summary>
internal static class ShuffleFit
{
    /// <summary>What is expected when channels cannot become pixels, else null.</summary>
    public static string? Channels(Node x, int factor)
    {
        int square = factor * factor;
        return x.Rank == 4 && ((x.Shape[1] / square) * square).Equals(x.Shape[1])
            ? null
            : $"images 'b, c, h, w' with c a multiple of {square}";
    }

    /// <summary>What is expected when pixels cannot become channels, else null.</summary>
    public static string? Pixels(Node x, int factor) =>
        x.Rank == 4 && Divides(x.Shape[2], factor) && Divides(x.Shape[3], factor)
            ? null
            : $"images 'b, c, h, w' with h and w multiples of {factor}";

    /// <summary>What to do about pixels that do not divide.</summary>
    public static string PixelRemedy(int factor) =>
        $"declare height and width as multiples, \"{factor}*h\", or pad or crop before it";

    /// <summary>The shape with as many more channels as are missing; null for no image.</summary>
    public static Size[]? MoreChannels(Node x, int factor) => x.Rank == 4 && x.Shape[1].IsConstant
        ? new[] { x.Shape[0], Multiple(x.Shape[1], factor * factor), x.Shape[2], x.Shape[3] }
        : null;

    /// <summary>The shape with as many more pixels as are missing; null for no image.</summary>
    public static Size[]? MorePixels(Node x, int factor) => x.Rank == 4
        ? new[] { x.Shape[0], x.Shape[1], Multiple(x.Shape[2], factor), Multiple(x.Shape[3], factor) }
        : null;

    /// <summary>The next multiple of a number; of a symbol that multiple of it.</summary>
    private static Size Multiple(Size size, int factor) => Divides(size, factor) ? size
        : size.IsConstant ? Size.Of((size.Constant + factor - 1) / factor * factor)
        : size * factor;

    private static bool Divides(Size size, int factor) => ((size / factor) * factor).Equals(size);
}
