using System;
using System.Collections.Generic;
using System.Linq;

namespace Samples.Identify;

/// <summary>A kind and what its trainings came to.</summary>
/// <param name="Kind">What was trained.</param>
/// <param name="Networks">Networks whose embeddings are joined.</param>
/// <param name="Scores">One for each seed.</param>
/// <param name="Seconds">What one training took, on average, or as many as there are networks.</param>
internal sealed record IdentifyResult(IdentifyKind Kind, int Networks, IReadOnlyList<IdentifyScore> Scores, double Seconds)
{
    /// <summary>Kind, settings and, of several, the number of networks.</summary>
    public string Label => Networks > 1
        ? FormattableString.Invariant($"{Kind.Label}, {Networks} networks")
        : Kind.Label;

    /// <summary>Where false accepts and false rejects are equal.</summary>
    public Spread EqualErrorRate => Spread.Of(Scores.Select(static s => s.Curve.EqualErrorRate));

    /// <summary>Genuine pairs accepted at one false accept of a thousand.</summary>
    public Spread TrueAccepts => Spread.Of(Scores.Select(static s => s.TrueAccepts));

    /// <summary>One-shot accuracy.</summary>
    public Spread OneShot => Spread.Of(Scores.Select(static s => s.OneShot));
}

/// <summary>A mean, and how far single values lie from it.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">Of a sample: the squares are divided by one less than there are. 0 of a single value.</param>
internal readonly record struct Spread(double Mean, double Deviation)
{
    /// <summary>Of one value or more.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return new Spread(mean, Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / Math.Max(1, all.Length - 1)));
    }
}
