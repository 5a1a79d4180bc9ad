using System;

namespace Dsl.Kernels;

/// <summary>
/// Which classes a step of a margin softmax looks at: those of its samples, and others at random up to a number (An et al. 2021,
/// "Partial FC", arXiv:2010.05222). The choice is a function of the step's key, the layer and the labels.
/// </summary>
internal static class ClassSample
{
    /// <summary>The most classes of which some are chosen: a bit for each in a worker's scratch.</summary>
    public const int MostClasses = 1 << 24;

    /// <summary>The most features: rows that are chosen are copied into a worker's scratch.</summary>
    public const int MostWidth = 1792;

    /// <summary>Elements of a choice: how many there are, then the classes in their order.</summary>
    public static Size Room(Size samples, int wanted) => samples + (wanted + 1);

    /// <summary>Chooses. Every set of negatives has the same probability: class after class is taken with that of those which are
    /// still wanted among those which are left (Knuth, volume 2, algorithm 3.4.2S).</summary>
    /// <param name="labels">The classes of samples; what is no class is left out.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="wanted">How many are chosen; more where samples have more.</param>
    /// <param name="key0">The step's key.</param>
    /// <param name="key1">Its second half.</param>
    /// <param name="site">Which draw of the step.</param>
    /// <param name="marks">Memory for a bit of each class.</param>
    /// <param name="chosen">How many, then the classes in their order.</param>
    public static void Choose(
        ReadOnlySpan<int> labels, int classes, int wanted, int key0, int key1, int site, Span<uint> marks, Span<int> chosen)
    {
        marks = marks.Slice(0, (classes + 31) / 32);
        marks.Clear();
        int positives = 0;
        foreach (int label in labels)
        {
            if ((uint)label < (uint)classes && (marks[label / 32] & (1u << (label % 32))) == 0)
            {
                marks[label / 32] |= 1u << (label % 32);
                positives++;
            }
        }

        uint needed = (uint)Math.Max(0, wanted - positives);
        uint left = (uint)(classes - positives);
        ulong state = unchecked((((ulong)(uint)key0 << 32) | (uint)key1) + ((ulong)(uint)site << 17));
        int count = 0;
        for (int j = 0; j < classes; j++)
        {
            if ((marks[j / 32] & (1u << (j % 32))) == 0)
            {
                bool isTaken = (uint)((((ulong)Next(ref state)) * left) >> 32) < needed;
                left--;
                if (!isTaken)
                {
                    continue;
                }

                needed--;
            }

            chosen[++count] = j;
        }

        chosen[0] = count;
    }

    /// <summary>SplitMix64, its upper half (Steele et al. 2014, "Fast splittable pseudorandom number generators").</summary>
    private static uint Next(ref ulong state)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            ulong z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (uint)((z ^ (z >> 31)) >> 32);
        }
    }
}
