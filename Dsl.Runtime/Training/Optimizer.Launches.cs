using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Host;
using Dsl.Kernels;
using Dsl.Sessions;

namespace Dsl;

/// <content>The launches of a step, and the scalars that they read.</content>
public abstract partial class Optimizer
{
    /// <summary>Prepares the launches. Later steps allocate nothing.</summary>
    internal void Bind(ITrainingMemory memory)
    {
        if (_memory is not null)
        {
            RequireSame(
                ReferenceEquals(_memory, memory) || (memory is SessionMemory other && IsBoundTo(other.Session)));
            return;
        }

        if (SkipNonFinite && ClipNorm is null)
        {
            throw new InvalidOperationException(
                "SkipNonFinite looks at the norm of the gradients: set ClipNorm as well; float.MaxValue clips nothing.");
        }

        Plan plan = PlanStep(memory);
        if (Index(AverageState) is >= 0 and var average)
        {
            _swap = memory.Engine.Load([GroupLaunches.Whole<SwapBody>(
                "SwapAverage", memory.ParameterLength, 4, memory.ParameterBase, memory.StateBase(average))]);
        }

        if (Accumulates && memory.RunningLength > 0)
        {
            (long running, long saved) = (memory.ParameterBase + memory.ParameterLength, memory.SavedRunningBase);
            _saveRunning = memory.Engine.Load(
                [GroupLaunches.Whole<CopyBody>("SaveRunning", memory.RunningLength, 2, saved, running)]);
            _restoreRunning = memory.Engine.Load(
                [GroupLaunches.Whole<CopyBody>("RestoreRunning", memory.RunningLength, 2, running, saved)]);
        }

        _accumulate = Accumulates ? memory.Engine.Load([.. plan.Accumulate]) : null;
        _squares = ClipNorm is not null ? memory.Engine.Load([.. plan.Norm]) : null;
        _update = memory.Engine.Load([.. plan.Update]);
        _memory = memory;
    }

    /// <summary>What a step of one micro-batch launches on a session's memory, in order. The launches are new ones, not
    /// those of <see cref="Bind(ITrainingMemory)"/>; the scalars they read are those of
    /// <see cref="WriteScalars"/>.</summary>
    internal IReadOnlyList<Launch> StepLaunches(ITrainingMemory memory)
    {
        Plan plan = PlanStep(memory);
        return [.. plan.Accumulate, .. plan.Norm, .. plan.Update];
    }

    /// <summary>Writes the scalars that the next step's update reads, all but the factor that clips.</summary>
    internal void WriteScalars(Span<float> hyper)
    {
        float rate = LearningRate.At(Step);
        WriteGroups(hyper, rate);
        hyper[Hyper.Average] = Step == 0 ? 1f : (float)(1 - Wide(AverageDecay ?? 0f));
        WriteHyper(hyper, rate, Step + 1);
    }

    /// <summary>The step of parameters that take it while their gradients are computed; see
    /// <see cref="SessionOptions.InPlaceUpdates"/>.</summary>
    internal abstract RowUpdate InPlace(ITrainingMemory memory);

    /// <summary>The launches of a step, over <paramref name="gradients"/>.</summary>
    private protected abstract IEnumerable<Launch> Launches(ITrainingMemory memory, long gradients);

    /// <summary>Writes the scalars of a step; <paramref name="step"/> counts from 1. Those of groups are written
    /// already.</summary>
    private protected abstract void WriteHyper(Span<float> hyper, float rate, long step);

    private Plan PlanStep(ITrainingMemory memory)
    {
        int average = Index(AverageState);
        int sum = Index(AccumulatedState);
        long gradients = sum >= 0 ? memory.StateBase(sum) : memory.GradientBase;
        long length = memory.ParameterLength;
        var plan = new Plan([], [], [.. Launches(memory, gradients)]);
        if (average >= 0)
        {
            plan.Update.Add(GroupLaunches.Whole<AverageBody>(
                AverageState, length, 3, memory.StateBase(average), memory.ParameterBase, memory.HyperBase));

            // The mean of what does not change is that, to the last bit.
            plan.Update.AddRange(FrozenRanges(memory).Select(r => GroupLaunches.Whole<CopyBody>(
                AverageState, r.End - r.Begin, 2, memory.StateBase(average) + r.Begin, memory.ParameterBase + r.Begin)));
        }

        if (sum >= 0)
        {
            plan.Accumulate.Add(GroupLaunches.Whole<AccumulateBody>(
                AccumulatedState, length, 3, gradients, memory.GradientBase, memory.HyperBase));
        }

        if (memory.RunningLength > 0)
        {
            // States follow what is accepted: a step, or, when several batches make one, each of these in turn. So a
            // step that is refused has to put them back.
            (sum >= 0 ? plan.Accumulate : plan.Update).Add(GroupLaunches.Whole<CopyBody>(
                "Running", memory.RunningLength, 2, memory.ParameterBase + length, memory.GradientBase + length));
        }

        if (ClipNorm is not null)
        {
            plan.Norm.AddRange(FrozenRanges(memory).Select(r => GroupLaunches.Whole<ClearBody>(
                "Frozen", r.End - r.Begin, 1, gradients + r.Begin)));
            plan.Norm.AddRange(Dsl.GradientNorm.Launches(memory, gradients));
        }

        return plan;
    }

    /// <summary>The launches of a step.</summary>
    /// <param name="Accumulate">After every micro-batch, when the optimiser adds them up.</param>
    /// <param name="Norm">Before the update, when it clips.</param>
    /// <param name="Update">What changes parameters, states and averages.</param>
    private sealed record Plan(List<Launch> Accumulate, List<Launch> Norm, List<Launch> Update);
}
