using System;
using System.Collections.Generic;

namespace Dsl.Memory;

/// <summary>
/// Places buffers with known lifetimes into one arena. One pure function, compiled into the generator (which states the
/// arena's size) and into the runtime (which allocates it), so both always agree.
/// </summary>
internal static class ArenaPlanner
{
    /// <summary>Offsets in elements, one for each request, and the arena's length.</summary>
    /// <param name="requests">Length in elements and the first and last kernel that touches the buffer, both included.</param>
    /// <param name="alignment">Every offset is a multiple of this many elements.</param>
    /// <remarks>Largest first, each at the lowest offset that is free over its whole lifetime (greedy by size).</remarks>
    public static (long[] Offsets, long Length) Plan(IReadOnlyList<(long Length, int First, int Last)> requests, int alignment)
    {
        var offsets = new long[requests.Count];
        var placed = new List<int>(requests.Count);
        long total = 0;
        foreach (int i in LargestFirst(requests))
        {
            long length = Align(requests[i].Length, alignment);
            long at = 0;
            foreach (int j in placed)
            {
                if (!Overlap(requests[i], requests[j]))
                {
                    continue;
                }

                if (offsets[j] - at >= length)
                {
                    break;
                }

                at = Math.Max(at, offsets[j] + Align(requests[j].Length, alignment));
            }

            offsets[i] = at;
            Place(placed, offsets, i);
            total = Math.Max(total, at + length);
        }

        return (offsets, total);
    }

    /// <summary>Of equal length: the one that is touched first.</summary>
    private static int[] LargestFirst(IReadOnlyList<(long Length, int First, int Last)> requests)
    {
        int[] order = new int[requests.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, Compare);
        return order;

        int Compare(int a, int b) =>
            requests[a].Length != requests[b].Length ? requests[b].Length.CompareTo(requests[a].Length)
            : requests[a].First != requests[b].First ? requests[a].First.CompareTo(requests[b].First)
            : a.CompareTo(b);
    }

    /// <summary>Keeps what is placed in the order of offsets.</summary>
    private static void Place(List<int> placed, long[] offsets, int request)
    {
        int low = 0;
        for (int high = placed.Count; low < high;)
        {
            int middle = (low + high) / 2;
            (low, high) = offsets[placed[middle]] <= offsets[request] ? (middle + 1, high) : (low, middle);
        }

        placed.Insert(low, request);
    }

    private static bool Overlap((long Length, int First, int Last) a, (long Length, int First, int Last) b) =>
        a.First <= b.Last && b.First <= a.Last;

    private static long Align(long value, int alignment) => (value + alignment - 1) / alignment * alignment;
}
