using System;
using System.Collections.Generic;
using System.Globalization;

namespace Models.Face.Evaluation;

/// <summary>A threshold and what it does: a pair is accepted when its score is not below it.</summary>
/// <param name="Threshold">The least score that is accepted; infinity accepts none.</param>
/// <param name="FalseAccepts">FAR, the share of impostor pairs that are accepted.</param>
/// <param name="FalseRejects">FRR, the share of genuine pairs that are not: 1 - TAR.</param>
public readonly record struct OperatingPoint(double Threshold, double FalseAccepts, double FalseRejects)
{
    /// <summary>TAR, the share of genuine pairs that are accepted.</summary>
    public double TrueAccepts => 1 - FalseRejects;
}

/// <summary>
/// How well scores tell genuine pairs from impostors, over all thresholds: the curve of false accepts and false rejects
/// (DET, Martin et al. 1997, "The DET Curve in Assessment of Detection Task Performance"), exact. There is one operating
/// point for each score that occurs, so equal scores are accepted or refused together, whichever kind of pair they are of.
/// </summary>
public sealed class VerificationCurve
{
    private readonly OperatingPoint[] _points;

    private VerificationCurve(OperatingPoint[] points, int genuine, int impostors) =>
        (_points, Genuine, Impostors) = (points, genuine, impostors);

    /// <summary>How many genuine pairs there are.</summary>
    public int Genuine { get; }

    /// <summary>How many impostor pairs there are.</summary>
    public int Impostors { get; }

    /// <summary>The corners of the curve, from the threshold that accepts nothing down to one that accepts all. A point
    /// between two that differ from it in one rate alone is left out: it lies on the line between them.</summary>
    public IReadOnlyList<OperatingPoint> Points => _points;

    /// <summary>
    /// The rate at which false accepts and false rejects are equal. Where no threshold makes them so it is taken on the
    /// line between the two operating points around, which is what one reaches that chooses between their thresholds by
    /// chance.
    /// </summary>
    public double EqualErrorRate
    {
        get
        {
            // The first point accepts nothing (0, 1), the last everything (1, 0): there is a crossing.
            int at = Array.FindIndex(_points, static p => p.FalseAccepts >= p.FalseRejects);
            (OperatingPoint before, OperatingPoint after) = (_points[at - 1], _points[at]);
            double gap = before.FalseRejects - before.FalseAccepts;
            double other = after.FalseAccepts - after.FalseRejects;
            return before.FalseAccepts + (gap / (gap + other) * (after.FalseAccepts - before.FalseAccepts));
        }
    }

    /// <summary>Orders scores.</summary>
    /// <param name="genuine">Scores of pairs that belong together; the higher the more alike.</param>
    /// <param name="impostors">Scores of pairs that do not.</param>
    /// <exception cref="ArgumentException">There are none of a kind, or one is not finite.</exception>
    public static VerificationCurve Of(ReadOnlySpan<float> genuine, ReadOnlySpan<float> impostors)
    {
        float[] yes = Sorted(genuine, nameof(genuine));
        float[] no = Sorted(impostors, nameof(impostors));
        var points = new List<OperatingPoint> { new(double.PositiveInfinity, 0, 1) };
        (int accepted, int wrong) = (0, 0);
        while (accepted < yes.Length || wrong < no.Length)
        {
            float next = Math.Max(
                accepted < yes.Length ? yes[accepted] : float.NegativeInfinity,
                wrong < no.Length ? no[wrong] : float.NegativeInfinity);
            while (accepted < yes.Length && yes[accepted] == next)
            {
                accepted++;
            }

            while (wrong < no.Length && no[wrong] == next)
            {
                wrong++;
            }

            Add(points, new OperatingPoint(
                next, (double)wrong / no.Length, (double)(yes.Length - accepted) / yes.Length));
        }

        return new VerificationCurve([.. points], yes.Length, no.Length);
    }

    /// <summary>
    /// TAR@FAR: the most genuine pairs that a threshold accepts which accepts no more than
    /// <paramref name="falseAccepts"/> of the impostors. Not interpolated: it is the rate of a threshold that exists. With
    /// fewer than 1/<paramref name="falseAccepts"/> impostors that is one which accepts none of them.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in 0 … 1.</exception>
    public double TrueAcceptsAt(double falseAccepts) => Array.FindLast(_points, Within(falseAccepts)).TrueAccepts;

    /// <summary>The threshold of <see cref="TrueAcceptsAt"/>; of several the highest.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in 0 … 1.</exception>
    public double ThresholdAt(double falseAccepts)
    {
        double rejects = Array.FindLast(_points, Within(falseAccepts)).FalseRejects;
        return Array.Find(_points, p => p.FalseRejects == rejects).Threshold;
    }

    private static Predicate<OperatingPoint> Within(double falseAccepts) => falseAccepts is >= 0 and <= 1
        ? p => p.FalseAccepts <= falseAccepts
        : throw new ArgumentOutOfRangeException(nameof(falseAccepts), falseAccepts, "A rate is from 0 to 1.");

    /// <summary>Puts a point in place of the last one when that lies between its neighbours.</summary>
    private static void Add(List<OperatingPoint> points, OperatingPoint point)
    {
        bool between = points.Count > 1
            && ((points[^2].FalseAccepts == points[^1].FalseAccepts && points[^1].FalseAccepts == point.FalseAccepts)
                || (points[^2].FalseRejects == points[^1].FalseRejects && points[^1].FalseRejects == point.FalseRejects));
        if (between)
        {
            points[^1] = point;
        }
        else
        {
            points.Add(point);
        }
    }

    private static float[] Sorted(ReadOnlySpan<float> scores, string name)
    {
        float[] sorted = scores.ToArray();
        if (sorted.Length == 0)
        {
            throw new ArgumentException("There are no scores.", name);
        }

        if (Array.FindIndex(sorted, static s => !float.IsFinite(s)) is >= 0 and var bad)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Score {bad} is {sorted[bad]}: scores are finite."), name);
        }

        Array.Sort(sorted);
        Array.Reverse(sorted);
        return sorted;
    }
}
