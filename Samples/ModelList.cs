using System;
using System.Collections.Generic;
using Dsl;
using Models.Segmentation;
using Models.Vision;

namespace Samples;

/// <summary>The models of the library by the name that verbs know them by: one line each.</summary>
internal static class ModelList
{
    /// <summary>New instances, by name.</summary>
    public static IReadOnlyDictionary<string, Func<IModel>> All { get; } =
        new SortedDictionary<string, Func<IModel>>(StringComparer.Ordinal)
        {
            ["conv"] = static () => new DigitNet(),
            ["espcn"] = static () => new Espcn(),
            ["field"] = static () => new FieldNet(),
            ["linear"] = static () => new DigitLinear(),
            ["mlp"] = static () => new DigitMlp(),
            ["nucleus"] = static () => new NucleusUNet(),
            ["shapes"] = static () => new ShapeUNet(),
            ["super"] = static () => new SuperResolution(),
        };

    /// <summary>The names as a sentence lists them.</summary>
    public static string Names => string.Join(", ", All.Keys);
}
