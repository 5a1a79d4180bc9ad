using System;

namespace Dsl.Eager;

/// <summary>Losses, executed as they stand. Sums in double.</summary>
internal static class EagerLosses
{
    public static Tensor CrossEntropy(Tensor logits, IntTensor labels, int ignore, float smoothing, Tensor? weights)
    {
        double sum = 0;
        double mass = 0;
        Visit(logits, labels, ignore, (row, label) =>
        {
            double Weight(int c) => weights is null ? 1 : weights.Values[c];
            if (weights is not null && !weights.Extents.SequenceEqual([row.Count]))
            {
                throw new ArgumentException(
                    $"Weights {Shapes.Print(weights.Extents)} do not fit {row.Count} classes: expected [{row.Count}].",
                    nameof(weights));
            }

            double even = 0;
            for (int c = 0; c < row.Count; c++)
            {
                even -= Weight(c) * row.LogProbability(c);
            }

            sum += ((1 - (double)smoothing) * -Weight(label) * row.LogProbability(label)) + (smoothing / (double)row.Count * even);
            mass += Weight(label);
        });
        return Scalar(mass > 0 ? sum / mass : 0);
    }

    public static Tensor Focal(Tensor logits, IntTensor labels, float gamma, int ignore)
    {
        double sum = 0;
        int count = 0;
        Visit(logits, labels, ignore, (row, label) =>
        {
            double logarithm = row.LogProbability(label);
            sum -= Math.Pow(Math.Max(-SpecialFunctions.Expm1(logarithm), 0), gamma) * logarithm;
            count++;
        });
        return Scalar(count > 0 ? sum / count : 0);
    }

    public static Tensor Dice(Tensor logits, IntTensor labels, float epsilon, int ignore)
    {
        double common = 0;
        int count = 0;
        Visit(logits, labels, ignore, (row, label) =>
        {
            common += Math.Exp(row.LogProbability(label));
            count++;
        });
        return Scalar(1 - (((2 * common) + epsilon) / ((2.0 * count) + epsilon)));
    }

    public static Tensor Dice(Tensor logits, Tensor targets, float epsilon)
    {
        RequireSame(logits, targets);
        Tensor p = EagerReductions.Softmax(logits, 1, logarithm: false);
        double common = 0;
        double mass = 0;
        for (int i = 0; i < p.Length; i++)
        {
            common += (double)p.Values[i] * targets.Values[i];
            mass += (double)p.Values[i] + targets.Values[i];
        }

        return Scalar(1 - (((2 * common) + epsilon) / (mass + epsilon)));
    }

    public static Tensor BinaryCrossEntropy(Tensor logits, Tensor targets, Tensor? positive)
    {
        RequireSame(logits, targets);
        int[] shape = logits.Extents.ToArray();
        Tensor weights = positive is null ? logits : Tensor.Zip(positive, logits, static (w, _) => w);
        if (!weights.Extents.SequenceEqual(shape))
        {
            throw new ArgumentException(
                $"Weights {Shapes.Print(positive!.Extents)} do not broadcast to {Shapes.Print(shape)}.", nameof(positive));
        }

        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            (double z, double t) = (logits.Values[i], targets.Values[i]);
            double weight = positive is null ? 1 : weights.Values[i];
            sum += (weight * t * Softplus(-z)) + ((1 - t) * Softplus(z));
        }

        return Scalar(sum / logits.Length);
    }

    /// <summary>The mean of a function of all differences.</summary>
    public static Tensor Mean(Tensor x, Tensor target, Func<double, double> loss)
    {
        RequireSame(x, target);
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += loss((double)x.Values[i] - target.Values[i]);
        }

        return Scalar(sum / x.Length);
    }

    private static double Softplus(double x) => Math.Max(x, 0) + SpecialFunctions.Log1p(Math.Exp(-Math.Abs(x)));

    private static Tensor Scalar(double value) => new([(float)value]);

    private static void RequireSame(Tensor x, Tensor target)
    {
        if (!x.Extents.SequenceEqual(target.Extents) || x.Length == 0)
        {
            throw new ArgumentException(
                $"The target has shape {Shapes.Print(target.Extents)}; the same non-empty shape as x, "
                + $"{Shapes.Print(x.Extents)}, is expected.", nameof(target));
        }
    }

    /// <summary>Visits every label that counts with the logits of its position.</summary>
    private static void Visit(Tensor logits, IntTensor labels, int ignore, Action<Row, int> visit)
    {
        int axis = ClassAxis(logits, labels);
        if (axis < 0)
        {
            throw new ArgumentException(
                $"Logits {Shapes.Print(logits.Extents)} do not fit labels {Shapes.Print(labels.Extents)}: expected "
                + "[…, classes] and […], or [b, classes, …] and [b, …].", nameof(labels));
        }

        if (labels.Length == 0)
        {
            throw new ArgumentException("There are no labels to take a mean over.", nameof(labels));
        }

        int classes = logits.Shape[axis];
        int inner = Shapes.LengthOf(logits.Extents[(axis + 1)..]);
        for (int i = 0; i < labels.Length; i++)
        {
            int label = labels.Values[i];
            if (ignore != Functions.NoLabel && label == ignore)
            {
                continue;
            }

            if ((uint)label >= (uint)classes)
            {
                throw new ArgumentOutOfRangeException(nameof(labels), label, $"Label {i} is not in 0 … {classes - 1}.");
            }

            visit(new Row(logits, (i / inner * classes * inner) + (i % inner), classes, inner), label);
        }
    }

    /// <summary>The last axis; axis 1 where only that fits the labels; -1 where none does.</summary>
    private static int ClassAxis(Tensor logits, IntTensor labels)
    {
        ReadOnlySpan<int> axes = [logits.Rank - 1, 1];
        foreach (int axis in axes)
        {
            if (axis >= 0 && axis < logits.Rank
                && labels.Extents.SequenceEqual([.. logits.Extents[..axis], .. logits.Extents[(axis + 1)..]]))
            {
                return axis;
            }
        }

        return -1;
    }

    /// <summary>The logits of one position.</summary>
    private readonly struct Row(Tensor logits, int first, int count, int stride)
    {
        private readonly double _total = EagerReductions.LogSumExp(logits.Values, first, count, stride);

        public int Count => count;

        public double LogProbability(int c) => logits.Values[first + (c * stride)] - _total;
    }
}
