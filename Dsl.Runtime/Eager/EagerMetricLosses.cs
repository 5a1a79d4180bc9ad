using System;
using System.Runtime.CompilerServices;

namespace Dsl.Eager;

/// <summary>Losses of distances between embeddings, executed as they stand. Sums in double.</summary>
internal static class EagerMetricLosses
{
    /// <summary>Below this length there is no direction.</summary>
    private const double SmallestLength = 1e-12;

    public static Tensor Contrastive(Tensor a, Tensor b, Tensor same, float margin)
    {
        int width = WidthOf(a, margin);
        RequireShape(b, a.Extents);
        RequireShape(same, a.Extents[..^1]);
        double sum = 0;
        for (int i = 0; i < same.Length; i++)
        {
            double squares = 0;
            for (int k = i * width; k < (i + 1) * width; k++)
            {
                double difference = (double)a.Values[k] - b.Values[k];
                squares += difference * difference;
            }

            double y = same.Values[i];
            double missing = Math.Max(0, margin - Math.Sqrt(Math.Max(squares, SmallestLength * SmallestLength)));
            sum += (y * squares) + ((1 - y) * missing * missing);
        }

        return new Tensor([(float)(0.5 * sum / same.Length)]);
    }

    public static Tensor Triplet(Tensor anchor, Tensor positive, Tensor negative, float margin)
    {
        int width = WidthOf(anchor, margin);
        RequireShape(positive, anchor.Extents);
        RequireShape(negative, anchor.Extents);
        int count = anchor.Length / width;
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            double a = Rate(anchor, i, width);
            double p = Rate(positive, i, width);
            double n = Rate(negative, i, width);
            double loss = margin;
            for (int k = i * width; k < (i + 1) * width; k++)
            {
                double unit = anchor.Values[k] * a;
                double near = unit - (positive.Values[k] * p);
                double far = unit - (negative.Values[k] * n);
                loss += (near * near) - (far * far);
            }

            sum += Math.Max(0, loss);
        }

        return new Tensor([(float)(sum / count)]);
    }

    /// <summary>What a row is multiplied by to have the length 1; 0 where it has no direction.</summary>
    private static double Rate(Tensor x, int row, int width)
    {
        double squares = 0;
        for (int k = row * width; k < (row + 1) * width; k++)
        {
            squares += (double)x.Values[k] * x.Values[k];
        }

        return squares < SmallestLength * SmallestLength ? 0 : 1 / Math.Sqrt(squares);
    }

    private static int WidthOf(
        Tensor x, float margin, [CallerArgumentExpression(nameof(x))] string name = "")
    {
        if (x.Rank < 2 || x.Length == 0)
        {
            throw new ArgumentException(
                $"Embeddings […, d] are expected, at least one, not {Shapes.Print(x.Extents)}.", name);
        }

        return margin is >= 0 and <= float.MaxValue ? x.Shape[^1]
            : throw new ArgumentOutOfRangeException(nameof(margin), margin, "A margin is at least 0.");
    }

    private static void RequireShape(
        Tensor x, ReadOnlySpan<int> expected, [CallerArgumentExpression(nameof(x))] string name = "")
    {
        if (!x.Extents.SequenceEqual(expected))
        {
            throw new ArgumentException(
                $"'{name}' has the shape {Shapes.Print(x.Extents)}; {Shapes.Print(expected)} is expected.", name);
        }
    }
}
