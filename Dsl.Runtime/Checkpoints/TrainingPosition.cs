using System;
using System.Collections.Generic;
using System.Globalization;

namespace Dsl.Checkpoints;

/// <summary>Where training stands, apart from the numbers in arrays: what the metadata of a training checkpoint
/// says.</summary>
internal sealed record TrainingPosition
{
    /// <summary>The optimiser's class, because its arrays mean nothing to another.</summary>
    public required string Optimizer { get; init; }

    /// <summary>Steps taken.</summary>
    public required long Step { get; init; }

    /// <summary>Steps left out.</summary>
    public long Skipped { get; init; }

    /// <summary>The epoch that is under way, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Batches of that epoch that are done.</summary>
    public required int Batch { get; init; }

    /// <summary>The sum of the losses of the epoch's samples so far.</summary>
    public double LossSum { get; init; }

    /// <summary>What shuffling depends on, together with the epoch.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Whether samples are shuffled.</summary>
    public required bool Shuffle { get; init; }

    /// <summary>Whether batches have samples of like length.</summary>
    public bool GroupByLength { get; init; }

    /// <summary>After how many steps random states are drawn anew; null: an older file, which does not say.</summary>
    public int? RedrawInterval { get; init; }

    /// <summary>Samples of a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Batches of a step.</summary>
    public required int Accumulate { get; init; }

    /// <summary>Samples of the training set.</summary>
    public required int Samples { get; init; }

    /// <summary>The best value of the metric so far; null before the first validation.</summary>
    public double? Best { get; init; }

    /// <summary>Validations since the best one.</summary>
    public int Worse { get; init; }

    /// <summary>Writes the metadata.</summary>
    public void Write(IDictionary<string, string> metadata)
    {
        metadata["optimizer"] = Optimizer;
        metadata["step"] = Text(Step);
        metadata["skipped"] = Text(Skipped);
        metadata["epoch"] = Text(Epoch);
        metadata["batch"] = Text(Batch);
        metadata["loss_sum"] = LossSum.ToString("R", CultureInfo.InvariantCulture);
        metadata["seed"] = Text(Seed);
        metadata["shuffle"] = Shuffle ? bool.TrueString : bool.FalseString;
        metadata["group_by_length"] = GroupByLength ? bool.TrueString : bool.FalseString;
        if (RedrawInterval is int interval)
        {
            metadata["redraw_interval"] = Text(interval);
        }

        metadata["batch_size"] = Text(BatchSize);
        metadata["accumulate"] = Text(Accumulate);
        metadata["samples"] = Text(Samples);
        metadata["worse"] = Text(Worse);
        if (Best is double best)
        {
            metadata["best"] = best.ToString("R", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Reads the metadata.</summary>
    /// <exception cref="CheckpointException">Something is missing or unreadable.</exception>
    public static TrainingPosition Read(IReadOnlyDictionary<string, string> metadata) => new()
    {
        Optimizer = Value(metadata, "optimizer"),
        Step = Number<long>(metadata, "step"),
        Skipped = Number<long>(metadata, "skipped"),
        Epoch = Number<int>(metadata, "epoch"),
        Batch = Number<int>(metadata, "batch"),
        LossSum = Number<double>(metadata, "loss_sum"),
        Seed = Number<ulong>(metadata, "seed"),
        Shuffle = Number<bool>(metadata, "shuffle"),
        GroupByLength = metadata.ContainsKey("group_by_length") && Number<bool>(metadata, "group_by_length"),
        RedrawInterval = metadata.ContainsKey("redraw_interval") ? Number<int>(metadata, "redraw_interval") : null,
        BatchSize = Number<int>(metadata, "batch_size"),
        Accumulate = Number<int>(metadata, "accumulate"),
        Samples = Number<int>(metadata, "samples"),
        Best = metadata.ContainsKey("best") ? Number<double>(metadata, "best") : null,
        Worse = metadata.ContainsKey("worse") ? Number<int>(metadata, "worse") : 0,
    };

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Value(IReadOnlyDictionary<string, string> metadata, string key) =>
        metadata.TryGetValue(key, out string? text)
            ? text
            : throw new CheckpointException($"The metadata has no '{key}': this is no checkpoint of a training.");

    private static T Number<T>(IReadOnlyDictionary<string, string> metadata, string key)
        where T : struct, ISpanParsable<T>
    {
        string text = Value(metadata, key);
        return T.TryParse(text, CultureInfo.InvariantCulture, out T value)
            ? value
            : throw new CheckpointException($"The metadata's '{key}' is '{text}', which cannot be read.");
    }
}
