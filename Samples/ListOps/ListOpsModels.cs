using System;
using System.Collections.Generic;
using Dsl;
using Models.Language;

namespace Samples.ListOps;

/// <summary>The encoders that <c>listops</c> can train: one line each.</summary>
internal static class ListOpsModels
{
    /// <summary>The name of all of them together.</summary>
    public const string Everything = "all";

    /// <summary>The most tokens that all of them take.</summary>
    public const int LongestSequence = 512;

    /// <summary>New instances, by name.</summary>
    public static IReadOnlyDictionary<string, Func<IModel>> All { get; } =
        new SortedDictionary<string, Func<IModel>>(StringComparer.Ordinal)
        {
            ["flash"] = static () => new FlashClassifier(),
            ["gau"] = static () => new GauClassifier(),
            ["linear"] = static () => new LinearTransformerClassifier(),
            ["linformer"] = static () => new LinformerClassifier(),
            ["performer"] = static () => new PerformerClassifier(),
            ["reformer"] = static () => new ReformerClassifier(),
            ["sparse"] = static () => new SparseTransformerClassifier(),
            ["transformer"] = static () => new TransformerClassifier(),
        };
}
