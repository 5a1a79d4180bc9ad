using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Dsl.Generator.ReceptiveFields;

/// <summary>
/// Which positions of one axis each position of another sees, away from borders: a periodic relation. Position
/// n·Period + phase sees the set of the phase shifted by n·Step. A convolution has one phase and steps by its stride;
/// what
/// enlarges an image has a phase for each new position.
/// </summary>
/// <remarks>
/// Where the truth depends on the extents (corners that are aligned) it is enclosed: a phase may see its set, and sees
/// at
/// least from the first of its edges to the second. Everywhere else these are the ends of the set.
/// </remarks>
internal sealed class Reach
{
    /// <summary>Longer periods come from resizing to unrelated extents only, and are not worth following.</summary>
    public const int LongestPeriod = 4096;

    private readonly ImmutableArray<PixelSet> _phases;
    private readonly ImmutableArray<(long LatestFirst, long EarliestLast)> _edges;

    /// <summary>States a relation.</summary>
    /// <param name="step">What a whole period moves by.</param>
    /// <param name="phases">What each phase may see.</param>
    /// <param name="edges">The latest first and the earliest last position of each phase; null when the relation is
    /// exact.</param>
    public Reach(
        long step, IEnumerable<PixelSet> phases, IEnumerable<(long LatestFirst, long EarliestLast)>? edges = null)
    {
        Step = step;
        IsExact = edges is null;
        _phases = phases.ToImmutableArray();
        _edges = (edges ?? _phases.Select(static p => p.IsEmpty ? (0, 0) : (p.First, p.Last))).ToImmutableArray();
        if (step <= 0 || _phases.Length == 0 || _edges.Length != _phases.Length)
        {
            throw new ArgumentException(
                $"A reach needs a positive step ({step}) and phases ({_phases.Length}, {_edges.Length}).");
        }
    }

    /// <summary>Every position sees itself.</summary>
    public static Reach Same { get; } = Window(1, 1, 0, 1);

    public int Period => _phases.Length;

    public long Step { get; }

    /// <summary>What one step of the position moves by, on average.</summary>
    public Fraction Stride => new(Step, Period);

    /// <summary>Whether the relation is known position by position.</summary>
    public bool IsExact { get; }

    private bool HasGaps => _phases.Any(static p => p.IsEmpty);

    /// <summary>A window: position o sees o·stride - padding + u·dilation for every tap u.</summary>
    public static Reach Window(int kernel, int stride, int padding, int dilation) => new(stride, new[]
    {
        PixelSet.Of(Enumerable.Range(0, kernel)
            .Select(u => (((long)u * dilation) - padding, ((long)u * dilation) - padding))),
    });

    /// <summary>The other direction: position o sees every window of which it is a tap. It enlarges by the stride;
    /// with more
    /// stride than kernel some positions see nothing. Null for a stride beyond <see cref="LongestPeriod"/>.</summary>
    public static Reach? Transposed(int kernel, int stride, int padding, int dilation) => stride > LongestPeriod
        ? null
        : new Reach(1, Enumerable.Range(0, stride).Select(o => PixelSet.Of(
            from u in Enumerable.Range(0, kernel)
            let at = (long)o + padding - ((long)u * dilation)
            where at % stride == 0
            select (at / stride, at / stride))));

    /// <summary>
    /// Resizing: position o has the source o·scale + shift and sees <paramref name="before"/> positions up to its
    /// floor and
    /// <paramref name="after"/> behind it. Nearest: 1 and 0, linear: 1 and 1, cubic: 2 and 2. Null for a period beyond
    /// <see cref="LongestPeriod"/>.
    /// </summary>
    /// <param name="scale">Extent of the source over extent of the result.</param>
    /// <param name="shift">(scale - 1)/2 when pixels are squares, whose middles are aligned; 0 for the old
    /// nearest.</param>
    /// <param name="before">Positions up to the floor of the source, itself included.</param>
    /// <param name="after">Positions behind it: none that has weight when the source is a position.</param>
    public static Reach? Resize(Fraction scale, Fraction shift, int before, int after) =>
        scale.Denominator > LongestPeriod
            ? null
            : new Reach(scale.Numerator, Enumerable.Range(0, (int)scale.Denominator).Select(o =>
            {
                Fraction source = (o * scale) + shift;
                long floor = source.Floor();
                return source.IsInteger && after > 0
                    ? PixelSet.Run(floor, floor)
                    : PixelSet.Run(floor - before + 1, floor + after);
            }));

    /// <summary>
    /// Resizing with aligned corners. Its scale (in - 1)/(out - 1) depends on the extents: with scale = in/out the
    /// source of
    /// position o lies between o·scale and o·scale + scale - 1, since o is below out. So what is seen is enclosed.
    /// Null for a
    /// period beyond <see cref="LongestPeriod"/>.
    /// </summary>
    /// <param name="scale">Extent of the source over extent of the result.</param>
    /// <param name="before">As in <see cref="Resize"/>.</param>
    /// <param name="after">As in <see cref="Resize"/>; none of these is sure to have weight.</param>
    public static Reach? ResizeCorners(Fraction scale, int before, int after)
    {
        if (scale.Denominator > LongestPeriod)
        {
            return null;
        }

        Fraction spread = scale - 1;
        var phases = new List<PixelSet>();
        var edges = new List<(long, long)>();
        for (int o = 0; o < scale.Denominator; o++)
        {
            Fraction low = (o * scale) + (spread < Fraction.Zero ? spread : Fraction.Zero);
            Fraction high = (o * scale) + (spread < Fraction.Zero ? Fraction.Zero : spread);
            long first = low.Floor();
            long last = high.Floor();

            // At a position there is no neighbour with weight: just below the last one is the farthest.
            long farthest = high.IsInteger && after > 0 ? Math.Max(last, last - 1 + after) : last + after;
            long above = low.IsInteger ? first : first + 1;
            phases.Add(PixelSet.Run(first - before + 1, farthest));
            edges.Add(above <= last
                ? (last, Math.Min(above, first + after))
                : (last - before + 1, first + after));
        }

        return new Reach(scale.Numerator, phases, edges);
    }

