using System;
using System.Linq;
using Dsl.Kernels;
using Dsl.Plans;
using Dsl.Sharding;

namespace Dsl.Sessions;

/// <summary>What a session with sharded classes needs, and what its ranks do between a gradient and a step.</summary>
internal static class Shards
{
    /// <summary>The ranks of a session.</summary>
    /// <exception cref="ArgumentException">There are ranks, but the model is not sharded, or among others.</exception>
    /// <exception cref="InvalidOperationException">A sharded model is to train without ranks, or has the initial values of
    /// another rank.</exception>
    /// <exception cref="NotSupportedException">The optimiser needs all gradients at one place.</exception>
    public static ICollectives? Require(IModel model, SessionOptions options)
    {
        CompiledModel compiled = model.Compiled;
        int shards = compiled.Train is null ? 0 : Of(compiled.Train);
        if (options.Collectives is not { } ranks)
        {
            return options.Optimizer is null || shards == 0 ? null : throw Missing(compiled, shards);
        }

        if (ranks.Ranks != shards)
        {
            throw new ArgumentException(
                shards == 0 ? $"'{compiled.Name}' has no sharded classes (Shards): it takes no Collectives."
                    : $"The classes of '{compiled.Name}' are sharded among {shards} ranks; Collectives has {ranks.Ranks}.",
                nameof(options));
        }

        if (options.Optimizer is { ClipNorm: not null } or { Accumulates: true })
        {
            throw new NotSupportedException(
                $"'{compiled.Name}' is sharded: no rank has all gradients, which ClipNorm and Accumulates need. Leave them out.");
        }

        return model.Parameters.Rank == ranks.Rank ? ranks : throw new InvalidOperationException(
            $"The parameters of '{compiled.Name}' are those of rank {model.Parameters.Rank}, the session is of rank {ranks.Rank}: "
            + "call Parameters.Initialize(seed, collectives.Rank) before.");
    }

    /// <summary>Refuses to run what needs ranks without them.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public static void RequireRanks(CompiledModel compiled, LoadedProgram program, ICollectives? ranks)
    {
        if (ranks is null && program.Ranks > 0)
        {
            throw Missing(compiled, program.Ranks);
        }
    }

    /// <summary>Sums the gradients of what every rank has; the losses of all are means over the samples of all.</summary>
    public static unsafe void SumGradients(ModelSession session)
    {
        if (session.Collectives is not { } ranks)
        {
            return;
        }

        float[]? staging = null;
        foreach (ParameterSlot slot in session.ParameterSlots)
        {
            if (!slot.Learns || session.Model.Parameters[slot.Name].Shards > 1)
            {
                continue;
            }

            long at = session.GradientBase + slot.Offset;
            if (session.Engine.Pointer is var memory && memory != null)
            {
                ranks.AllReduce(new Span<float>(memory + at, slot.Length), Reduction.Sum);
                continue;
            }

            staging = staging?.Length >= slot.Length ? staging : new float[slot.Length];
            Span<float> gradient = staging.AsSpan(0, slot.Length);
            session.Engine.Read(at, gradient);
            ranks.AllReduce(gradient, Reduction.Sum);
            session.Engine.Write(at, gradient);
        }
    }

    /// <summary>Among how many ranks a program's classes are sharded; 0: it needs none.</summary>
    public static int Of(Program program) =>
        program.Kernels.OfType<CollectiveKernel>().Select(static k => k.Shape.Ranks).FirstOrDefault();

    private static InvalidOperationException Missing(CompiledModel compiled, int shards) => new(
        $"The classes of '{compiled.Name}' are sharded among {shards} ranks (Shards): give each rank a session with "
        + "SessionOptions.Collectives, for example inside LocalCollectives.Run.");
}
