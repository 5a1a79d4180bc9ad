using System.Collections.Generic;
using Dsl.Host;
using Dsl.Kernels;

namespace Dsl;

/// <summary>Makes launches over arrays that are laid out like the parameters, with absolute offsets instead of an
/// arena's.</summary>
internal static class GroupLaunches
{
    private static readonly SizeValues s_noSizes = new([]);

    /// <summary>Fixes a launch's offsets and extents for good.</summary>
    public static Launch Fix(Kernel kernel, int rowLength, params long[] offsets)
    {
        Launch launch = kernel.Prepare();
        for (int i = 0; i < offsets.Length; i++)
        {
            launch.Slots.SetOffset(i, checked((int)offsets[i]));
        }

        launch.Slots.N0 = rowLength;
        launch.Resize(s_noSizes);
        return launch;
    }

    /// <summary>One launch over the whole length of some arrays, which it passes <paramref name="passes"/> times in
    /// all, reading or writing.</summary>
    public static Launch Whole<TBody>(string name, long length, int passes, params long[] offsets)
        where TBody : struct, IMapBody => Fix(
            new MapKernel<TBody>(name, new string[offsets.Length], 1, checked((int)length)) { Passes = passes },
            0,
            offsets);

    /// <summary>The same step for parameters that take it while their gradients are computed.</summary>
    public static RowUpdate InPlace<TBody>(ITrainingMemory memory, int states)
        where TBody : struct, IMapBody
    {
        var behind = new long[states];
        for (int i = 0; i < states; i++)
        {
            behind[i] = memory.StateBase(i) - memory.ParameterBase;
        }

        return new RowUpdate<TBody>(memory.HyperBase, memory.HyperBase + Hyper.Decay, memory.MemoryLength, behind);
    }

    /// <summary>A launch for each range of parameters with the same scalars: those that decay, those that do not, those that learn
    /// slowly, and the same of every group. 0 parameters, 1 gradients, 2 scalars, 3 the group's own scalars, then the optimiser's arrays.</summary>
    public static IEnumerable<Launch> Groups<TBody>(
        string name, Optimizer optimizer, ITrainingMemory memory, long gradients, int states)
        where TBody : struct, IMapBody
    {
        foreach ((long begin, long end, int scalars) in optimizer.Ranges(memory))
        {
            var offsets = new List<long>
            {
                memory.ParameterBase + begin, gradients + begin, memory.HyperBase, memory.HyperBase + scalars,
            };
            for (int i = 0; i < states; i++)
            {
                offsets.Add(memory.StateBase(i) + begin);
            }

            // Reads parameters, gradients and its arrays, and writes all but the gradients.
            yield return Whole<TBody>(name, end - begin, 3 + (2 * states), [.. offsets]);
        }
    }
}
