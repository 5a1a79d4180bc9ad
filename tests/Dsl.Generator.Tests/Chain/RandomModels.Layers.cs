using System;
using System.Linq;

namespace Dsl.Generator.Tests.Chain;

/// <content>Layers of vectors, images and sequences.</content>
internal sealed partial class RandomModels
{
    private string Activated() => Chance(2)
        ? "" : $", Activation = Activation.{Pick("Tanh", "Silu", "Gelu", "Sigmoid", "Softplus", "Relu")}";

    private bool Learn(RandomValue x)
    {
        var shared = _layers.Where(l => l.From.SequenceEqual(x.Shape)).ToList();
        if (shared.Count > 0 && Chance(3))
        {
            var (name, _, to) = Pick(shared);
            return Add(to, $"{name}({x})");
        }

        if (x.Rank == 4 && Chance(2))
        {
            return Image(x);
        }

        Extent width = Pick(s_widths);
        return x.Rank > 1 && x.Shape[^1].IsConstant
            && Apply(x, $"Perceptron({width}{(Chance(5) ? ", Bias = false" : "")}{Activated()})", [.. x.Shape[..^1], width]);
    }

    private bool Norm(RandomValue x)
    {
        if (x.Rank < 2)
        {
            return false;
        }

        int axis = _random.Next(1, x.Rank);
        bool isChannels = x.Shape[1].IsConstant;
        string? attribute = _random.Next(8) switch
        {
            0 or 1 when x.Shape[axis].IsConstant => $"LayerNorm(Axis = {axis}, Epsilon = 0.1{(Chance(4) ? ", Bias = false" : "")})",
            2 when x.Shape[axis].IsConstant => $"RmsNorm(Axis = {axis}, Epsilon = 0.1)",
            3 when x.Shape[^1].IsConstant => $"ScaleNorm(Epsilon = 0.3, RootMean = {Pick("true", "false")})",
            4 when isChannels => $"GroupNorm({(x.Shape[1].Number % 2 == 0 ? 2 : 1)}, Epsilon = 0.1, Affine = {Pick("true", "false")})",
            5 when isChannels && x.Rank > 2 => $"InstanceNorm(Epsilon = 0.1, Affine = {Pick("true", "false")})",
            6 when isChannels && x.Rank <= 4 => $"BatchNorm(Epsilon = 0.1{Activated()})",
            7 when (x.Rank == 4 ? x.Shape[1] : x.Shape[^1]).IsConstant => $"PRelu(Shared = {Pick("true", "false")})",
            _ => null,
        };
        return attribute is not null && (attribute.StartsWith("PRelu", StringComparison.Ordinal)
            ? Add(x.Shape, $"{Layer(attribute)}({x} + 0.083f)") : Apply(x, attribute, x.Shape));
    }

    private bool Image(RandomValue x)
    {
        if (x.Rank != 4 || !x.Shape[1].IsConstant)
        {
            return false;
        }

        var (b, c, h, w) = (x.Shape[0], x.Shape[1].Number, x.Shape[2], x.Shape[3]);
        Extent channels = Pick(1, 2, 3, 4, 6, 8, 9, 12, 17);
        if (!h.IsConstant || !w.IsConstant)
        {
            return _random.Next(5) switch
            {
                0 or 1 => Apply(x, $"Conv({channels}, {Pick(1, 3, 5)}, Padding = \"same\"{Activated()})", [b, channels, h, w]),
                2 => Add([b, c, new Extent(2) * h, new Extent(2) * w], $"Upsample({x}, 2, UpsampleMode.{Pick("Nearest", "Bilinear")})"),
                3 => Add([b, c], $"{Pick("GlobalAvgPool", "GlobalMaxPool")}({x})"),
                _ => h.Number == 2 && w.Number == 2
                    && Add([b, c, new Extent(1, h.Symbols), new Extent(1, w.Symbols)], $"{Pick("MaxPool", "AvgPool")}({x}, 2)"),
            };
        }

        return Sized(x, b, c, h.Number, w.Number, channels);
    }

