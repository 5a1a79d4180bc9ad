using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

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
        new FunctionRow("Unsqueeze", Unsqueeze),
        new FunctionRow("Squeeze", Squeeze),
        new FunctionRow("Unflatten", Unflatten),
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
                throw c.MismatchOf(
                    "parts", i, $"'{string.Join(", ", expected)}'", SizeRemedy.Of(parts[0].Shape, part.Shape, axis))
                    .Offer(c.Declare(SizeRemedy.Multiples(parts[0].Shape, part.Shape, axis)));
            }
        }

        return c.Graph.Concat(axis, parts);
    }

    private static Node Unsqueeze(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int axis = c.Int("axis", 1, 0, -(x.Rank + 1), x.Rank);
        return c.Graph.Reshape(x, x.Shape.Insert(axis < 0 ? axis + x.Rank + 1 : axis, Size.One));
    }

    private static Node Squeeze(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int axis = c.Axis("axis", 1, 0, x);
        return x.Shape[axis].Equals(Size.One)
            ? c.Graph.Reshape(x, x.Shape.RemoveAt(axis))
            : throw c.Mismatch("x", 0, $"1 as axis {axis}", "only an axis of one element can be left out: use Flatten, Slice or Sum");
    }

    private static Node Unflatten(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int axis = c.Axis("axis", 1, 0, x);
        int[] extents = c.Integers("extents", 2);
        int[] given = extents.Where(static e => e != -1).ToArray();
        if (given.Any(static e => e < 1) || given.Length < extents.Length - 1 || extents.Length == 0)
        {
            throw c.OutOfRange(
                "extents", string.Join(", ", extents), "constants of at least 1, one of which may be -1 for what is left");
        }

        Size product = given.Aggregate(Size.One, static (all, e) => all * e);
        Size rest = x.Shape[axis] / product;
        if (!(rest * product).Equals(x.Shape[axis]) || (given.Length == extents.Length && !rest.Equals(Size.One)))
        {
            string wanted = given.Length == extents.Length ? $"{product}" : $"a multiple of {product}";
            throw c.Mismatch("x", 0, $"{wanted} as axis {axis}", "make the product of the extents equal to the axis");
        }

        return c.Graph.Reshape(
            x, x.Shape.RemoveAt(axis).InsertRange(axis, extents.Select(e => e == -1 ? rest : (Size)e)));
    }

    private static Node Slice(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int axis = c.Axis("axis", 1, 0, x);
        int start = c.Int("start", 2, 0, int.MinValue);
        int length = c.Int("length", 3, 1, 1);
        Size extent = x.Shape[axis];
        if (start < 0)
        {
            if (length > -start || (extent.IsConstant && -start > extent.Constant))
            {
                throw c.OutOfRange(
                    "start", start.ToString(CultureInfo.InvariantCulture),
                    $"{length} or more from the end of the {extent} elements of axis {axis}, as a negative number");
            }

            return c.Graph.Slice(x, axis, extent + start, length);
        }

        if (extent.IsConstant && start >= extent.Constant)
        {
            throw OutOfAxis(c, "start", start, extent.Constant - 1, $"axis {axis} has {extent} elements");
        }

        return extent.IsConstant && start + length > extent.Constant
            ? throw OutOfAxis(
                c, "length", length, extent.Constant - start, $"axis {axis} has {extent} elements and 'start' is {start}")
            : c.Graph.Slice(x, axis, start, length);
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
                    "x", 0, Along(x, axis, $"{parts}*n"), "cut it into parts of given sizes");
        }

        Size sum = sizes.Aggregate(Size.Zero, static (total, size) => total + size);
        Size start = sizes.Take(piece).Aggregate(Size.Zero, static (total, size) => total + size);
        return sum.Equals(x.Shape[axis])
            ? c.Graph.Slice(x, axis, start, sizes[piece])
            : throw c.Mismatch("x", 0, Along(x, axis, sum.ToString()), "let the sizes add up to the axis");
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
            Size extent = y.Shape[axis];
            return extent.IsConstant && dropped >= extent.Constant
                ? throw OutOfAxis(
                    c, after, dropped - first, extent.Constant - first - 1,
                    $"of {extent} pixels '{before}' takes {first} and one has to remain")
                : c.Graph.Slice(y, axis, first, extent - dropped);
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
                .Offer(ShuffleFit.MoreChannels(x, factor) is { } wanted
                    ? c.Make("x", 0, wanted)
                    : Array.Empty<Remedy>())
            : c.Graph.Add(new PixelShuffleOp(factor), x);
    }

    private static Node PixelUnshuffle(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int factor = c.Int("factor", 1, 1, 1);
        return ShuffleFit.Pixels(x, factor) is { } expected
            ? throw c.Mismatch("x", 0, expected, ShuffleFit.PixelRemedy(factor))
                .Offer(ShuffleFit.MorePixels(x, factor) is { } wanted
                    ? c.Make("x", 0, wanted)
                    : Array.Empty<Remedy>())
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

    /// <summary>A shape with another extent along one axis.</summary>
    private static string Along(Node x, int axis, string extent) =>
        $"'{string.Join(", ", x.Shape.Select((d, i) => i == axis ? extent : d.ToString()))}'";

    /// <summary>The problem of a constant that reaches beyond an axis.</summary>
    private static ProblemException OutOfAxis(FunctionContext c, string name, int value, int most, string why) =>
        c.OutOfRange(name, value.ToString(CultureInfo.InvariantCulture), $"at most {most}, since {why}")
            .Offer(most >= 0 ? c.Pass(name, most) : null);
}
