using System;
using System.Globalization;

namespace Models.Face.Detection;

/// <summary>One box for each object. A detector finds an object several times; of boxes that overlap the one with the
/// highest score is kept.</summary>
public static class NonMaximumSuppression
{
    /// <summary>
    /// Takes boxes greedily, highest score first, and drops those that overlap a kept one by more than
    /// <paramref name="threshold"/>. Of equal scores the first in the list comes first.
    /// </summary>
    /// <param name="boxes">What was found; in one unit.</param>
    /// <param name="scores">How sure the detector is of each.</param>
    /// <param name="threshold">The greatest overlap that two kept boxes may have, 0 … 1. RetinaFace has 0.4, the stages
    /// of MTCNN 0.5, 0.7 and 0.7 of the smaller box.</param>
    /// <param name="overlap">What overlap means.</param>
    /// <returns>Indices of what is kept, highest score first; none when there are no boxes.</returns>
    /// <exception cref="ArgumentException">The numbers of boxes and scores differ, a box is empty or not finite, or a
    /// score is not a number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not in 0 … 1.</exception>
    public static int[] Keep(
        ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores, double threshold, Overlap overlap = Overlap.Union)
    {
        Check(boxes, scores);
        if (threshold is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "An overlap is from 0 to 1.");
        }

        int[] order = Ordered(scores);
        int kept = 0;
        foreach (int candidate in order)
        {
            bool free = true;
            for (int i = 0; i < kept && free; i++)
            {
                free = boxes[candidate].Overlapping(boxes[order[i]], overlap) <= threshold;
            }

            if (free)
            {
                // No more are kept than were read: the front of the order is free for them.
                order[kept++] = candidate;
            }
        }

        return order[..kept];
    }

    private static int[] Ordered(ReadOnlySpan<float> scores)
    {
        var keys = new (float Score, int Index)[scores.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = (scores[i], i);
        }

        Array.Sort(keys, static (a, b) => a.Score == b.Score ? a.Index.CompareTo(b.Index) : b.Score.CompareTo(a.Score));
        return Array.ConvertAll(keys, static k => k.Index);
    }

    private static void Check(ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores)
    {
        if (boxes.Length != scores.Length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"{boxes.Length} boxes have {scores.Length} scores."), nameof(scores));
        }

        for (int i = 0; i < boxes.Length; i++)
        {
            if (boxes[i].IsEmpty)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"Box {i} is empty or not finite: {boxes[i]}."), nameof(boxes));
            }

            if (float.IsNaN(scores[i]))
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"Score {i} is not a number."), nameof(scores));
            }
        }
    }
}
