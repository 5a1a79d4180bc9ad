using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Layers;
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
            + $"{Paddings(l)}, {Pair(l, "Dilation", "1")}, {Single(l, "Groups", "1")}, {Activation(l)})",
        ["ConvTranspose"] = static l => $"ConvTranspose({Input(l)}, {Weight(l)}, {Bias(l)}, {Single(l, "Stride", "1")}, "
            + $"{Single(l, "Padding", "0")}, {Single(l, "OutputPadding", "0")}, {Single(l, "Dilation", "1")}, "
            + $"{Single(l, "Groups", "1")}, {Activation(l)})",
        ["LocalConv"] = static l => $"LocalConv({Input(l)}, {Weight(l)}, {Bias(l)}, {Single(l, "Stride", "1")}, "
            + $"{Single(l, "Region", "1")}, {Activation(l)})",
        ["Upsample"] = static l => $"Upsample({Input(l)}, {Optional(l, "Scale")}, {Optional(l, "Size")}, "
            + $"global::Dsl.UpsampleMode.{Argument(l, "Mode", "Nearest")}, {Argument(l, "AlignCorners", "false")}, "
            + $"{Argument(l, "RecomputeScale", "false")})",
        ["PixelShuffle"] = static l => $"PixelShuffle({Input(l)}, {Single(l, "Factor", "1")})",
        ["PixelUnshuffle"] = static l => $"PixelUnshuffle({Input(l)}, {Single(l, "Factor", "1")})",
        ["BatchNorm"] = static l => $"BatchNorm({Input(l)}, {Named(l, "Gain")}, {Named(l, "Bias")}, "
            + $"{Named(l, "RunningMean")}, {Named(l, "RunningVariance")}, {Argument(l, "Momentum", "0.1")}, "
            + $"{Epsilon(l, "1E-05")}, {Activation(l)})",
        ["Dropout"] = static l => $"Dropout({Input(l)}, {Argument(l, "rate", "0")}f)",
        ["LayerNorm"] = static l =>
            $"LayerNorm({Input(l)}, {Named(l, "Gain")}, {Bias(l)}, {Argument(l, "Axis", "-1")}, {Epsilon(l, "1E-05")})",
        ["RmsNorm"] = static l =>
            $"RmsNorm({Input(l)}, {Named(l, "Gain")}, {Argument(l, "Axis", "-1")}, {Epsilon(l, "1E-06")})",
        ["ScaleNorm"] = static l =>
            $"ScaleNorm({Input(l)}, {Named(l, "Gain")}, {Epsilon(l, "1E-05")}, {Argument(l, "RootMean", "true")})",
        ["GroupNorm"] = static l => GroupNorm(l, Single(l, "groups", "1"), "true"),
        ["InstanceNorm"] = static l => GroupNorm(l, "0", "false"),
        ["Embedding"] = static l => $"Embedding({Input(l)}, {Weight(l)}, {Argument(l, "Padding", "-1")})",
        ["Attention"] = static l => l.GivesState
            ? $"Attention({Input(l)}, null, {Further(l, integers: true)}, {Sequence(l)}, {StateName(l)})"
            : $"Attention({Input(l)}, {Further(l, integers: false)}, {Further(l, integers: true)}, {Sequence(l)})",
        ["LinearAttention"] = Carrying,
        ["Performer"] = Carrying,
        ["Linformer"] = static l => $"Linformer({Input(l)}, {Sequence(l, Weight(l) + ", ")})",
        ["SparseAttention"] = static l => $"SparseAttention({Input(l)}, {Further(l, integers: true)}, {Sequence(l)})",
        ["Reformer"] = static l => $"Reformer({Input(l)}, {Sequence(l)})",
        ["Gau"] = static l => $"Gau({Input(l)}, {Further(l, integers: true)}, {Sequence(l)})",
        ["Rwkv4"] = Carrying,
        ["Rwkv6"] = Carrying,
        ["RwkvChannelMix"] = Carrying,
        ["RetNet"] = Carrying,
        ["GatedDelta"] = Carrying,
        ["S4"] = Carrying,
        ["S4D"] = Carrying,
        ["Lru"] = Carrying,
        ["Hippo"] = Carrying,
        ["Mamba"] = Carrying,
        ["MarginSoftmax"] = static l => $"MarginSoftmax({Input(l)}, {Further(l, integers: true)}, {Sequence(l)})",
        ["CenterLoss"] = static l => $"CenterLoss({Input(l)}, {Further(l, integers: true)}, {Named(l, "Centers")}, "
            + $"{Argument(l, "Alpha", "0.5")})",
        ["Flash"] = static l => $"Flash({Input(l)}, {Sequence(l)}{(Carried(l) is null ? "" : $", {StateName(l)}")})",
        ["PRelu"] = static l => $"PRelu({Input(l)}, {Named(l, "Slope")})",
    };

    // /// <summary>The user's text.</summary>
    // /// <remarks>
    // /// <para>Conv, b, 1, 28, 28 -> b, 32, 28, 28</para>
    // /// <para>320 parameters, 451584*b FLOPs</para>
    // /// <para>Receptive field in image: 3x3 stride 1 padding 1, first middle at 1/2,1/2</para>
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
            if (report.Field is { } field)
            {
                string start = field.Rows.IsWhole && field.Columns.IsWhole
                    ? ""
                    : $", first middle at {field.Rows.StartText},{field.Columns.StartText}";
                text.Line($"/// <para>Receptive field in {field.Image}: {field}{start}</para>");
            }

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
            ? OnState(layer, "global::Dsl.Eager.EagerLayers." + call(layer))
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

    /// <summary>The first input of a kind behind the first one, or null.</summary>
    private static string Further(LayerSpec layer, bool integers) =>
        layer.Inputs.Skip(1).FirstOrDefault(i => i.Integers == integers) is { } input ? SymbolText.Escape(input.Name) : "null";

    /// <summary>The state that a layer goes on from; null for one that neither has nor gives one, or that sees by the rank of a
    /// tensor whether it is one.</summary>
    private static string? Carried(LayerSpec layer) =>
        LayerTable.Find(layer.Kind) is ICarryingLayer kind
            && (layer.GivesState || (kind is not IAttendingLayer && Further(layer, integers: false) != "null"))
            ? Further(layer, integers: false) : null;

    /// <summary>The call of a layer that can go on from a state.</summary>
    private static string Carrying(LayerSpec layer) =>
        $"{layer.Kind}({Input(layer)}, {Further(layer, integers: true)}, {Sequence(layer)}"
        + (Carried(layer) is null ? ")" : $", {StateName(layer)})");

    /// <summary><c>EagerState.Run(state, x, stateOf =&gt; …)</c> around a call that goes on from a state, or gives one.</summary>
    private static string OnState(LayerSpec layer, string call) => Carried(layer) is { } state
        ? $"global::Dsl.Eager.EagerState.Run({state}, {Input(layer)}, {StateName(layer)} => {call}){(layer.GivesState ? "" : ".Result")}"
        : call;

    /// <summary>A name that none of the layer's parameters has.</summary>
    private static string StateName(LayerSpec layer)
    {
        string name = "state";
        while (layer.Inputs.Any(i => i.Name == name))
        {
            name += "Of";
        }

        return name;
    }

    /// <summary><c>Parameters.Scope("Mix"), new global::Dsl.AttentionAttribute(4) { Causal = true }</c></summary>
    private static string Sequence(LayerSpec layer, string between = "")
    {
        var positional = new List<string>();
        var named = new List<string>();
        foreach (ArgumentSpec argument in layer.Arguments)
        {
            string value = argument.Name switch
            {
                "FeatureMap" => "global::Dsl.FeatureMap." + argument.Value,
                "Kind" => "global::Dsl.Margin." + argument.Value,
                "Boundary" => "global::Dsl.MarginBoundary." + argument.Value,
                _ when layer.Kind == "MarginSoftmax" && char.IsUpper(argument.Name[0])
                    && argument.Name != "SubCenters" => argument.Value,
                "Kernel" when layer.Kind == "Performer" => "global::Dsl.PerformerKernel." + argument.Value,
                "Sharing" => "global::Dsl.LinformerSharing." + argument.Value,
                "Pattern" => "global::Dsl.AttentionPattern." + argument.Value,
                "Score" => "global::Dsl.GauScore." + argument.Value,
                "Spectrum" => "global::Dsl.StateSpectrum." + argument.Value,
                "Form" => "global::Dsl.StateSpaceForm." + argument.Value,
                "Measure" => "global::Dsl.HippoMeasure." + argument.Value,
                "Window" when layer.Kind == "Hippo" => argument.Value,
                "Discretization" => "global::Dsl.Discretization." + argument.Value,
                "Activation" => "global::Dsl.Activation." + argument.Value,
                "LengthScale" => "global::Dsl.LengthScale." + argument.Value,
                _ when bool.TryParse(argument.Value, out _) => argument.Value,
                "Epsilon" or "RopeBase" or "MinStep" or "MaxStep" or "MinRadius" or "MaxRadius" or "MaxPhase" => argument.Value,
                _ => Constant(argument.Value),
            };
            if (char.IsLower(argument.Name[0]))
            {
                positional.Add(value);
            }
            else
            {
                named.Add($"{argument.Name} = {value}");
            }
        }

        string properties = named.Count == 0 ? "" : $" {{ {string.Join(", ", named)} }}";
        return $"Parameters.Scope({Literal(layer.Name)}), {between}"
            + $"new global::Dsl.{layer.Kind}Attribute({string.Join(", ", positional)}){properties}";
    }

    private static string Weight(LayerSpec layer) =>
        $"Parameters[{Literal((layer.Tied?.Value ?? layer.Name) + ".Weight")}]";

    private static string Named(LayerSpec layer, string suffix) => $"Parameters[{Literal($"{layer.Name}.{suffix}")}]";

    private static string Epsilon(LayerSpec layer, string otherwise) => Argument(layer, "Epsilon", otherwise);

    /// <summary>Parameters only where the layer has them; one group per channel is 0.</summary>
    private static string GroupNorm(LayerSpec layer, string groups, string affine)
    {
        bool learns = Argument(layer, "Affine", affine) == "true";
        string parameters = learns ? $"{Named(layer, "Gain")}, {Named(layer, "Bias")}" : "null, null";
        return $"GroupNorm({Input(layer)}, {parameters}, {groups}, {Epsilon(layer, "1E-05")})";
    }

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

    /// <summary>Vertical and horizontal padding; top, bottom, left and right when opposite sides differ.</summary>
    private static string Paddings(LayerSpec layer)
    {
        string[] kernel = Pair(layer, "kernel", "1").Split(',');
        string[] dilation = Pair(layer, "Dilation", "1").Split(',');
        string Reach(int side) => Constant($"{dilation[side]}*({kernel[side]}-1)");
        string text = Argument(layer, "Padding", "0");
        string[] sides = text.ToLowerInvariant() switch
        {
            "same" => new[] { Constant($"{Reach(0)}/2"), Constant($"{Reach(1)}/2") },
            "causal" => new[] { "0", "0", Reach(1), "0" },
            _ => text.Split(',').Select(Constant).ToArray(),
        };
        return sides.Length == 4 ? string.Join(", ", sides) : $"{sides[0]}, {sides[sides.Length - 1]}";
    }

    private static string Single(LayerSpec layer, string name, string otherwise) =>
        Constant(Argument(layer, name, otherwise));

    /// <summary>A text that may be missing.</summary>
    private static string Optional(LayerSpec layer, string name) =>
        Argument(layer, name, "null") is var text && text == "null" ? text : Literal(text);

    /// <summary>Sizes are also C#: in a block they may name its constructor's parameters.</summary>
    private static string Constant(string size) => Size.Parse(size.Trim()).ToString();

    private static string Argument(LayerSpec layer, string name, string otherwise) =>
        layer.Arguments.FirstOrDefault(a => a.Name == name)?.Value ?? otherwise;
}
