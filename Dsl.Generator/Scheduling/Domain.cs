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
    public Size Stride(int axis)
    {
        Size sum = Size.Zero;
        for (int i = 0; i < Coordinates.Length; i++)
        {
            sum = Coordinates[i] == axis ? sum + Layout.Strides[i] : sum;
        }

        return sum;
    }

    /// <summary>The digits into which the buffer splits a domain axis; empty when elements lie evenly along
    /// it.</summary>
    public ImmutableArray<Digit> Digits(int axis)
    {
        for (int i = 0; i < Coordinates.Length && !Layout.IsEven; i++)
        {
            if (Coordinates[i] == axis && !Layout.Digits(i).IsEmpty)
            {
                return Layout.Digits(i);
            }
        }

        return ImmutableArray<Digit>.Empty;
    }
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

    /// <summary>Whether an access sees merged axes as one: every stride is that of the last axis times the extents in
    /// between. An axis of extent 1 may have any.</summary>
    public static bool Merges(ImmutableArray<Size> shape, IReadOnlyList<int> axes, Access access)
    {
        if (axes.Count > 1 && !access.Layout.IsEven && axes.Any(a => !access.Digits(a).IsEmpty))
        {
            return false;
        }

        Size step = axes.Count == 0 ? Size.Zero : access.Stride(axes[axes.Count - 1]);
        for (int i = axes.Count - 2; i >= 0; i--)
        {
            step *= shape[axes[i + 1]];
            if (!shape[axes[i]].Equals(Size.One) && !access.Stride(axes[i]).Equals(step))
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
