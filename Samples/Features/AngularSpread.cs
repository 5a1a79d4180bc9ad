using System;
using System.Linq;

namespace Samples.Features;

/// <summary>How narrow classes are, and how far from each other, as seen from the origin; all angles in degrees.</summary>
/// <param name="Within">The mean angle between a sample and the centre of its class: the direction of the sum of the
/// class's unit vectors.</param>
/// <param name="MedianWithin">The median of the same angles, which samples in another class's place do not move.</param>
/// <param name="Between">The angle between a class's centre and the nearest other one, the mean over classes.</param>
/// <param name="LeastBetween">The smallest angle between two centres.</param>
internal sealed record AngularSpread(double Within, double MedianWithin, double Between, double LeastBetween)
{
    /// <summary>The mean angle within classes by that between neighbours: the smaller, the more room is left.</summary>
    public double Ratio => Within / Between;

    /// <summary>The same of the median.</summary>
    public double MedianRatio => MedianWithin / Between;

    /// <summary>Of samples of two classes or more.</summary>
    /// <param name="embeddings">[samples, width], row by row.</param>
    /// <param name="labels">[samples], each below <paramref name="classes"/>; every class has samples.</param>
    /// <param name="classes">How many classes there are.</param>
    public static AngularSpread Of(ReadOnlySpan<float> embeddings, ReadOnlySpan<int> labels, int classes)
    {
        int width = embeddings.Length / labels.Length;
        var units = new double[labels.Length][];
        var centres = new double[classes][];
        for (int c = 0; c < classes; c++)
        {
            centres[c] = new double[width];
        }

        for (int i = 0; i < units.Length; i++)
        {
            units[i] = new double[width];
            for (int k = 0; k < width; k++)
            {
                units[i][k] = embeddings[(i * width) + k];
            }

            Normalize(units[i]);
            for (int k = 0; k < width; k++)
            {
                centres[labels[i]][k] += units[i][k];
            }
        }

        Array.ForEach(centres, Normalize);
        var within = new double[units.Length];
        for (int i = 0; i < within.Length; i++)
        {
            within[i] = Angle(units[i], centres[labels[i]]);
        }

        double mean = within.Average();
        Array.Sort(within);
        double[] nearest =
        [
            .. centres.Select((a, i) => centres.Where((_, j) => j != i).Min(b => Angle(a, b)))
        ];
        double median = (within[(within.Length - 1) / 2] + within[within.Length / 2]) / 2;
        return new AngularSpread(mean, median, nearest.Average(), nearest.Min());
    }

    private static void Normalize(double[] vector)
    {
        double length = Math.Max(Math.Sqrt(vector.Sum(static v => v * v)), 1e-12);
        for (int k = 0; k < vector.Length; k++)
        {
            vector[k] /= length;
        }
    }

    private static double Angle(double[] a, double[] b) =>
        double.RadiansToDegrees(Math.Acos(Math.Clamp(a.Zip(b, static (u, v) => u * v).Sum(), -1, 1)));
}
