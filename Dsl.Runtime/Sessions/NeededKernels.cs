using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Kernels;
using Dsl.Plans;

namespace Dsl.Sessions;

/// <summary>
/// Which kernels of a training program are run when some parameters are frozen: not those from which only gradients of frozen
/// parameters come. A kernel's buffers do not say which of them it writes, so one that reads what a later one also uses is kept
/// although it may not be needed; backward passes end with the first layers, so of a frozen trunk hardly anything stays.
/// </summary>
internal static class NeededKernels
{
    /// <summary>For each kernel whether it is run.</summary>
    public static bool[] Of(Program train, ParameterSet parameters, Optimizer optimizer)
    {
        var bufferOf = train.Parts.ToDictionary(static p => p.Name, static p => p.Buffer, StringComparer.Ordinal);

        // No kernel writes parameters.
        var read = new HashSet<string>(parameters.Select(static p => p.Name), StringComparer.Ordinal);
        var wanted = new HashSet<string>(
            parameters.Where(p => !p.Learns || !optimizer.Freezes(p.Name))
                .Select(static p => p.Learns ? CompiledModel.GradientOf(p.Name) : CompiledModel.NextOf(p.Name))
                .Concat(train.Outputs.Select(o => Buffer(o.Buffer)))
                .Concat(train.Buffers.Where(static b => b.IsKept).Select(static b => b.Name)),
            StringComparer.Ordinal);
        var needed = new bool[train.Kernels.Count];
        for (int k = needed.Length - 1; k >= 0; k--)
        {
            // Ranks wait for each other: all of them exchange the same.
            Kernel kernel = train.Kernels[k];
            needed[k] = kernel is CollectiveKernel || kernel.Buffers.Any(b => wanted.Contains(Buffer(b)));
            if (needed[k])
            {
                wanted.UnionWith(kernel.Buffers.Where(b => !read.Contains(b)).Select(Buffer));
            }
        }

        return needed;

        string Buffer(string name) => bufferOf.TryGetValue(name, out string? buffer) ? buffer : name;
    }
}
