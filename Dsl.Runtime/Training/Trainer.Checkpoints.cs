using System;
using System.Linq;
using Dsl.Checkpoints;

namespace Dsl;

/// <content>What is saved, and where training goes on.</content>
public sealed partial class Trainer
{
    /// <summary>Saves everything that training needs to continue.</summary>
    /// <exception cref="System.IO.IOException">The file cannot be written; an older one is still whole.</exception>
    public void Save(string path) => TrainingCheckpoint.Save(path, _session, Position());

    /// <summary>Continues from a checkpoint: parameters, the optimiser's arrays, the step, the epoch and the place in
    /// it.</summary>
    /// <exception cref="CheckpointException">The file is broken, or is of another model, optimiser, data set or
    /// options. Nothing was
    /// changed.</exception>
    public void Resume(string path)
    {
        TrainingPosition position = TrainingCheckpoint.Load(path, _session, Check);
        (_epoch, _batch, _lossSum, _best, _worse) =
            (position.Epoch, position.Batch, position.LossSum, position.Best, position.Worse);
    }

    private void SaveBest()
    {
        if (_options.BestPath is not null)
        {
            Checkpoint.Save(_options.BestPath, _session.Parameters);
        }
    }

    private void SaveCheckpoint()
    {
        if (_options.CheckpointPath is not null)
        {
            Save(_options.CheckpointPath);
        }
    }

    private TrainingPosition Position() => new()
    {
        Optimizer = Optimizer.GetType().Name,
        Step = Optimizer.Step,
        Skipped = Optimizer.Skipped,
        Epoch = _epoch,
        Batch = _batch,
        LossSum = _lossSum,
        Seed = _options.Seed,
        Shuffle = _options.Shuffle,
        GroupByLength = _options.GroupByLength,
        RedrawInterval = _options.RedrawInterval,
        BatchSize = _options.BatchSize,
        Accumulate = _options.Accumulate,
        Samples = _data.Count,
        Best = _best,
        Worse = _worse,
    };

    /// <summary>Refuses a checkpoint whose numbers would mean something else here.</summary>
    private void Check(TrainingPosition found)
    {
        if (found.BatchSize == 0)
        {
            throw new CheckpointException("It was saved from a session without a trainer: load it into the session.");
        }

        TrainingPosition here = Position();
        (string Name, object Found, object Here)[] pairs =
        [
            ("the optimiser", found.Optimizer, here.Optimizer),
            ("Seed", found.Seed, here.Seed),
            ("Shuffle", found.Shuffle, here.Shuffle),
            ("GroupByLength", found.GroupByLength, here.GroupByLength),
            ("RedrawInterval", found.RedrawInterval ?? _options.RedrawInterval, _options.RedrawInterval),
            ("BatchSize", found.BatchSize, here.BatchSize),
            ("Accumulate", found.Accumulate, here.Accumulate),
            ("the number of training samples", found.Samples, here.Samples),
        ];
        string[] differences = [.. pairs.Where(static p => !p.Found.Equals(p.Here))
            .Select(static p => FormattableString.Invariant($"{p.Name} was {p.Found} and is {p.Here}"))];
        if (differences.Length > 0)
        {
            throw new CheckpointException($"It would not go on as it began: {string.Join("; ", differences)}.");
        }

        if (found.Step < 0 || found.Skipped < 0 || found.Epoch < 0 || found.Batch < 0 || found.Batch >= Batches)
        {
            throw new CheckpointException(FormattableString.Invariant(
                $"There is no step {found.Step}, epoch {found.Epoch}, batch {found.Batch} of {Batches}."));
        }
    }
}
