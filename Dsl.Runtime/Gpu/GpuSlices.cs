using System;

namespace Dsl.Gpu;

/// <summary>
/// A sum in slices. A long sum that few groups compute leaves a device idle; then its terms are cut into slices, each
/// with groups of its own, whose partial sums go through working memory and are added in slice order. Where it is cut
/// depends on extents alone, so every device computes the same bits.
/// </summary>
/// <param name="Count">How many; 1 when the sum is not cut.</param>
/// <param name="Length">Terms of each but the last.</param>
internal readonly record struct GpuSlices(int Count, int Length)
{
    /// <summary>More partial sums take too long to add.</summary>
    private const int Most = 128;

    // Two groups for each of the multiprocessors of the largest devices.
    private const long Enough = 264;

    /// <summary>Cuts a sum.</summary>
    /// <param name="groups">Groups that compute it uncut.</param>
    /// <param name="terms">Its terms.</param>
    /// <param name="fewest">The fewest terms worth a group.</param>
    /// <param name="round">Terms that a group takes at a time: the length is a multiple of it.</param>
    internal static GpuSlices Of(long groups, int terms, int fewest, int round = 1)
    {
        long count = Math.Min(Math.Min(Enough / Math.Max(1, groups), terms / fewest), Most);
        if (count < 2)
        {
            return new(1, terms);
        }

        int length = (int)(((terms + count - 1) / count) + round - 1) / round * round;
        return new((terms + length - 1) / length, length);
    }
}
