using System;
using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain;

/// <content>Models that take positions one by one: sequences of features, of which nothing looks ahead.</content>
internal sealed partial class RandomModels
{
    /// <summary>The causal model of a seed, with steps.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="name">The class.</param>
    public static RandomModel CausalOf(int seed, string name) => new RandomModels(seed, name).Causal();

    private RandomModel Causal()
    {
        Extent width = Pick(4, 6, 8, 12, 17, 24);
        _largest = new Dictionary<string, int> { ["b"] = 2, ["n"] = 70 };
        Input("x", [new Extent(1, "b"), new Extent(1, "n"), width]);
        bool isSegmented = Chance(4);
        if (isSegmented)
        {
            _inputs.Add(("segments", "[Shape(\"b\", \"n\")] IntTensor segments"));
        }

        int count = _random.Next(2, 10);
        for (int i = 0; i < count; i++)
        {
            RandomValue x = Chance(2) ? _values[^1] : Pick(_values);
            Extent features = Pick(s_widths);
            _ = (i == 0 ? 0 : _random.Next(10)) switch
            {
                < 4 => Mixed(x, isSegmented),
                4 => Apply(x, $"Perceptron({features}{Activated()})", With(x.Shape, 2, features)),
                5 => Unary(x),
                6 => Add(x.Shape, Apply(Pick(s_pairs), x.Name, Pick(_values.Where(x.IsLike)).Name)),
                7 => Add(x.Shape, Pick($"Softmax({x}, 2)", $"L2Normalize({x}, 2, 0.2f)", $"CumSum({x}, 1) * 0.1f", $"{x} - CumSum({x}, 2)")),
                8 => Apply(x, Pick("LayerNorm(Epsilon = 0.1)", "RmsNorm(Epsilon = 0.1)", "ScaleNorm(Epsilon = 0.3)"), x.Shape),
                _ => Parts(x),
            };
        }

        return new RandomModel(_name)
        {
            Inputs = _inputs, Members = _members, Blocks = _blocks, Steps = _steps, TakesSteps = true, Runs = ["b=2 n=70"],
            Results = [_values[^1].Name],
        };
    }

    /// <summary>What mixes positions.</summary>
    private bool Mixed(RandomValue x, bool isSegmented)
    {
        RandomValue Alike() => Pick(_values.Where(x.IsLike));
        int c = x.Shape[2].Number;
        int heads = c % 4 == 0 ? Pick(1, 2, 4) : c % 2 == 0 ? Pick(1, 2) : 1;
        string[] segmented = CausalLayers(c, heads);
        switch (_random.Next(10))
        {
            case < 4 when isSegmented:
                return Add(x.Shape, $"{Layer(Pick(segmented), "Tensor x, IntTensor segments")}({x}, segments)");
            case < 5:
                return Apply(x, Pick([.. segmented, "RwkvChannelMix(Width = 7)", "Flash(KeyWidth = 4, Chunk = 5, Causal = true)"]), x.Shape);
            case 5:
                return Add(x.Shape, c % 2 == 0 ? $"TokenShift({x})" : $"TokenShift({x}, {_random.Next(1, c + 1)})");
            case 6:
                return Add(x.Shape, c % 2 == 0 && Chance(2)
                    ? Pick($"Rope({x})", $"ComplexLinearScan(Tanh({Alike()}) * 0.6f, {x})")
                    : $"LinearScan(Sigmoid({Alike()}), {x})");
            case 7:
                string how = Pick("", ", window: 3", ", chunk: 7", ", window: 5, chunk: 9");
                return Add(x.Shape, $"Attend({x}, {Alike()}, {Alike()}, {heads}, causal: true{how})");
            case 8:
                return Add(x.Shape, Chance(2) ? $"LinearAttend({x}, {Alike()}, {Alike()}, {heads}, causal: true)"
                    : $"DecayAttend({x}, {Alike()}, Tanh({Alike()}), -Softplus({Alike()}), {heads}) * 0.4f");
            default:
                string block = $"{_name}B{_count++}";
                _blocks.Add((block, $$"""
                    [Block] public sealed partial class {{block}}
                    {
                        [{{Pick(segmented)}}] private partial Tensor A(Tensor x);
                        [Perceptron({{c}}{{Activated()}})] private partial Tensor B(Tensor x);
                        public Tensor Forward(Tensor x) => x + B(A(x));
                    }

                    """));
                return Apply(x, $"Use<{block}>{(Chance(2) ? "(Repeat = 2)" : "")}", x.Shape);
        }
    }

    private string[] CausalLayers(int c, int heads) =>
    [
        $"LinearAttention({heads}, Causal = true)", $"RetNet({heads}, Rope = {(c / heads % 2 == 0 ? "true" : "false")})", $"GatedDelta({heads})",
        "S4D(StateWidth = 4)", "S4(StateWidth = 4)", "Lru(3)", "Mamba(StateWidth = 3)", "Rwkv4",
        $"Rwkv6(HeadWidth = {c}, MixRank = 2, DecayRank = 3)", $"SparseAttention({heads}, {Pick(4, 9)})",
        $"Attention({heads}, Causal = true, Buckets = 4)", $"Attention({heads}, Causal = true, Window = {Pick(1, 5, 66)}, Width = 4, Rope = true)",
        $"Performer({heads}, Causal = true)", "Gau(KeyWidth = 4, Causal = true, Context = 70)",
    ];

    /// <summary>Fewer features, or more.</summary>
    private bool Parts(RandomValue x)
    {
        int c = x.Shape[2].Number;
        if (c > 1 && Chance(2))
        {
            int start = _random.Next(c);
            int length = _random.Next(1, c - start + 1);
            return Add(With(x.Shape, 2, length), $"Slice({x}, 2, {start}, {length})");
        }

        if (c <= 20 && Chance(3))
        {
            return Apply(x, "Hippo(2)", With(x.Shape, 2, 2 * c));
        }

        RandomValue other = Pick(_values);
        int both = c + other.Shape[2].Number;
        return both <= 40 && Add(With(x.Shape, 2, both), $"Concat(2, {x}, {other})");
    }
}
