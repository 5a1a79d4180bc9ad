using System;
using System.Collections.Generic;
using Dsl;
using Models.Language;
using Models.Sequence;

namespace Samples.Language;

/// <summary>A model whose <c>Forward</c> gives scores [b, n, 128] of tokens [b, n], and whose <c>Loss</c> takes the
/// next tokens, too.</summary>
/// <param name="Make">A new instance.</param>
/// <param name="Summary">The table of its layers.</param>
internal sealed record LanguageModel(Func<IModel> Make, string Summary);

/// <summary>The models that <c>language</c> can train: one line each.</summary>
internal static class LanguageModels
{
    /// <summary>What is trained unless the user says otherwise.</summary>
    public const string Default = "transformer";

    /// <summary>The models by name.</summary>
    public static IReadOnlyDictionary<string, LanguageModel> All { get; } =
        new SortedDictionary<string, LanguageModel>(StringComparer.Ordinal)
        {
            ["delta"] = new(static () => new CharGatedDelta(), CharGatedDelta.Summary),
            ["flash"] = new(static () => new CharFlash(), CharFlash.Summary),
            ["flash-medium"] = new(static () => new CharFlashMedium(), CharFlashMedium.Summary),
            ["gau"] = new(static () => new CharGau(), CharGau.Summary),
            ["gau-medium"] = new(static () => new CharGauMedium(), CharGauMedium.Summary),
            ["linear"] = new(static () => new CharLinearTransformer(), CharLinearTransformer.Summary),
            ["linear-medium"] = new(
                static () => new CharLinearTransformerMedium(), CharLinearTransformerMedium.Summary),
            ["performer"] = new(static () => new CharPerformer(), CharPerformer.Summary),
            ["performer-medium"] = new(static () => new CharPerformerMedium(), CharPerformerMedium.Summary),
            ["sparse"] = new(static () => new CharSparseTransformer(), CharSparseTransformer.Summary),
            ["sparse-medium"] = new(
                static () => new CharSparseTransformerMedium(), CharSparseTransformerMedium.Summary),
            ["reformer"] = new(static () => new CharReformer(), CharReformer.Summary),
            ["retnet"] = new(static () => new CharRetNet(), CharRetNet.Summary),
            ["lru"] = new(static () => new CharLru(), CharLru.Summary),
            ["mamba"] = new(static () => new CharMamba(), CharMamba.Summary),
            ["s4"] = new(static () => new CharS4(), CharS4.Summary),
            ["s4d"] = new(static () => new CharS4D(), CharS4D.Summary),
            ["rwkv4"] = new(static () => new CharRwkv4(), CharRwkv4.Summary),
            ["rwkv6"] = new(static () => new CharRwkv6(), CharRwkv6.Summary),
            ["transformer"] = new(static () => new CharTransformer(), CharTransformer.Summary),
            ["transformer-small"] = new(static () => new CharTransformerSmall(), CharTransformerSmall.Summary),
            ["transformer-medium"] = new(static () => new CharTransformerMedium(), CharTransformerMedium.Summary),
        };
}
