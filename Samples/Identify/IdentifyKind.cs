using System;
using System.Collections.Generic;
using System.Linq;
using Dsl;
using Models.Face;

namespace Samples.Identify;

/// <summary>A loss to train the embedding by.</summary>
/// <param name="Name">What the options and tables call its kind.</param>
/// <param name="Settings">Its scale and margin, for tables.</param>
/// <param name="Make">A new model.</param>
/// <param name="Pairs">Whether its loss takes pairs of drawings, and whether they are of one class.</param>
internal sealed record IdentifyKind(string Name, string Settings, Func<IModel> Make, bool Pairs = false)
{
    /// <summary>The name of all kinds together.</summary>
    public const string Everything = "all";

    /// <summary>Name and settings.</summary>
    public string Label => Settings.Length > 0 ? $"{Name} {Settings}" : Name;

    /// <summary>The kinds with the settings that <c>--select</c> was used to choose: one line each.</summary>
    public static IReadOnlyList<IdentifyKind> All { get; } =
    [
        new("softmax", "", static () => new GlyphNetSoftmax()),
        new("normface", "s 16", static () => new GlyphNetNormFace()),
        new("asoftmax", "m 3, λ 100 to 3", static () => new GlyphNetASoftmax()),
        new("cosface", "s 16, m 0.25", static () => new GlyphNetCosFace()),
        new("arcface", "s 16, m 0.5", static () => new GlyphNetArcFace()),
        new("lsoftmax", "m 2, λ 100 to 3", static () => new LSoftmaxTwice()),
        new("subcenters", "s 16, m 0.5, 3 rows", static () => new ThreeCenters()),
        new("deepid2", "λ 0.01, m 16", static () => new DeepId2(), Pairs: true),
    ];

    /// <summary>Other settings of these kinds.</summary>
    public static IReadOnlyList<IdentifyKind> Others { get; } =
    [
        new("normface", "s 24", static () => new NormFaceLong()),
        new("asoftmax", "m 2, λ 100 to 1", static () => new ASoftmaxNear()),
        new("cosface", "s 16, m 0.15", static () => new CosFaceNear()),
        new("cosface", "s 16, m 0.35", static () => new CosFaceFar()),
        new("cosface", "s 24, m 0.25", static () => new CosFaceLong()),
        new("arcface", "s 16, m 0.35", static () => new ArcFaceNear()),
        new("arcface", "s 24, m 0.35", static () => new ArcFaceLong()),
        new("lsoftmax", "m 2, λ 100 to 1", static () => new LSoftmaxTwiceFar()),
        new("lsoftmax", "m 3, λ 100 to 3", static () => new LSoftmaxThrice()),
        new("subcenters", "s 16, m 0.5, 2 rows", static () => new TwoCenters()),
        new("subcenters", "s 16, m 0.35, 3 rows", static () => new ThreeCentersNear()),
        new("deepid2", "λ 0.05, m 24", static () => new DeepId2Far(), Pairs: true),
        new("deepid2", "λ 0.05, m 16", static () => new DeepId2Published(), Pairs: true),
        new("deepid2", "λ 0.2, m 16", static () => new DeepId2Strong(), Pairs: true),
    ];

    /// <summary>The names as a sentence lists them.</summary>
    public static string Names => string.Join(", ", All.Select(static k => k.Name).Append(Everything));

    /// <summary>The kinds that a user named.</summary>
    /// <param name="names">Names with commas between them, or <see cref="Everything"/>.</param>
    /// <param name="others">Whether other settings are wanted, too.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static IReadOnlyList<IdentifyKind> Named(string names, bool others)
    {
        string[] wanted = names.Split(',', StringSplitOptions.TrimEntries);
        string? unknown = Array.Find(wanted, static name => name != Everything && All.All(k => k.Name != name));
        return unknown is null
            ?
            [
                .. All.SelectMany(kind => others ? Others.Where(o => o.Name == kind.Name).Prepend(kind) : [kind])
                    .Where(kind => wanted.Contains(Everything) || wanted.Contains(kind.Name))
            ]
            : throw new ArgumentException($"There is no kind '{unknown}'; there are {Names}.");
    }
}
