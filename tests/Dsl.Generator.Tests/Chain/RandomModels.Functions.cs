using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Dsl.Generator.Tests.Chain;

/// <content>Functions of tensors of any shape.</content>
internal sealed partial class RandomModels
{
    private static readonly string[] s_smooth =
    [
        "Tanh({0})", "Sigmoid({0})", "Silu({0})", "Gelu({0})", "Softplus({0})", "Sin({0} * 2f)", "Cos({0})",
        "Square(Tanh({0}))", "Mish({0})",
        "Exp(Tanh({0}))", "Log(Square({0}) + 0.5f)", "Sqrt(Square({0}) + 0.4f)", "Rsqrt(Square({0}) + 0.6f)", "Softsign({0} - 0.037f)",
        "-{0}", "({0} * 0.5f + 0.25f)", "(1f - {0})", "{0} / 3f", "1f / (Square({0}) + 1f)", "Erf({0})", "EluPlusOne({0} - 0.061f)",
        "Relu({0} - 0.137f)", "Abs({0} + 0.071f)", "LeakyRelu({0} + 0.143f)", "Clamp({0}, -0.83f, 0.91f)", "StopGradient({0}) * {0}",
        "Where(Less({0}, 0.219f), {0} * 0.5f, Square({0}))", "HardSwish({0} + 0.037f)", "Dropout({0}, 0.25f)",
    ];

    private static readonly string[] s_pairs =
    [
        "{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / (Square({1}) + 1f)", "Tanh({0}) * {1}",
        "Max({0}, {1} + 0.051f)", "Min({0}, 0.7f * {1})",
        "Glu({0}, {1})", "SwiGlu({0}, {1})", "Where(Less({0} + 0.057f, {1}), {0}, {1} * 0.5f)", "{0} * 0.5f + {1} * StopGradient({0})",
    ];

    private bool Unary(RandomValue x)
    {
        if (Chance(4))
        {
            string name = $"F{_count++}";
            _members.Add((name, $"[Pointwise] private static float {name}(float x) => {Scalar(3, "x")};"));
            return Add(x.Shape, $"Map({name}, {x})");
        }

        return Add(x.Shape, Apply(Pick(s_smooth), x.Name));
    }

    private static string Apply(string form, params string[] operands) => string.Format(CultureInfo.InvariantCulture, form, operands);

    /// <summary>An expression of numbers near 1.</summary>
    private string Scalar(int depth, params string[] names)
    {
        string Next() => Scalar(depth - 1, names);
        return depth == 0 ? Pick(names) : _random.Next(9) switch
        {
            0 => $"Tanh({Next()})",
            1 => $"({Next()} + {Next()})",
            2 => $"{Next()} * {Next()}",
            3 => $"({Next()} - 0.5f * {Next()})",
            4 => $"{Next()} / (1f + Square({Next()}))",
            5 => $"Exp(-Square({Next()}))",
            6 => $"({Pick(names)} > 0.173f ? {Next()} : 0.5f * {Next()})",
            7 => $"Max({Next()}, 0.31f)",
            _ => $"Sigmoid({Next()})",
        };
    }

    private bool Binary(RandomValue x)
    {
        // Several readers of one value, whole or with axes that are missing or 1.
        var others = _values.Where(o => o != x && Broadcast(x.Shape, o.Shape) is { } s && s.SequenceEqual(x.Shape)).ToList();
        if (others.Count == 0)
        {
            others = [.. _values.Where(o => o != x && Broadcast(x.Shape, o.Shape) is not null)];
        }

        if (others.Count == 0 || Chance(8))
        {
            // A mean of its own, spread again.
            int axis = x.Rank > 0 ? _random.Next(x.Rank) : 0;
            string mean = Pick("Mean", "Max", "Variance", "Sum");
            return x.Rank > 0 && axis == 0
                ? Add(x.Shape, Apply(Pick(s_pairs), x.Name, $"{mean}({x}, 0)" + (mean == "Sum" ? " * 0.2f" : "")))
                : Add(x.Shape, $"{x} * Mean({x}) + 0.1f");
        }

        RandomValue y = Pick(others);
        Extent[] shape = Broadcast(x.Shape, y.Shape)!;
        if (Chance(5))
        {
            string name = $"G{_count++}";
            _members.Add((name, $"[Pointwise] private static float {name}(float x, float y) => {Scalar(3, "x", "y")};"));
            return Add(shape, $"Map({name}, {x}, {y})");
        }

        return Add(shape, Chance(2) ? Apply(Pick(s_pairs), x.Name, y.Name) : Apply(Pick(s_pairs), y.Name, x.Name));
    }

    private static Extent[]? Broadcast(Extent[] a, Extent[] b)
    {
        int rank = Math.Max(a.Length, b.Length);
        var shape = new Extent[rank];
        for (int i = 1; i <= rank; i++)
        {
            Extent p = i <= a.Length ? a[^i] : 1;
            Extent q = i <= b.Length ? b[^i] : 1;
            if (!p.Equals(q) && !p.Equals(1) && !q.Equals(1))
            {
                return null;
            }

            shape[^i] = p.Equals(1) ? q : p;
        }

        return shape;
    }

