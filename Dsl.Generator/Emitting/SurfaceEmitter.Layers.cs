using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Emitting;

/// <summary>The bodies of the layers, and what hovering them shows.</summary>
internal static partial class SurfaceEmitter
{
    /// <summary>The call of the eager reference by kind; a kind that is missing here throws when it is run
    /// eagerly.</summary>
    private static Dictionary<string, Func<LayerSpec, string>> EagerCalls { get; } = new(StringComparer.Ordinal)
    {
        ["Perceptron"] = static l => $"Perceptron({Input(l)}, {Weight(l)}, {Bias(l)}, {Activation(l)})",
        ["Conv"] = static l => $"Conv({Input(l)}, {Weight(l)}, {Bias(l)}, {Pair(l, "Stride", "1")}, "
            + $"{Padding(l)}, {Pair(l, "Dilation", "1")}, {Single(l, "Groups", "1")}, {Activation(l)})",
    };

    // /// <summary>The user's text.</summary>
    // /// <remarks>
    // /// <para>Conv, b, 1, 28, 28 -> b, 32, 28, 28</para>
    // /// <para>320 parameters, 451584*b FLOPs</para>
    // /// </remarks>
    // private partial global::Dsl.Tensor Stem(global::Dsl.Tensor x) =>
    //     global::Dsl.Eager.EagerLayers.Conv(x, Parameters["Stem.Weight"], Parameters["Stem.Bias"], 1, 1, 1, 1, 1, 1, 1,
    //         global::Dsl.Activation.Relu);
    private static void EmitLayer(
        SurfaceWriter text, LayerSpec layer, LayerReport? report, IReadOnlyList<BlockSpec> blocks, bool runs)
    {
        BlockSpec? block = blocks.FirstOrDefault(b => b.Name == layer.Block);
        string kind = layer.Block.Length == 0 ? layer.Kind : layer.Block.Substring(layer.Block.LastIndexOf('.') + 1);
        EmitDocumentation(text, layer.Documentation, $"The layer {layer.Name}: {kind}.");
        if (report is not null)
        {
            text.Line("/// <remarks>");
            text.Line($"/// <para>{report.Kind}, {report.Input} -&gt; {report.Output}</para>");
            text.Line($"/// <para>{Count(report.Parameters)} parameters, {report.Flops} FLOPs</para>");
            text.Line("/// </remarks>");
        }

        string inputs = string.Join(", ", layer.Inputs.Select(static i =>
            $"global::Dsl.{(i.Integers ? "IntTensor" : "Tensor")} {SymbolText.Escape(i.Name)}"));
        string header = $"{layer.Declaration} {SymbolText.Escape(layer.Name)}({inputs})";
        if (runs && block is not null)
        {
            EmitUse(text, header, layer, block);
            return;
        }

        text.Line(header + " =>");
        text.Deeper((runs && EagerCalls.TryGetValue(layer.Kind, out Func<LayerSpec, string>? call)
            ? "global::Dsl.Eager.EagerLayers." + call(layer)
            : Throw($"Layer '{layer.Name}' cannot run: see the DSL diagnostics of the build."))
            + ";");
    }

    /// <summary>The user's documentation verbatim; the one on this half replaces theirs.</summary>
    private static void EmitDocumentation(SurfaceWriter text, string documentation, string otherwise)
    {
        string shown = documentation.Length > 0 ? documentation : $"<summary>{otherwise}</summary>";
        foreach (string line in shown.Split('\n'))
        {
            text.Line(("/// " + line).TrimEnd());
        }
    }

    private static string Input(LayerSpec layer) => SymbolText.Escape(layer.Inputs[0].Name);

    private static string Weight(LayerSpec layer) =>
        $"Parameters[{Literal((layer.Tied?.Value ?? layer.Name) + ".Weight")}]";

    private static string Bias(LayerSpec layer) =>
        Argument(layer, "Bias", "true") == "true" ? $"Parameters[{Literal(layer.Name + ".Bias")}]" : "null";

    private static string Activation(LayerSpec layer) =>
        "global::Dsl.Activation." + Argument(layer, "Activation", "None");

    /// <summary>One number for height and width, or two with a comma between.</summary>
    private static string Pair(LayerSpec layer, string name, string otherwise)
    {
        string[] sizes = Argument(layer, name, otherwise).Split(',').Select(Constant).ToArray();
        return $"{sizes[0]}, {sizes[sizes.Length - 1]}";
    }

    /// <summary><c>same</c> is half of what the window spans.</summary>
    private static string Padding(LayerSpec layer)
    {
        if (!string.Equals(Argument(layer, "Padding", "0"), "same", StringComparison.OrdinalIgnoreCase))
        {
            return Pair(layer, "Padding", "0");
        }

        string half = Constant($"(({Argument(layer, "Dilation", "1")})*(({Argument(layer, "kernel", "1")})-1)+1)/2");
        return $"{half}, {half}";
    }

    private static string Single(LayerSpec layer, string name, string otherwise) =>
        Constant(Argument(layer, name, otherwise));

    /// <summary>Sizes are also C#: in a block they may name its constructor's parameters.</summary>
    private static string Constant(string size) => Size.Parse(size.Trim()).ToString();

    private static string Argument(LayerSpec layer, string name, string otherwise) =>
        layer.Arguments.FirstOrDefault(a => a.Name == name)?.Value ?? otherwise;
}
