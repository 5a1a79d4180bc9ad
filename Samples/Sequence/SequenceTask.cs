using System;
using System.Collections.Generic;
using System.IO;
using Dsl;
using Dsl.Data;
using Models.Sequence;

namespace Samples.Sequence;

/// <summary>What is trained on, and what it is tested with.</summary>
/// <param name="Train">x, perhaps lengths, and label or next.</param>
/// <param name="Test">The same.</param>
/// <param name="Length">Positions of the longest sequence.</param>
internal sealed record SequenceData(Dataset Train, Dataset Test, int Length)
{
    /// <summary>Sequences longer than any that is trained on, and their length.</summary>
    public (Dataset Test, int Length)? Longer { get; init; }
}

/// <summary>A task of <c>sequence</c>.</summary>
/// <param name="Make">The model.</param>
/// <param name="Epochs">How often every sequence is seen unless the user says otherwise.</param>
/// <param name="Batch">Sequences of a step unless the user says otherwise.</param>
/// <param name="Rate">The highest learning rate unless the user says otherwise.</param>
/// <param name="Read">Its data, from a folder if it has one, with a seed.</param>
internal sealed record SequenceTask(
    Func<IModel> Make, int Epochs, int Batch, float Rate, Func<DirectoryInfo?, int, SequenceData> Read)
{
    /// <summary>Whether numbers are asked for, not classes.</summary>
    public bool IsForecast { get; init; }

    /// <summary>Whether sequences have lengths of their own.</summary>
    public bool HasLengths { get; init; }

    /// <summary>Whether the model is made for one length.</summary>
    public bool HasFixedLength { get; init; }

    /// <summary>What runs without any data.</summary>
    public const string Default = "recall";

    private const int RecallTraining = 6_400;
    private const int RecallTest = 1_000;

    /// <summary>The tasks by name: one line each.</summary>
    public static IReadOnlyDictionary<string, SequenceTask> All { get; } =
        new SortedDictionary<string, SequenceTask>(StringComparer.Ordinal)
        {
            ["recall"] = new(static () => new S4DRecall(), 1, 16, 4e-3f, static (_, seed) => new SequenceData(
                DelayedBits.Draw(RecallTraining, seed), DelayedBits.Draw(RecallTest, seed + 1_000_000), DelayedBits.Length)),
            ["copying"] = new(static () => new MambaCopying(), 5, 32, 3e-3f, static (_, seed) => Symbols(seed)),
            ["copying-invariant"] = new(static () => new S4DCopying(), 5, 32, 3e-3f, static (_, seed) => Symbols(seed)),
            ["induction"] = new(static () => new MambaInduction(), 1, 16, 3e-3f, static (_, seed) =>
                new SequenceData(
                    RepeatedToken.Draw(64_000, 256, seed), RepeatedToken.Draw(1_000, 256, seed + 1_000_000), 256)
                {
                    Longer = (RepeatedToken.Draw(300, 4096, seed + 2_000_000), 4096),
                }),
            ["pixels"] = new(static () => new S4DPixels(), 1, 32, 1e-2f, static (folder, _) => Pixels(folder, null)),
            ["permuted"] = new(static () => new S4DPixels(), 1, 32, 1e-2f, static (folder, seed) =>
                Pixels(folder, PixelSequences.Order(28 * 28, seed))),
            ["pixels-hippo"] = new(static () => new HippoPixels(), 3, 32, 3e-3f, static (folder, _) => Pixels(folder, null)),
            ["permuted-hippo"] = new(static () => new HippoPixels(), 3, 32, 3e-3f, static (folder, seed) =>
                Pixels(folder, PixelSequences.Order(28 * 28, seed))),
            ["rows-hippo"] = new(static () => new HippoRecurrent(), 3, 64, 3e-3f, static (folder, _) => Pixels(folder, null, 28))
            {
                HasFixedLength = true,
            },
            ["forecast"] = new(static () => new S4DForecast(), 3, 64, 2e-3f, static (folder, _) =>
            {
                (Dataset train, Dataset test) =
                    TransformerTemperatures.Read(Required(folder, TransformerTemperatures.FileName));
                return new SequenceData(train, test, TransformerTemperatures.Known);
            }) { IsForecast = true },
            ["speech"] = new(static () => new S4DSpeech(), 40, 16, 8e-3f, static (folder, _) =>
            {
                (Dataset train, Dataset test, int longest) = SpokenDigits.Read(Required(folder, SpokenDigits.FileName));
                return new SequenceData(train, test, longest);
            }) { HasLengths = true },
        };

    private static SequenceData Symbols(int seed) => new(
        ScatteredSymbols.Draw(64_000, seed), ScatteredSymbols.Draw(1_000, seed + 1_000_000), ScatteredSymbols.Length);

    /// <summary>Digits by so many pixels at a time.</summary>
    private static SequenceData Pixels(DirectoryInfo? folder, int[]? order, int width = 1)
    {
        DirectoryInfo files = Required(folder, "MNIST's idx files");
        return new SequenceData(
            PixelSequences.Read(files, "train", order, width), PixelSequences.Read(files, "t10k", order, width), 28 * 28 / width);
    }

    private static DirectoryInfo Required(DirectoryInfo? folder, string what) =>
        folder ?? throw new ArgumentException($"This task needs --data, a folder with {what}.");
}
