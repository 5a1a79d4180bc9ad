using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Lowering;

/// <summary>Whether windows fit images, as far as constant extents tell.</summary>
internal static class WindowFit
{
    /// <summary>The extent of the padded image when a window is larger than it, else null.</summary>
    public static string? TooLarge(WindowGeometry window, Node image)
    {
        Size height = image.Shape[2] + (window.PaddingTop + window.PaddingBottom);
        Size width = image.Shape[3] + (window.PaddingLeft + window.PaddingRight);
        return (height.IsConstant && height.Constant < window.SpanHeight)
            || (width.IsConstant && width.Constant < window.SpanWidth)
            ? $"{height}x{width}"
            : null;
    }

    /// <summary>How many pixels a window is larger than the padded image, where it is most.</summary>
    public static int Missing(WindowGeometry window, Node image) => new[]
    {
        Missing(image.Shape[2] + (window.PaddingTop + window.PaddingBottom), window.SpanHeight),
        Missing(image.Shape[3] + (window.PaddingLeft + window.PaddingRight), window.SpanWidth),
    }.Max();

    private static int Missing(Size extent, int span) => extent.IsConstant ? span - extent.Constant : 0;
}
