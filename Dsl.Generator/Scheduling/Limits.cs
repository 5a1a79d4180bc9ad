using System.Collections.Immutable;
using System.Globalization;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Scheduling;

/// <summary>What the runtime's kernel arguments have room for: a model beyond it is refused here, not by its session.</summary>
internal static class Limits
{
    /// <summary>Equal to the runtime's <c>Slots.MaxBuffers</c>.</summary>
    private const int Buffers = 14;

    /// <summary>Equal to the runtime's <c>Slots.MaxSizes</c>.</summary>
    private const int Symbols = 4;

    /// <summary>Equal to the runtime's <c>StridedCopy.MaxRank</c>.</summary>
    private const int Rank = 8;

    public static void Check(Schedule schedule, ImmutableArray<PlannedKernel> kernels)
    {
        if (schedule.Symbols.Count > Symbols)
        {
            throw new UnsupportedException(
                schedule.Name, $"it has {Text(schedule.Symbols.Count)} symbolic sizes, and at most {Text(Symbols)} are supported",
                "write some of them as numbers");
        }

        foreach (Node input in schedule.Graph.Inputs)
        {
            if (input.Rank > Rank)
            {
                throw new UnsupportedException(
                    schedule.BufferOf(input), $"it has {Text(input.Rank)} axes, and at most {Text(Rank)} are supported",
                    "merge some of them");
            }
        }

        foreach (PlannedKernel kernel in kernels)
        {
            if (kernel.Buffers.Length > Buffers)
            {
                throw new UnsupportedException(
                    kernel.Name,
                    $"its kernel needs {Text(kernel.Buffers.Length)} buffers, and at most {Text(Buffers)} are supported",
                    "split the expression into several steps with a layer between them");
            }
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
