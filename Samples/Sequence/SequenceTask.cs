using System;
using System.Collections.Generic;
using System.IO;
using Dsl;
using Dsl.Data;
using Models.Sequence;

namespace Samples.Sequence;

/// <summary>What is trained on, and what it is tested with.</summary>
/// <param name="Train">x, perhaps lengths, and label.</param>
/// <param name="Test">The same.</param>
/// <param name="Length">Positions of the longest sequence.</param>
internal sealed record SequenceData(Dataset Train, Dataset Test, int Length);

/// <summary>A task of <c>sequence</c>.</summary>
/// <param name="Make">The model.</param>
/// <param name="Epochs">How often every sequence is seen unless the user says otherwise.</param>
/// <param name="Batch">Sequences of a step unless the user says otherwise.</param>
/// <param name="Read">Its data, from a folder if it has one, with a seed.</param>
internal sealed record SequenceTask(
    Func<IModel> Make, int Epochs, int Batch, Func<DirectoryInfo?, int, SequenceData> Read)
{
    /// <summary>What runs without any data.</summary>
    public const string Default = "recall";

    private const int RecallTraining = 6_400;
    private const int RecallTest = 1_000;

    /// <summary>The tasks by name: one line each.</summary>
    public static IReadOnlyDictionary<string, SequenceTask> All { get; } =
        new SortedDictionary<string, SequenceTask>(StringComparer.Ordinal)
        {
            ["recall"] = new(static () => new S4DRecall(), 1, 16, static (_, seed) => new SequenceData(
                DelayedBits.Draw(RecallTraining, seed), DelayedBits.Draw(RecallTest, seed + 1_000_000), DelayedBits.Length)),
            ["pixels"] = new(static () => new S4DPixels(), 1, 32, static (folder, _) => Pixels(folder, null)),
            ["permuted"] = new(static () => new S4DPixels(), 1, 32, static (folder, seed) =>
                Pixels(folder, PixelSequences.Order(28 * 28, seed))),
            ["speech"] = new(static () => new S4DSpeech(), 40, 16, static (folder, _) =>
            {
                (Dataset train, Dataset test, int longest) = SpokenDigits.Read(Required(folder, SpokenDigits.FileName));
                return new SequenceData(train, test, longest);
            }),
        };

    private static SequenceData Pixels(DirectoryInfo? folder, int[]? order)
    {
        DirectoryInfo files = Required(folder, "MNIST's idx files");
        return new SequenceData(
            PixelSequences.Read(files, "train", order), PixelSequences.Read(files, "t10k", order), 28 * 28);
    }

    private static DirectoryInfo Required(DirectoryInfo? folder, string what) =>
        folder ?? throw new ArgumentException($"This task needs --data, a folder with {what}.");
}