    private bool Sized(RandomValue x, Extent b, int c, int h, int w, Extent channels)
    {
        int kernel = Pick(1, 2, 3, 3, 3, 4, 5);
        int stride = Pick(1, 1, 1, 2, 3);
        int padding = Pick(0, 1, 1, 2);
        int dilation = Chance(5) ? 2 : 1;
        int span = (dilation * (kernel - 1)) + 1;
        int Windows(int extent, int of) => extent + (2 * padding) < of ? 0 : ((extent + (2 * padding) - of) / stride) + 1;
        int groups = Chance(4) && c % 2 == 0 ? 2 : Chance(6) ? c : 1;
        Extent grouped = groups == 1 ? channels : groups * Pick(1, 2, 3);
        string places = $"Stride = {stride}, Padding = {padding}, Dilation = {dilation}, Groups = {groups}";
        switch (_random.Next(14))
        {
            case < 5:
                return Windows(h, span) > 0 && Windows(w, span) > 0
                    && Apply(x, $"Conv({grouped}, {kernel}, {places}{Activated()})", [b, grouped, Windows(h, span), Windows(w, span)]);
            case 5 or 6:
                int Up(int extent) => ((extent - 1) * stride) - (2 * padding) + span;
                return Up(h) > 0 && Up(w) > 0
                    && Apply(x, $"ConvTranspose({grouped}, {kernel}, {places}{Activated()})", [b, grouped, Up(h), Up(w)]);
            case 7 or 8:
                bool isMax = Chance(2);
                padding = Math.Min(padding, kernel / 2);
                return Windows(h, kernel) > 0 && Windows(w, kernel) > 0 && Add(
                    [b, c, Windows(h, kernel), Windows(w, kernel)],
                    $"{(isMax ? "MaxPool" : "AvgPool")}({x}, {kernel}, {stride}, {padding}{(isMax ? "" : Pick(", true", ", false"))})");
            case 9:
                (int newHeight, int newWidth) = (Pick(1, 2, 3, 5, 7), Pick(1, 2, 4, 6, 9));
                string mode = Pick("Nearest", "NearestExact", "Bilinear", "Bicubic");
                string aligned = mode.StartsWith('B') && Chance(2) ? "true" : "false";
                return Chance(3)
                    ? Add([b, c, newHeight, newWidth], $"AdaptiveAvgPool({x}, {newHeight}, {newWidth})")
                    : Add([b, c, newHeight, newWidth], $"Upsample({x}, {newHeight}, {newWidth}, UpsampleMode.{mode}, {aligned})");
            case 10:
                return c % 4 == 0 && Chance(2) ? Add([b, c / 4, 2 * h, 2 * w], $"PixelShuffle({x}, 2)")
                    : h % 2 == 0 && w % 2 == 0 && Add([b, 4 * c, h / 2, w / 2], $"PixelUnshuffle({x}, 2)");
            case 11:
                return Chance(2) ? Add([b, c, h + 1, w + 2], $"Pad({x}, 1, 0, 0, 2, 0.5f)")
                    : h > 2 && w > 2 && Add([b, c, h - 1, w - 2], $"Crop({x}, 0, 1, 1, 1)");
            case 12:
                return Add([b, c], $"{Pick("GlobalAvgPool", "GlobalMaxPool")}({x})");
            default:
                return kernel <= h && kernel <= w && Apply(
                    x, $"LocalConv({channels}, {kernel}, Stride = {stride}{Activated()})",
                    [b, channels, ((h - kernel) / stride) + 1, ((w - kernel) / stride) + 1]);
        }
    }

