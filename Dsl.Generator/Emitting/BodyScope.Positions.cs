using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <content>Values that are functions of an element's place.</content>
internal sealed partial class BodyScope
{
    private string Position(Node node, PositionOp op, ImmutableArray<int> at) => op switch
    {
        IotaOp iota => $"F.FromInts({Coordinate(node, iota, at, iota.Axis)})",
        AngleOp angle => Angle(angle, Coordinate(node, angle, at, 0), Coordinate(node, angle, at, 1)),
        BucketOp bucket => Bucket(bucket, Coordinate(node, bucket, at, 0)),
        _ => throw new InvalidOperationException($"{op.Name} has no text."),
    };

    /// <summary><c>I.Iota(column)</c> where the lanes lie along the axis, else <c>I.Splat(row)</c>.</summary>
    private string Coordinate(Node node, PositionOp op, ImmutableArray<int> at, int axis)
    {
        // As in a buffer that has one element for each index of the axis.
        ImmutableArray<Size> dims = op.Dims.ToImmutableArray();
        var access = new Access(
            Layout.Dense(dims).Strided(dims.Select((_, i) => i == axis ? Size.One : Size.Zero)), at);
        Accesses.Add(access);
        if (_domain is null)
        {
            return "";
        }

        (string offset, Size stride, _) = Walk(access, new List<string>(), node);
        return Spread(offset.Length == 0 ? "0" : offset, stride);
    }

    /// <summary>The ints that begin with one and have a stride from lane to lane.</summary>
    private string Spread(string first, Size stride) => stride.Equals(Size.One) ? $"I.Iota({first})"
        : stride.Equals(Size.Zero) ? $"I.Splat({first})"
        : $"I.Splat({first}) + I.Iota(0) * I.Splat({Text(stride)})";

    /// <summary>
    /// <c>I pair = I.Iota(column), turns = I.Splat(…), turnsLow = I.Splat(…);</c>, a line
    /// <c>Rotation.Slow&lt;F, I, M&gt;(ref turns, ref turnsLow, pair, 0, …, …);</c> for each binary digit of a pair's
    /// number, and <c>Rotation.Angle&lt;F, I, M&gt;(I.Splat(row), turns, turnsLow)</c>.
    /// </summary>
    private string Angle(AngleOp op, string position, string pair)
    {
        (string pairs, string high, string low) = (NewName("pair"), NewName("turns"), NewName("turnsLow"));
        (int first, int more) = AngleOp.FirstFrequency;
        _lines.Add($"I {pairs} = {pair}, {high} = {Splat(first)}, {low} = {Splat(more)};");
        for (int digit = 0; digit < op.Digits; digit++)
        {
            (int factor, int rest) = op.Factor(digit);
            _lines.Add(string.Format(
                CultureInfo.InvariantCulture, "Rotation.Slow<F, I, M>(ref {0}, ref {1}, {2}, {3}, {4}, {5});",
                high, low, pairs, digit, factor, rest));
        }

        string earlier = op.Earlier.Equals(Size.Zero) ? "" : $" + I.Splat({Text(op.Earlier)})";
        return $"Rotation.Angle<F, I, M>({position}{(op.From == 0 ? "" : $" + {Splat(op.From)}")}{earlier}, {high}, {low})";
    }

    /// <summary>
    /// <c>F offset = F.FromInts(I.Iota(column) - I.Splat(n - 1)); F distance = F.Abs(offset);</c> and
    /// <c>F.Min(distance, F.Splat(8f)) + F.Select(F.Less(distance, F.Splat(12f)), F.Splat(0f), F.Splat(1f)) + …</c>.
    /// </summary>
    private string Bucket(BucketOp op, string index)
    {
        (string offset, string distance) = (NewName("offset"), NewName("distance"));
        _lines.Add($"F {offset} = F.FromInts({index} - I.Splat({Text(op.Keys - 1)}));");
        _lines.Add($"F {distance} = {(op.Buckets.Causal ? $"F.Max(-{offset}, F.Splat(0f))" : $"F.Abs({offset})")};");
        IEnumerable<string> limits = Enumerable.Range(op.Buckets.Exact + 1, op.Buckets.OneWay - op.Buckets.Exact - 1)
            .Select(bucket => Float(op.Buckets.Least(bucket)))
            .Select(limit => $"F.Select(F.Less({distance}, {limit}), F.Splat(0f), F.Splat(1f))");
        string[] sides = op.Buckets.Causal
            ? Array.Empty<string>()
            : new[] { $"F.Select(F.Less(F.Splat(0f), {offset}), {Float(op.Buckets.OneWay)}, F.Splat(0f))" };
        return string.Join(
            " + ", new[] { $"F.Min({distance}, {Float(op.Buckets.Exact)})" }.Concat(limits).Concat(sides));
    }

    private static string Float(int value) => $"F.Splat({Literal(value)})";

    private static string Splat(int value) => $"I.Splat({value.ToString(CultureInfo.InvariantCulture)})";
}
