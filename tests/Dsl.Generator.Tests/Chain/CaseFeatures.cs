using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Tests.Chain;

/// <summary>What a case is made of, as text: layers, functions, ops, skeletons with what their shapes say, and what bodies
/// call.</summary>
internal static partial class CaseFeatures
{
    public static SortedSet<string> Of(CompiledCase compiled)
    {
        LoweredModel lowered = compiled.Lowered;
        var features = new SortedSet<string>(StringComparer.Ordinal);
        features.UnionWith(lowered.Layers.Select(static l => "layer " + l.Kind));
        features.UnionWith(lowered.Spec.Functions.SelectMany(static f => f.Steps)
            .Where(static s => s.Kind == StepKind.Function).Select(static s => "function " + s.Target));
        features.UnionWith(Nodes(compiled).Select(static n => n.Op is PointwiseOp p ? "row " + p.Row : "op " + n.Op.Name));
        string kernels = compiled.Files.Single(static f => f.HintName.EndsWith(".Kernels.g.cs", StringComparison.Ordinal))
            .SourceText.ToString();
        features.UnionWith(Skeleton().Matches(kernels).Select(static m => "skeleton " + m.Groups[1].Value));
        features.UnionWith(Call().Matches(kernels).Select(static m => "call " + m.Groups[1].Value));
        foreach (Match shape in Shape().Matches(kernels))
        {
            features.UnionWith(Property().Matches(shape.Groups[2].Value)
                .Select(p => $"shape {shape.Groups[1].Value} {p.Groups[1].Value}"));
        }

        return features;
    }

    /// <summary>The nodes of all programs of a case.</summary>
    public static IEnumerable<Node> Nodes(CompiledCase compiled)
    {
        LoweredModel lowered = compiled.Lowered;
        var forms = new ScanForms(lowered.Spec.Example, isTrained: lowered.Loss is not null);
        Graph?[] graphs =
        [
            lowered.Forward,
            lowered.Loss is null ? null : Differentiator.Differentiate(forms.Choose(lowered.Train!)),
            compiled.Case.InputGradients ? Differentiator.Sensitivity(lowered.Forward!) : null,
        ];
        return graphs.Where(static g => g is not null).SelectMany(static g => g!.Nodes);
    }

    [GeneratedRegex(@"\bnew (\w+)Kernel\b")]
    private static partial Regex Skeleton();

    // m.Gather(…), F.Fma(…), Lanes.Sigmoid<…>(…)
    [GeneratedRegex(@"\b((?:m|F|I|Lanes|Rotation)\.\w+)[<(]")]
    private static partial Regex Call();

    [GeneratedRegex(@"new (\w+)Shape \{([^}]*)\}")]
    private static partial Regex Shape();

    [GeneratedRegex(@"(\w+) = ")]
    private static partial Regex Property();
}