    private bool Reduction(RandomValue x)
    {
        if (x.Rank == 0)
        {
            return false;
        }

        int axis = _random.Next(x.Rank);
        string written = Chance(3) ? $"{axis - x.Rank}" : $"{axis}";
        switch (_random.Next(10))
        {
            case 0:
                return Add(x.Shape, $"{Pick("Softmax", "LogSoftmax")}({x}, {written})");
            case 1:
                return Add(x.Shape, $"CumSum({x}, {written}, {Pick("false", "true")}, {Pick("false", "true")}) * 0.3f");
            case 2:
                return Add(x.Shape, $"L2Normalize({x}, {written}, 0.2f)");
            case 3:
                return Add(Without(x.Shape, [axis]), $"LogSumExp({x}, {written})");
            default:
                int[] axes = [.. Enumerable.Range(0, x.Rank).Where(_ => Chance(2))];
                axes = axes.Length == 0 || Chance(3) ? [axis] : axes;
                Extent[] shape = Without(x.Shape, axes);
                string all = string.Join(", ", axes);
                return Add(shape, Pick(
                    $"Mean({x}, {all})", $"Sum({x}, {all}) * 0.3f", $"Max({x}, {all})", $"Min({x}, {all})", $"Variance({x}, {all})",
                    $"Mean(Square({x}), {all}) * Sum(Tanh({x}), {all})", $"Sqrt(Sum(Square({x}), {all}) + 0.3f)"));
        }
    }

    private static Extent[] Without(Extent[] shape, int[] axes) => [.. shape.Where((_, i) => !axes.Contains(i))];

    private static Extent[] With(Extent[] shape, int axis, Extent extent) => [.. shape.Select((d, i) => i == axis ? extent : d)];

    /// <summary>What moves elements only.</summary>
    private bool Move(RandomValue x)
    {
        if (x.Rank == 0)
        {
            return false;
        }

        int axis = _random.Next(x.Rank);
        Extent extent = x.Shape[axis];
        switch (_random.Next(8))
        {
            case 0 or 1 when x.Rank > 1:
                int[] order = [.. Enumerable.Range(0, x.Rank)];
                _random.Shuffle(order);
                return Add([.. order.Select(i => x.Shape[i])], $"Transpose({x}, {string.Join(", ", order)})");
            case 2 when x.Rank > 1:
                return Add([.. x.Shape[..axis], x.Shape[axis..].Aggregate(new Extent(1), static (a, b) => a * b)], $"Flatten({x}, {axis})");
            case 3 or 4 when extent is { IsConstant: true, Number: > 1 }:
                int start = _random.Next(extent.Number);
                int length = _random.Next(1, extent.Number - start + 1);
                return Add(With(x.Shape, axis, length), $"Slice({x}, {axis}, {(Chance(3) ? start - extent.Number : start)}, {length})");
            case 3 or 4 when !extent.IsConstant:
                return Add(With(x.Shape, axis, 1), $"Slice({x}, {axis}, {Pick(0, -1)}, 1)");
            case 5 when extent is { IsConstant: true, Number: > 1 }:
                return Split(x, axis, extent.Number);
            default:
                var others = _values.Where(o => o.Rank == x.Rank && o.Shape[axis].Symbols == extent.Symbols
                    && With(o.Shape, axis, extent).SequenceEqual(x.Shape)).ToList();
                RandomValue[] parts = [x, .. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => Pick(others))];
                _random.Shuffle(parts);
                var sum = new Extent(parts.Sum(p => p.Shape[axis].Number), extent.Symbols);
                return Add(With(x.Shape, axis, sum), $"Concat({axis}, {string.Join<RandomValue>(", ", parts)})");
        }
    }

    private bool Split(RandomValue x, int axis, int extent)
    {
        int[] sizes = extent % 2 == 0 && Chance(2) ? [extent / 2, extent / 2]
            : extent % 3 == 0 && Chance(2) ? [extent / 3, extent / 3, extent / 3]
            : [_random.Next(1, extent)];
        bool isEqual = sizes.Length > 1;
        sizes = isEqual ? sizes : [sizes[0], extent - sizes[0]];
        string all = $"p{_count++}";
        string how = isEqual ? $"{sizes.Length}" : $"[{string.Join(", ", sizes)}]";
        RandomValue[] values = [.. sizes.Select(size => new RandomValue($"v{_count++}", With(x.Shape, axis, size)))];
        _steps.Add(new RandomStep(
            $"var {all} = Split({x}, {how}, {axis}); {string.Join(" ", values.Select((v, i) => $"var {v} = {all}[{i}];"))}", values));
        _values.AddRange(values);
        return true;
    }

    private bool Product(RandomValue x)
    {
        if (x.Rank < 2)
        {
            return false;
        }

        static string Turned(RandomValue y) =>
            $"Transpose({y}, {string.Join(", ", Enumerable.Range(0, y.Rank - 2).Append(y.Rank - 1).Append(y.Rank - 2))})";
        double width = Math.Sqrt(x.Shape[^1].In(_largest));
        string scale = string.Create(CultureInfo.InvariantCulture, $" * {Math.Round(1 / width, 3)}f");
        foreach (RandomValue y in _values.OrderBy(_ => _random.Next()).Where(static v => v.Rank >= 2).Take(4))
        {
            bool fits = y.Rank == 2 || y.Shape.SkipLast(2).SequenceEqual(x.Shape.SkipLast(2));
            if (fits && y.Shape[^1].Equals(x.Shape[^1]))
            {
                return Add([.. x.Shape[..^1], y.Shape[^2]], $"MatMul({x}, {Turned(y)}){scale}");
            }

            if (fits && y.Shape[^2].Equals(x.Shape[^1]))
            {
                return Add([.. x.Shape[..^1], y.Shape[^1]], $"MatMul({x}, {y}){scale}");
            }
        }

        return Chance(2)
            ? Add([.. x.Shape[..^1], x.Shape[^2]], $"MatMul({x}, {Turned(x)}){scale}")
            : Add([.. x.Shape[..^2], x.Shape[^1], x.Shape[^1]], $"MatMul({Turned(x)}, Tanh({x})) * 0.3f");
    }
}