    private bool Sequence(RandomValue x)
    {
        if (!x.Shape[2].IsConstant)
        {
            return x.Shape[1].IsConstant && Channels(x);
        }

        int c = x.Shape[2].Number;
        bool isEven = c % 2 == 0;
        var alike = _values.Where(o => o.IsLike(x)).ToList();
        (RandomValue y, RandomValue z) = (Pick(alike), Pick(alike));
        string heads = $"{(c % 4 == 0 ? Pick(1, 2, 4) : isEven ? Pick(1, 2) : 1)}";
        string[] segmented =
        [
            $"LinearAttention({heads}, Causal = true)", $"RetNet({heads}, Rope = false)", $"GatedDelta({heads})", "S4D(StateWidth = 4)",
            "Lru(3)", "Mamba(StateWidth = 3)", "Rwkv4", "RwkvChannelMix(Width = 7)", "S4(StateWidth = 4)",
            $"Rwkv6(HeadWidth = {c}, MixRank = 2, DecayRank = 3)",
            $"LinearAttention({heads})", $"SparseAttention({heads}, 4)", $"Attention({heads}, Causal = true)",
            $"Performer({heads}, Width = 4, Epsilon = 0)",
        ];
        string[] plain =
        [
            $"Attention({heads}, Bias = true)", $"LinearAttention({heads}, FeatureMap = FeatureMap.Relu)",
            "S4D(StateWidth = 6, Bidirectional = true)",
            $"LinearAttention({heads}, Causal = true, FeatureMap = FeatureMap.Identity)", $"Linformer({heads}, 40, Rank = 3)",
            "Gau(KeyWidth = 4, Causal = true, Context = 8)", "Flash(KeyWidth = 4, Chunk = 5, Causal = true)",
            "S4D(StateWidth = 4, Mix = false)",
            $"Attention({heads}, Width = 4, Rope = true, Window = 5, Causal = true)",
            "Mamba(StateWidth = 2, Kernel = 2, Expand = 1, Bias = true)",
        ];
        switch (_random.Next(16))
        {
            case < 3 when HasSegments && With(x.Shape, 2, 1).SequenceEqual(With(_values[0].Shape, 2, 1)):
                return Add(x.Shape, $"{Layer(Pick(segmented), "Tensor x, IntTensor segments")}({x}, segments)");
            case < 4:
                return Apply(x, Pick(segmented), x.Shape);
            case < 7:
                return Apply(x, Pick(plain), x.Shape);
            case 7:
                return Add(x.Shape, isEven ? $"TokenShift({x})" : $"TokenShift({x}, {_random.Next(1, c + 1)})");
            case 8:
                return isEven && Add(x.Shape, Pick($"Rope({x})", $"Rope({x}, layout: RopeLayout.Halves)", $"XPos({x}, 30f)"));
            case 9 or 10:
                return Add(x.Shape, isEven && Chance(3) ? $"ComplexLinearScan(Tanh({y}) * 0.6f, {x})"
                    : Chance(3) ? $"LinearScan(Sigmoid({y}), {x}, Mean({z}, 1))" : $"LinearScan(Sigmoid({y}), {x})");
            case 11:
                string how = Pick("", ", causal: true", ", causal: true, window: 3", ", score: AttentionScore.Identity");
                return Add(x.Shape, $"Attend({x}, {y}, {z}, {heads}{how})");
            case 12:
                return Add(x.Shape, $"LinearAttend({x}, {y}, {z}, {heads}, causal: {Pick("true", "false")})");
            case 13:
                return Add(x.Shape, Chance(2) ? $"DecayAttend({x}, {y}, Tanh({z}), -Softplus({Pick(alike)}), {heads}) * 0.4f"
                    : $"DeltaAttend({x}, L2Normalize({y}, 2, 0.1f), {z}, Sigmoid(Slice({x}, 2, 0, {heads})), {heads})");
            case 14:
                return Carried(x);
            default:
                return Channels(x);
        }
    }

    /// <summary>A layer that goes on from a state and gives the next.</summary>
    private bool Carried(RandomValue x)
    {
        int width = x.Shape[2].Number;
        var (attribute, length) = Pick(
            ("Lru(3)", 6), ("S4D(StateWidth = 4)", 4 * width), ("Rwkv4", 4 * width), ("RwkvChannelMix(Width = 5)", width));
        string start = Layer($"Perceptron({length})");
        string layer = Layer(attribute, "Tensor x, Tensor state", "(Tensor Result, Tensor State)");
        var result = new RandomValue($"v{_count++}", x.Shape);
        var state = new RandomValue($"v{_count++}", [x.Shape[0], length]);
        _steps.Add(new RandomStep($"var ({result}, {state}) = {layer}({x}, {start}(Mean({x}, 1)));", result, state));
        _values.AddRange([result, state]);
        return true;
    }

    /// <summary>A convolution of a sequence, whose channels are axis 1.</summary>
    private bool Channels(RandomValue x)
    {
        if (!x.Shape[1].IsConstant)
        {
            return false;
        }

        Extent channels = Pick(1, 2, 3, 5, 8, 17);
        string groups = Chance(3) ? $", Groups = {channels = x.Shape[1]}" : "";
        string padding = Pick("\"same\"", "\"causal\"");
        return Apply(x, $"Conv({channels}, {Pick(1, 3, 5)}, Padding = {padding}{groups}{Activated()})", With(x.Shape, 1, channels));
    }
}
