using System;
using System.Collections.Generic;
using System.Linq;

namespace Samples.Identify;

/// <summary>The order of an epoch whose batches are pairs: samples 2k and 2k + 1 are one.</summary>
internal static class PairOrder
{
    /// <summary>Every sample once, in a random order. Every other pair is of one class; the others are drawn from all
    /// classes, so few of them are, too.</summary>
    /// <param name="samples">All samples.</param>
    /// <param name="random">Of the order.</param>
    public static GlyphSample[] Draw(IReadOnlyList<GlyphSample> samples, Random random)
    {
        var equal = new List<(GlyphSample First, GlyphSample Second)>();
        var rest = new List<GlyphSample>();
        foreach (IGrouping<int, GlyphSample> one in samples.GroupBy(static s => s.Class))
        {
            GlyphSample[] own = [.. one];
            random.Shuffle(own);
            int paired = own.Length / 4 * 2;
            for (int i = 0; i < paired; i += 2)
            {
                equal.Add((own[i], own[i + 1]));
            }

            rest.AddRange(own[paired..]);
        }

        (GlyphSample First, GlyphSample Second)[] pairs = [.. equal];
        random.Shuffle(pairs);
        GlyphSample[] others = [.. rest];
        random.Shuffle(others);
        var order = new List<GlyphSample>(samples.Count);
        for (int i = 0; i < pairs.Length; i++)
        {
            order.Add(pairs[i].First);
            order.Add(pairs[i].Second);
            order.AddRange(others.AsSpan(2 * i, 2));
        }

        order.AddRange(others.AsSpan(2 * pairs.Length));
        return [.. order];
    }
}
