using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Dsl.Generator.Scheduling;

/// <summary>A loop variable of a skeleton: one axis of the domain, or several merged into one (outermost first).</summary>
internal sealed record DomainVariable(string Name, ImmutableArray<int> Axes);

/// <summary>One access of a body: a buffer's layout, and for each of its axes the domain axis that indexes it.</summary>
internal sealed record Access(Layout Layout, ImmutableArray<int> Coordinates)
{
    /// <summary>Elements between neighbours along a domain axis; 0 when the access does not depend on it.</summary>
    public Size Stride(int axis) => Coordinates.Select((c, i) => c == axis ? Layout.Strides[i] : Size.Zero)
        .Aggregate(Size.Zero, static (sum, stride) => sum + stride);

    /// <summary>The digits into which the buffer splits a domain axis; empty when elements lie evenly along
    /// it.</summary>
    public ImmutableArray<Digit> Digits(int axis) => Coordinates.Select((c, i) => c == axis ? Layout.Digits(i)
        : ImmutableArray<Digit>.Empty)
        .FirstOrDefault(static d => !d.IsEmpty) is { IsDefault: false } digits ? digits : ImmutableArray<Digit>.Empty;
}

/// <summary>The iteration domain of a kernel: its extents by axis and the variables that walk them; the last one has the lanes.</summary>
internal sealed class Domain
{
    public Domain(ImmutableArray<Size> shape, IEnumerable<DomainVariable> variables)
    {
        Shape = shape;
        Variables = variables.ToImmutableArray();
    }

    public ImmutableArray<Size> Shape { get; }

    public ImmutableArray<DomainVariable> Variables { get; }

    public DomainVariable Lanes => Variables[Variables.Length - 1];

    public Size Extent(DomainVariable variable) => Extent(Shape, variable.Axes);

    public static Size Extent(ImmutableArray<Size> shape, IEnumerable<int> axes) =>
        axes.Aggregate(Size.One, (product, axis) => product * shape[axis]);

    /// <summary>Whether an access sees merged axes as one: every outer stride is the inner stride times the inner extent.
    /// An axis of one element has no say, wherever it is, except that the innermost one gives the run its stride.</summary>
    public static bool Merges(ImmutableArray<Size> shape, IReadOnlyList<int> axes, Access access)
    {
        if (axes.Count > 1 && axes.Any(a => !access.Digits(a).IsEmpty))
        {
            return false;
        }

        for (int i = 0; i + 1 < axes.Count; i++)
        {
            int next = i + 1;
            while (next + 1 < axes.Count && shape[axes[next]].Equals(Size.One))
            {
                next++;
            }

            if (!shape[axes[i]].Equals(Size.One)
                && !access.Stride(axes[i]).Equals(access.Stride(axes[next]) * shape[axes[next]]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The longest run of innermost axes of <paramref name="order"/> that every access sees as one.</summary>
    public static ImmutableArray<int> InnermostRun(
        ImmutableArray<Size> shape, IReadOnlyList<int> order, IReadOnlyCollection<Access> accesses)
    {
        int start = order.Count - 1;
        while (start > 0)
        {
            int[] longer = order.Skip(start - 1).ToArray();
            if (!accesses.All(a => Merges(shape, longer, a)))
            {
                break;
            }

            start--;
        }

        return order.Skip(System.Math.Max(0, start)).ToImmutableArray();
    }
}
