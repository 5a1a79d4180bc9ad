using System;
using System.Collections.Generic;
using System.Linq;
using Dsl;

namespace Samples.Features;

/// <summary>A loss to train the embedding by: a panel of the plot.</summary>
/// <param name="Name">What options and tables call its kind.</param>
/// <param name="Settings">Its scale and margin, for tables.</param>
/// <param name="UnitRows">Whether classes are compared by the angle of their rows, whatever their length.</param>
/// <param name="Make">A new model.</param>
internal sealed record FeatureKind(string Name, string Settings, bool UnitRows, Func<IModel> Make)
{
    /// <summary>The name of all kinds together.</summary>
    public const string Everything = "all";

    /// <summary>Name and settings.</summary>
    public string Label => Settings.Length > 0 ? $"{Name} {Settings}" : Name;

    /// <summary>The kinds in the order of the panels: one line each.</summary>
    public static IReadOnlyList<FeatureKind> All { get; } =
    [
        new("softmax", "", false, static () => new FeatureSoftmax()),
        new("modified", "", true, static () => new FeatureModified()),
        new("normface", "s 16", true, static () => new FeatureNormFace()),
        new("asoftmax", "m 2", true, static () => new FeatureASoftmax2()),
        new("asoftmax", "m 3", true, static () => new FeatureASoftmax3()),
        new("asoftmax", "m 4", true, static () => new FeatureASoftmax4()),
        new("cosface", "s 16, m 0.1", true, static () => new FeatureCosFace()),
        new("arcface", "s 16, m 0.2", true, static () => new FeatureArcFace()),
        new("arcface", "s 16, m 0.4", true, static () => new FeatureArcFaceFar()),
    ];

    /// <summary>The names as a sentence lists them.</summary>
    public static string Names => string.Join(", ", All.Select(static k => k.Name).Distinct().Append(Everything));

    /// <summary>The kinds that a user named.</summary>
    /// <param name="names">Names with commas between them, or <see cref="Everything"/>.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static IReadOnlyList<FeatureKind> Named(string names)
    {
        if (names == Everything)
        {
            return All;
        }

        string[] wanted = names.Split(',', StringSplitOptions.TrimEntries);
        string? unknown = Array.Find(wanted, static name => All.All(k => k.Name != name));
        return unknown is null
            ? [.. All.Where(k => wanted.Contains(k.Name))]
            : throw new ArgumentException($"There is no kind '{unknown}'; there are {Names}.");
    }
}
