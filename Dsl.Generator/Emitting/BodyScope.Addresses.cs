using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Emitting;

/// <content>Addresses: where an access is for a point of the domain, as C# over the skeleton's loop variables.</content>
internal sealed partial class BodyScope
{
    private static readonly string[] ImageAxes = { "image", "channel", "y", "x" };

    /// <summary>Where lane 0 is, and how far each lane is from the one before it; or else the offset of every lane.</summary>
    private (string Offset, Size LaneStride, string? Index) Address(Node node, ImmutableArray<int> at)
    {
        var access = new Access(_context.Layouts.Of(node), at);
        Accesses.Add(access);
        int slot = _context.Slot(node);
        Walked.Add((slot, access));
        if (_domain is null)
        {
            return ("", Size.One, null);
        }

        _slots.Add(slot);
        return Walk(access, new List<string> { _context.SlotName(slot) }, node);
    }

    /// <summary>Adds the terms of the loop variables to an offset; with the stride from lane to lane, or else the offset of
    /// every lane.</summary>
    private (string Offset, Size LaneStride, string? Index) Walk(Access access, List<string> offset, Node node)
    {
        string? index = null;
        foreach (DomainVariable variable in _domain!.Variables.Where(static v => v.Axes.Length > 0))
        {
            if (!access.Layout.IsEven && variable.Axes.Any(a => !access.Digits(a).IsEmpty))
            {
                foreach (int axis in variable.Axes)
                {
                    if (variable == _domain.Lanes && !access.Digits(axis).IsEmpty)
                    {
                        index = SplitLanes(access, axis);
                    }
                    else
                    {
                        SplitTerms(offset, access, axis);
                    }
                }

                continue;
            }

            if (Domain.Merges(_domain.Shape, variable.Axes, access))
            {
                Term(offset, access.Stride(variable.Axes.Last()), variable.Name);
                continue;
            }

            if (variable == _domain.Lanes)
            {
                throw new UnsupportedException(
                    _context.Kernel.Name,
                    $"its elements do not lie evenly in '{_context.ValueName(node)}'",
                    "reduce one axis at a time");
            }

            foreach (int axis in variable.Axes)
            {
                Size stride = access.Stride(axis);
                Term(offset, stride, stride.Equals(Size.Zero) ? "" : AxisText(axis));
            }
        }

        Size lanes = _domain.Lanes.Axes.Length == 0 ? Size.Zero : access.Stride(_domain.Lanes.Axes.Last());
        return (string.Join(" + ", offset), lanes, index);
    }

    /// <summary>With digits of extents e and f, strides t and u behind the stride s of the rest, index k lies at
    /// k·u + k/f·(t - f·u) + k/(e·f)·(s - e·t): each quotient with what the next digit adds to it.</summary>
    private static IEnumerable<(int Divisor, Size Factor)> Quotients(Access access, int axis)
    {
        ImmutableArray<Digit> digits = access.Digits(axis);
        int divisor = 1;
        for (int i = digits.Length - 1; i >= -1; i--)
        {
            Size own = i < 0 ? access.Stride(axis) : digits[i].Stride;
            yield return (divisor, i + 1 == digits.Length ? own : own - (digits[i + 1].Stride * digits[i + 1].Extent));
            divisor *= i < 0 ? 1 : digits[i].Extent;
        }
    }

    /// <summary><c>channel * 2 + channel / 3 * 40 + …</c></summary>
    private void SplitTerms(List<string> offset, Access access, int axis)
    {
        if (access.Digits(axis).IsEmpty)
        {
            Size stride = access.Stride(axis);
            Term(offset, stride, stride.Equals(Size.Zero) ? "" : AxisText(axis));
            return;
        }

        foreach ((int divisor, Size factor) in Quotients(access, axis))
        {
            Term(offset, factor, divisor == 1 ? AxisText(axis)
                : $"{AxisText(axis)} / {divisor.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    /// <summary>The same in each lane; a quotient is the high half of a product: exact while index · divisor is below
    /// 2³².</summary>
    private string SplitLanes(Access access, int axis)
    {
        string lanes = $"I.Iota({AxisText(axis)})";
        return string.Join(" + ", Quotients(access, axis).Where(static q => !q.Factor.Equals(Size.Zero)).Select(q =>
        {
            long reciprocal = ((1L << 32) + q.Divisor - 1) / q.Divisor;
            string quotient = q.Divisor == 1 ? lanes
                : $"I.MultiplyHigh({lanes}, I.Splat({unchecked((int)reciprocal).ToString(CultureInfo.InvariantCulture)}))";
            return $"{quotient} * I.Splat({Text(q.Factor)})";
        }));
    }

    private void Term(List<string> offset, Size stride, string variable)
    {
        if (!stride.Equals(Size.Zero))
        {
            offset.Add(stride.Equals(Size.One) ? variable : $"{variable} * {Text(stride)}");
        }
    }

    /// <summary>The coordinate along one axis: the variable itself, or a local taken out of a merged variable.</summary>
    private string AxisText(int axis)
    {
        DomainVariable? variable = _domain?.Variables.FirstOrDefault(v => v.Axes.Contains(axis));
        if (variable is null)
        {
            return "0";
        }

        if (variable.Axes.Length == 1)
        {
            return variable.Name;
        }

        _axes.Add(axis);
        return AxisName(axis);
    }

    private string AxisName(int axis) => _domain!.Shape.Length == 4 ? ImageAxes[axis] : $"i{axis}";

    /// <summary><c>int y = row / 28 % 28;</c> for each axis of a merged variable that an address needs by itself.</summary>
    private IEnumerable<string> Decompose(DomainVariable variable)
    {
        Size inner = Size.One;
        foreach (int axis in variable.Axes.Reverse())
        {
            if (variable.Axes.Length > 1 && _axes.Contains(axis))
            {
                string quotient = inner.Equals(Size.One) ? variable.Name : $"{variable.Name} / {Text(inner)}";
                string text = axis == variable.Axes[0] ? quotient : $"{quotient} % {Text(_domain!.Shape[axis])}";
                yield return $"int {AxisName(axis)} = {text};";
            }

            inner *= _domain!.Shape[axis];
        }
    }
}
