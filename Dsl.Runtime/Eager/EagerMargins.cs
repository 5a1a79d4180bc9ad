using System;
using System.Collections.Generic;

namespace Dsl.Eager;

/// <summary>The loss of a sample over very many classes with a margin, as it stands: cosines, angles, exponentials, in double.</summary>
internal sealed class EagerMargins(
    MarginSoftmaxAttribute options, Tensor weight, Tensor? bias, double lambda, HashSet<int>? chosen)
{
    private readonly int _width = weight.Shape[^1];
    private readonly int _centers = weight.Rank == 3 ? weight.Shape[1] : 1;

    private int Classes => weight.Shape[0];

    private bool KeepsLength => options.Kind is Margin.Softmax or Margin.Modified or Margin.LSoftmax or Margin.ASoftmax;

    private bool KeepsRows => options.Kind is Margin.Softmax or Margin.LSoftmax;

    /// <summary>-ln p of the label.</summary>
    public double Loss(ReadOnlySpan<float> x, int label)
    {
        double[] logits = new double[Classes];
        double most = double.NegativeInfinity;
        for (int j = 0; j < Classes; j++)
        {
            logits[j] = chosen?.Contains(j) == false ? double.NegativeInfinity
                : Logit(x, j, j == label) + (bias?.Values[j] ?? 0);
            most = Math.Max(most, logits[j]);
        }

        double sum = 0;
        foreach (double z in logits)
        {
            sum += Math.Exp(z - most);
        }

        return most + Math.Log(sum) - logits[label];
    }

    private double Logit(ReadOnlySpan<float> x, int label, bool own)
    {
        double length = Math.Sqrt(Dot(x, x));
        double cosine = double.NegativeInfinity, rowLength = 0;
        for (int center = 0; center < _centers; center++)
        {
            ReadOnlySpan<float> row = weight.Values.Slice(((label * _centers) + center) * _width, _width);
            double norm = Math.Sqrt(Dot(row, row));
            double c = length < 1e-12 || norm < 1e-12 ? 0 : Dot(x, row) / (length * norm);
            (cosine, rowLength) = c > cosine ? (c, norm) : (cosine, rowLength);
        }

        return (KeepsLength ? length : options.Scale) * (KeepsRows ? rowLength : 1) * (own ? WithMargin(cosine) : cosine);
    }

    private double WithMargin(double c)
    {
        double angle = Math.Acos(Math.Clamp(c, -1, 1));
        switch (options.Kind)
        {
            case Margin.CosFace:
                return c - options.Cosine;
            case Margin.LSoftmax or Margin.ASoftmax:
                int m = options.Factor == 0 ? 4 : (int)options.Factor;
                int part = Math.Min((int)(m * angle / Math.PI), m - 1);
                return ((lambda * c) + ((part % 2 == 0 ? 1 : -1) * Math.Cos(m * angle)) - (2 * part)) / (1 + lambda);
            case Margin.ArcFace:
                return Bounded(c, angle);
            case Margin.Combined when options.Factor is 0 or 1:
                return Bounded(c, angle) - options.Cosine;
            case Margin.Combined:
                return Math.Cos((options.Factor * angle) + options.Angle) - options.Cosine;
            default:
                return c;
        }
    }

    private double Bounded(double c, double angle) => options.Boundary switch
    {
        MarginBoundary.Monotone when angle >= Math.PI - options.Angle => c - (options.Angle * Math.Sin(options.Angle)),
        MarginBoundary.Easy when c <= 0 => c,
        _ => Math.Cos(angle + options.Angle),
    };

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length; k++)
        {
            sum += (double)a[k] * b[k];
        }

        return sum;
    }
}