    /// <summary>The mean over all phases of where the middle of what is seen lies, in pixels from where the stride
    /// puts the
    /// position; 0.5 for a position that sees itself, because the middle of pixel i is i + ½.</summary>
    public Fraction Centre
    {
        get
        {
            Fraction sum = Fraction.Zero;
            int count = 0;
            for (int o = 0; o < Period; o++)
            {
                if (!_phases[o].IsEmpty)
                {
                    sum += (new Fraction(_phases[o].First + _phases[o].Last + 1) * Fraction.Half) - (o * Stride);
                    count++;
                }
            }

            return count == 0 ? Fraction.Half : sum * new Fraction(1, count);
        }
    }

    /// <summary>What a position may see.</summary>
    public PixelSet At(long position)
    {
        var (phase, shift) = Split(position);
        return _phases[phase].Shift(shift);
    }

    /// <summary>The latest first and the earliest last position that is seen: the ends of <see cref="At"/> where the
    /// relation
    /// is exact. Without meaning where nothing is seen.</summary>
    public (long LatestFirst, long EarliestLast) Edges(long position)
    {
        var (phase, shift) = Split(position);
        return (_edges[phase].LatestFirst + shift, _edges[phase].EarliestLast + shift);
    }

    /// <summary>What the positions of a set may see together.</summary>
    public PixelSet Image(PixelSet positions) =>
        PixelSet.Union(positions.Runs.Select(run => Image(run.First, run.Last)));

    /// <summary>
    /// This after another: position o sees what the positions that <paramref name="near"/> shows it see. Null when the
    /// period grows beyond <see cref="LongestPeriod"/>, and where gaps meet what is only enclosed.
    /// </summary>
    public Reach? Through(Reach near)
    {
        // After this many periods of the nearer relation the farther one is at its first phase again.
        long rounds = Period / Fraction.Gcd(near.Step, Period);
        long period = near.Period * rounds;
        bool isExact = IsExact && near.IsExact;
        if (period > LongestPeriod || (!isExact && (HasGaps || near.HasGaps)))
        {
            return null;
        }

        var positions = Enumerable.Range(0, (int)period);
        return new Reach(
            checked(near.Step * rounds / Period * Step),
            positions.Select(o => Image(near.At(o))),
            isExact ? null : positions.Select(o => Through(near.At(o), near.Edges(o))));
    }

    /// <summary>What is seen along either of two paths. They must have one stride.</summary>
    public Reach? Join(Reach other)
    {
        if (Stride != other.Stride)
        {
            throw new ArgumentException(
                $"Paths of strides {Stride} and {other.Stride} have no common reach.", nameof(other));
        }

        long period = Period / Fraction.Gcd(Period, other.Period) * other.Period;
        bool isExact = IsExact && other.IsExact;
        if (period > LongestPeriod || (!isExact && (HasGaps || other.HasGaps)))
        {
            return null;
        }

        var positions = Enumerable.Range(0, (int)period);
        return new Reach(
            checked(Step * (period / Period)),
            positions.Select(o => PixelSet.Union(new[] { At(o), other.At(o) })),
            isExact ? null : positions.Select(o => (
                Math.Min(Edges(o).LatestFirst, other.Edges(o).LatestFirst),
                Math.Max(Edges(o).EarliestLast, other.Edges(o).EarliestLast))));
    }

    public override string ToString() => $"{string.Join(" | ", _phases)} step {Step}";

    /// <summary>The first position of a nearer relation lies between the beginning of its set and the edge, so what is
    /// seen
    /// from it begins no later than from any of these.</summary>
    private (long LatestFirst, long EarliestLast) Through(
        PixelSet near, (long LatestFirst, long EarliestLast) edges) => (
        PixelSet.Run(near.First, edges.LatestFirst).Positions().Max(p => Edges(p).LatestFirst),
        PixelSet.Run(edges.EarliestLast, near.Last).Positions().Min(p => Edges(p).EarliestLast));

    private (int Phase, long Shift) Split(long position)
    {
        long round = Fraction.Floor(position, Period);
        return ((int)(position - (round * Period)), checked(round * Step));
    }

    private PixelSet Image(long first, long last)
    {
        // The everyday case: windows that overlap or touch. (N - 1)·stride + kernel, the formula of the field.
        if (Period == 1 && _phases[0].Runs.Count == 1 && _phases[0].Span >= Step)
        {
            return PixelSet.Run((first * Step) + _phases[0].First, (last * Step) + _phases[0].Last);
        }

        return PixelSet.Union(PixelSet.Run(first, last).Positions().Select(At));
    }
}
