using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Kernels;
using Dsl.Plans;

namespace Dsl.Sessions;

/// <summary>
/// Which parameters can take the optimiser's step while their gradient is computed, tile by tile, so that no array of it exists: the
/// rows of very many classes. Nothing may read the rows afterwards, nothing else may need the gradient, and the loss has to be known
/// before, since a step whose loss is not finite changes nothing. Those in a <see cref="ParameterGroup"/> do not.
/// </summary>
internal static class InPlaceUpdates
{
    /// <summary>The parameters, and the kernel of each that takes its step.</summary>
    public static IReadOnlyList<(int Kernel, string Parameter)> Of(
        Program train, ParameterSet parameters, Optimizer optimizer)
    {
        var found = new List<(int, string)>();
        for (int k = 0; k < train.Kernels.Count; k++)
        {
            Launch launch = train.Kernels[k].Prepare();
            if (launch is ClassLogitsLaunch { Rows: { } rows, Gradient: { } gradient }
                && parameters.TryGet(rows, out Parameter? parameter)
                && parameter is { Learns: true, Decays: true, LearnsSlowly: false }
                && !optimizer.HasGroup(rows)
                && gradient == CompiledModel.GradientOf(rows)
                && !train.Kernels.Skip(k + 1).Any(other => other.Buffers.Contains(rows))
                && !train.Kernels.Where((_, i) => i != k).Any(other => other.Buffers.Contains(gradient))
                && IsKnownBefore(train, train.Outputs[0].Buffer, k))
            {
                found.Add((k, rows));
            }
        }

        return found;
    }

    /// <summary>Refuses classes that are sampled when those that were not would move with the others' steps.</summary>
    /// <exception cref="NotSupportedException">There are such classes.</exception>
    public static void RequireSampled(
        Program train, IReadOnlyList<(int Kernel, string Parameter)> inPlace, Optimizer optimizer)
    {
        foreach (Kernel kernel in train.Kernels)
        {
            if (kernel.Prepare() is ClassLogitsLaunch { Shape.Chosen: > 0, Gradient: not null, Rows: { } rows }
                && inPlace.All(p => p.Parameter != rows) && !optimizer.Freezes(rows))
            {
                throw new NotSupportedException(
                    $"Classes of '{rows}' are sampled (SampleRate), and those that a step does not choose must not move, which needs "
                    + "rows that take their steps in place: train on the host, without ClipNorm and Accumulates, with rows in no "
                    + "ParameterGroup and that nothing else uses. InPlaceUpdates = false trains all the same: then momentum and weight "
                    + "decay move every row.");
            }
        }
    }

    private static bool IsKnownBefore(Program program, string output, int kernel) =>
        program.Parts.All(part => part.Buffer != output && part.Name != output)
        && program.Kernels.Skip(kernel).All(other => !other.Buffers.Contains(output));
}
