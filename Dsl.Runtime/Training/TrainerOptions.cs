using System;

namespace Dsl;

/// <summary>What a validation is judged by.</summary>
public enum TrainingMetric
{
    /// <summary>The mean loss; lower is better.</summary>
    Loss,

    /// <summary>The share of samples whose largest score is at their label; higher is better.</summary>
    Accuracy,
}

/// <summary>How a <see cref="Trainer"/> trains. Rates, clipping and averaging are the optimiser's.</summary>
public sealed record TrainerOptions
{
    /// <summary>How often every sample is seen.</summary>
    public int Epochs { get; init => field = AtLeast(1, value, nameof(Epochs)); } = 1;

    /// <summary>Samples of a batch; the last of an epoch may have fewer.</summary>
    public int BatchSize { get; init => field = AtLeast(1, value, nameof(BatchSize)); } = 64;

    /// <summary>Batches whose gradients are averaged for one step: k of b samples act like one of k·b, in the memory of
    /// one. Above 1
    /// the optimiser needs <see cref="Optimizer.Accumulates"/>.</summary>
    public int Accumulate { get; init => field = AtLeast(1, value, nameof(Accumulate)); } = 1;

    /// <summary>Shuffles differently in every epoch; the order is a function of the seed and the epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Puts sequences of like length in a batch, since a batch of padded sequences is cut to its longest one
    /// (<see cref="LengthsAttribute"/>): samples are shuffled, sorted by length among some batches, and whole batches are
    /// shuffled again. Needs <see cref="Shuffle"/> and a model with lengths.</summary>
    public bool GroupByLength { get; init; }

    /// <summary>The seed of the order of samples, and of what dropout drops.</summary>
    public ulong Seed { get; init; }

    /// <summary>Draws random states anew before every so many steps, such as the directions of
    /// <see cref="PerformerAttribute"/> (<see cref="ParameterSet.Redraw"/>): the numbers are a function of the seed and
    /// the step, so training that is continued draws the same. 1000 is usual (Choromanski et al. 2021); 0, the default:
    /// never. Unlike others, such a step allocates.</summary>
    public int RedrawInterval { get; init => field = AtLeast(0, value, nameof(RedrawInterval)); }

    /// <summary>Where checkpoints that training can continue from go, after every epoch and when training is cancelled.
    /// Null:
    /// nowhere.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Saves a checkpoint every so many steps, too; 0: only after epochs.</summary>
    public int CheckpointEvery { get; init => field = AtLeast(0, value, nameof(CheckpointEvery)); }

    /// <summary>Where the parameters of the best validation go: their average, when the optimiser keeps one. Null:
    /// nowhere.</summary>
    public string? BestPath { get; init; }

    /// <summary>What <see cref="BestPath"/> and <see cref="Patience"/> mean by best.</summary>
    public TrainingMetric Metric { get; init; }

    /// <summary>Ends training after so many epochs in a row whose validation was not better than the best before, by
    /// <see cref="Metric"/>; 0, the default: never. Needs samples for validation. The model has the parameters of the last step:
    /// those of the best epoch are in <see cref="BestPath"/>.</summary>
    public int Patience { get; init => field = AtLeast(0, value, nameof(Patience)); }

    private static int AtLeast(int least, int value, string name) => value >= least
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be at least {least}.");
}
