using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Lowering;

/// <summary>Functions that cut tensors and put them side by side. Padding is a concatenation with constants: the padded
/// value is written to its place among them.</summary>
internal static class ShapeFunctions
{
    private const int Height = 2;
    private const int Width = 3;

    public static IEnumerable<FunctionRow> All { get; } = new[]
    {
        new FunctionRow("Concat", Concat),
        new FunctionRow("Slice", Slice),
        new FunctionRow("Split", Split),
        new FunctionRow("Pad", Pad),
        new FunctionRow("Crop", Crop),
        new FunctionRow("PadTo", PadTo),
        new FunctionRow("CropTo", CropTo),
        new FunctionRow("PixelShuffle", PixelShuffle),
        new FunctionRow("PixelUnshuffle", PixelUnshuffle),
    };

    private static Node Concat(FunctionContext c)
    {
        Node[] parts = c.Tensors("parts");
        if (parts.Length == 0)
        {
            throw c.OutOfRange("parts", "nothing", "one tensor or more");
        }

        int axis = c.Axis("axis", int.MaxValue, 1, parts[0]);
        for (int i = 1; i < parts.Length; i++)
        {
            Node part = parts[i];
            bool fits = part.Rank == parts[0].Rank && part.SameShape(parts[0].Shape.SetItem(axis, part.Shape[axis]));
            if (!fits)
            {
                string[] expected = parts[0].Shape.Select(static d => d.ToString()).ToArray();
                expected[axis] = "…";
                throw c.MismatchOf("parts", i, $"'{string.Join(", ", expected)}'", SizeRemedy.Of(parts[0].Shape, part.Shape,
                    axis));
            }
        }

        return c.Graph.Concat(axis, parts);
    }

    private static Node Slice(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int axis = c.Axis("axis", 1, 0, x);
        int start = c.Int("start", 2, 0, 0);
        int length = c.Int("length", 3, 1, 1);
        RequireInside(c, "length", x.Shape[axis], start + length);
        return c.Graph.Slice(x, axis, start, length);
    }

    /// <summary>The reader asks for each part by its number.</summary>
    private static Node Split(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int axis = c.Axis("axis", int.MaxValue, 1, x);
        int piece = c.Int("piece", int.MaxValue, 0, 0);
        Size[] sizes = c.Literals("sizes");
        if (sizes.Length == 0)
        {
            int parts = c.Int("parts", int.MaxValue, 1, 1);
            Size each = x.Shape[axis] / parts;
            return (each * parts).Equals(x.Shape[axis])
                ? c.Graph.Slice(x, axis, each * piece, each)
                : throw c.Mismatch(
                    "x", 0, $"an axis {axis} that is a multiple of {parts}", "cut it into parts of given sizes");
        }

        Size sum = sizes.Aggregate(Size.Zero, static (total, size) => total + size);
        Size start = sizes.Take(piece).Aggregate(Size.Zero, static (total, size) => total + size);
        return sum.Equals(x.Shape[axis])
            ? c.Graph.Slice(x, axis, start, sizes[piece])
            : throw c.Mismatch("x", 0, $"{sum} elements along axis {axis}", "let the sizes add up to the axis");
    }

    private static Node Pad(FunctionContext c)
    {
        Node x = Images(c, "x", 0);
        double value = c.Number("value", 5, 0);
        Node rows = c.Graph.Pad(x, Height, c.Int("top", 1, 0, 0), c.Int("bottom", 2, 0, 0), value);
        return c.Graph.Pad(rows, Width, c.Int("left", 3, 0, 0), c.Int("right", 4, 0, 0), value);
    }

    private static Node Crop(FunctionContext c)
    {
        Node x = Images(c, "x", 0);
        Node rows = Side(x, Height, "top", 1, "bottom", 2);
        return Side(rows, Width, "left", 3, "right", 4);

        Node Side(Node y, int axis, string before, int beforeAt, string after, int afterAt)
        {
            int first = c.Int(before, beforeAt, 0, 0);
            int dropped = first + c.Int(after, afterAt, 0, 0);
            RequireInside(c, after, y.Shape[axis], dropped + 1);
            return c.Graph.Slice(y, axis, first, y.Shape[axis] - dropped);
        }
    }

    private static Node PadTo(FunctionContext c)
    {
        (Node x, Node like) = (Images(c, "x", 0), Images(c, "like", 1));
        foreach (int axis in new[] { Height, Width })
        {
            Size missing = Missing(c, "x", 0, x.Shape[axis], like.Shape[axis], "at most");
            x = c.Graph.Pad(x, axis, missing / 2, missing - (missing / 2), 0);
        }

        return x;
    }

    private static Node CropTo(FunctionContext c)
    {
        (Node x, Node like) = (Images(c, "x", 0), Images(c, "like", 1));
        foreach (int axis in new[] { Height, Width })
        {
            Size surplus = Missing(c, "x", 0, like.Shape[axis], x.Shape[axis], "at least");
            x = c.Graph.Slice(x, axis, surplus / 2, like.Shape[axis]);
        }

        return x;
    }

    private static Node PixelShuffle(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int factor = c.Int("factor", 1, 1, 1);
        return ShuffleFit.Channels(x, factor) is { } expected
            ? throw c.Mismatch("x", 0, expected, $"give the layer before it a multiple of {factor * factor} channels")
            : c.Graph.Add(new PixelShuffleOp(factor), x);
    }

    private static Node PixelUnshuffle(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int factor = c.Int("factor", 1, 1, 1);
        return ShuffleFit.Pixels(x, factor) is { } expected
            ? throw c.Mismatch("x", 0, expected, ShuffleFit.PixelRemedy(factor))
            : c.Graph.Add(new PixelUnshuffleOp(factor), x);
    }

    private static Node Images(FunctionContext c, string name, int position) =>
        c.Rank(c.Tensor(name, position), name, position, 4, "images: 'b, c, h, w'");

    /// <summary>How much larger one extent is; what only a run can know, a run checks.</summary>
    private static Size Missing(FunctionContext c, string name, int position, Size small, Size large, string bound)
    {
        Size missing = large - small;
        return missing.IsConstant && missing.Constant < 0
            ? throw c.Mismatch(
                name, position, $"{bound} the height and width of 'like'", "exchange them, or use the other of PadTo and CropTo")
            : missing;
    }

    private static void RequireInside(FunctionContext c, string name, Size extent, int needed)
    {
        if (extent.IsConstant && extent.Constant < needed)
        {
            throw c.OutOfRange(name, needed.ToString(System.Globalization.CultureInfo.InvariantCulture),
                $"at most {extent} in all");
        }
    }
}
