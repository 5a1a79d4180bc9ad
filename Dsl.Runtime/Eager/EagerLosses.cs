using System;

namespace Dsl.Eager;

/// <summary>Losses, executed as they stand. Sums in double.</summary>
internal static class EagerLosses
{
    public static Tensor CrossEntropy(Tensor logits, IntTensor labels)
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
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            int label = labels.Values[i];
            if ((uint)label >= (uint)classes)
            {
                throw new ArgumentOutOfRangeException(nameof(labels), label, $"Label {i} is not in 0 … {classes - 1}.");
            }

            int first = (i / inner * classes * inner) + (i % inner);
            sum += EagerReductions.LogSumExp(logits.Values, first, classes, inner)
                - logits.Values[first + (label * inner)];
        }

        return new Tensor([(float)(sum / labels.Length)]);
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

    public static Tensor MeanSquaredError(Tensor x, Tensor target)
    {
        if (!x.Extents.SequenceEqual(target.Extents) || x.Length == 0)
        {
            throw new ArgumentException(
                $"The target has shape {Shapes.Print(target.Extents)}; the same non-empty shape as x, "
                + $"{Shapes.Print(x.Extents)}, is expected.", nameof(target));
        }

        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double difference = (double)x.Values[i] - target.Values[i];
            sum += difference * difference;
        }

        return new Tensor([(float)(sum / x.Length)]);
    }
}
