using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Dsl.Generator.ReceptiveFields;

/// <summary>
/// A finite set of positions along one axis, as ascending runs that neither touch nor overlap. A dense field is one
/// run, so
/// sets stay small however large the field is; a dilated one has holes, which an interval would lose.
/// </summary>
internal sealed class PixelSet : IEquatable<PixelSet>
{
    private readonly ImmutableArray<(long First, long Last)> _runs;

    private PixelSet(ImmutableArray<(long First, long Last)> runs) => _runs = runs;

    public static PixelSet Empty { get; } = new(ImmutableArray<(long, long)>.Empty);

    public bool IsEmpty => _runs.Length == 0;

    /// <summary>The first position; there is none in an empty set.</summary>
    public long First => _runs[0].First;

    /// <summary>The last position.</summary>
    public long Last => _runs[_runs.Length - 1].Last;

    /// <summary>The extent of the hull, from the first to the last position; 0 for the empty set.</summary>
    public long Span => IsEmpty ? 0 : Last - First + 1;

    public IReadOnlyList<(long First, long Last)> Runs => _runs;

    /// <summary>The positions from <paramref name="first"/> to <paramref name="last"/>; none when these are in the
    /// wrong
    /// order.</summary>
    public static PixelSet Run(long first, long last) =>
        first > last ? Empty : new(ImmutableArray.Create((first, last)));

    /// <summary>The union of runs in any order.</summary>
    public static PixelSet Of(IEnumerable<(long First, long Last)> runs)
    {
        var merged = ImmutableArray.CreateBuilder<(long First, long Last)>();
        foreach (var run in runs.Where(static r => r.First <= r.Last).OrderBy(static r => r.First))
        {
            int top = merged.Count - 1;
            if (top >= 0 && run.First <= merged[top].Last + 1)
            {
                merged[top] = (merged[top].First, Math.Max(merged[top].Last, run.Last));
            }
            else
            {
                merged.Add(run);
            }
        }

        return merged.Count == 0 ? Empty : new(merged.ToImmutable());
    }

    public static PixelSet Union(IEnumerable<PixelSet> sets) => Of(sets.SelectMany(static s => s._runs));

    public PixelSet Shift(long by) =>
        by == 0 ? this : new(_runs.Select(r => (r.First + by, r.Last + by)).ToImmutableArray());

    /// <summary>Every position.</summary>
    public IEnumerable<long> Positions()
    {
        foreach (var (first, last) in _runs)
        {
            for (long at = first; at <= last; at++)
            {
                yield return at;
            }
        }
    }

    public bool Equals(PixelSet? other) => other is not null && _runs.SequenceEqual(other._runs);

    public override bool Equals(object? obj) => Equals(obj as PixelSet);

    public override int GetHashCode() =>
        _runs.Aggregate(17, static (hash, run) => unchecked((hash * 31) + run.GetHashCode()));

    /// <summary><c>-1..3, 5</c>.</summary>
    public override string ToString() => IsEmpty
        ? "nothing"
        : string.Join(", ", _runs.Select(static r => r.First == r.Last ? $"{r.First}" : $"{r.First}..{r.Last}"));
}
