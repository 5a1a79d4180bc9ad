using System;
using System.Linq;

namespace Dsl.Generator.Tests.Chain;

/// <content>What is made of layers: blocks, reversible pairs, functions that are computed again; and tied weights.</content>
internal sealed partial class RandomModels
{
    private bool Composite(RandomValue x)
    {
        if (x.Rank < 2 || !x.Shape[x.Rank == 4 ? 1 : ^1].IsConstant)
        {
            return false;
        }

        RandomValue y = Pick(_values.Where(v => v.IsLike(x)));
        return _random.Next(6) switch
        {
            0 or 1 => Recomputed(x, y),
            2 or 3 => Block(x, y),
            4 => Reversible(x, y),
            _ => Tied(x),
        };
    }

    private bool Recomputed(RandomValue x, RandomValue y)
    {
        string body = x.Shape[^1].IsConstant && Chance(3) ? Widened(x) : Mixed(() => _layers.Where(l => l.From.SequenceEqual(x.Shape) && l.To.SequenceEqual(x.Shape))
            .Select(static l => l.Name).OrderBy(_ => _random.Next()).FirstOrDefault(_ => Chance(3)) ?? Layer(Keeping(x)));
        string name = $"R{_count++}";
        _members.Add((name, $"[Recompute] private Tensor {name}(Tensor x, Tensor y) => {body};"));
        return Add(x.Shape, $"{name}({x}, {y})");
    }

    /// <summary>An expression of x and y with a layer of another width inside.</summary>
    private string Widened(RandomValue x)
    {
        string inner = Layer($"Perceptron({Pick(s_widths)}, Activation = Activation.Tanh)");
        return $"{Layer($"Perceptron({x.Shape[^1]})")}({Apply(Pick(s_smooth), inner + "(x)")}) + y";
    }

    private bool Block(RandomValue x, RandomValue y)
    {
        string layers = "";
        int count = 0;
        string body = Mixed(() =>
        {
            string layer = $"A{count++}";
            layers += $"    [{Keeping(x)}] private partial Tensor {layer}(Tensor x);\n";
            return layer;
        });
        return Add(x.Shape, $"{Use("[Block]", layers, "Tensor", $"=> {body};")}({x}, {y})");
    }

    private bool Reversible(RandomValue x, RandomValue y)
    {
        string layers = $"""
                [{Keeping(x)}] private partial Tensor F(Tensor x);
                [{Keeping(x)}] private partial Tensor G(Tensor x);

            """;
        string block = Use("[Block, Reversible]", layers, "(Tensor First, Tensor Second)",
            "{ Tensor first = x + F(y); return (first, y + G(first)); }");
        var first = new RandomValue($"v{_count++}", x.Shape);
        var second = new RandomValue($"v{_count++}", x.Shape);
        _steps.Add(new RandomStep($"var ({first}, {second}) = {block}({x}, {y});", first, second));
        _values.AddRange([first, second]);
        return true;
    }

    /// <summary>The layer that a new block is, of two inputs.</summary>
    private string Use(string attributes, string layers, string result, string body)
    {
        string block = $"{_name}B{_count++}";
        _blocks.Add((block, $$"""
            {{attributes}} public sealed partial class {{block}}
            {
            {{layers}}    public {{result}} Forward(Tensor x, Tensor y) {{body}}
            }

            """));
        return Layer($"Use<{block}>{(Chance(2) ? $"(Repeat = {Pick(2, 3)})" : "")}", "Tensor x, Tensor y", result);
    }

    private bool Tied(RandomValue x)
    {
        var alike = _layers.Where(l => l.From.Length > 1 && l.From[^1].Equals(x.Shape[^1])
            && _members.Exists(m => m.Name == l.Name && m.Text.StartsWith("[Perceptron", StringComparison.Ordinal)
                && !m.Text.Contains("Tied", StringComparison.Ordinal))).ToList();
        if (alike.Count == 0)
        {
            return false;
        }

        var (name, _, to) = Pick(alike);
        return Add([.. x.Shape[..^1], to[^1]], $"{Layer($"Perceptron({to[^1]}), Tied(nameof({name}))")}({x}) * {name}({x} + 0.5f)");
    }

    /// <summary>An expression of x and y, and of one or two layers.</summary>
    private string Mixed(Func<string> layer) => _random.Next(6) switch
    {
        0 => $"{layer()}({layer()}(x)) + 0.5f * y",
        1 => $"x + Tanh({layer()}(Silu(y)))",
        2 => $"Tanh({layer()}(x)) * y + {layer()}(x)",
        3 => $"{layer()}(x + y) + Dropout({layer()}(y), 0.25f)",
        4 => $"{layer()}(Square(x) * 0.3f + y)",
        _ => $"{layer()}(x) * Sigmoid({layer()}(Tanh(y)))",
    };

    /// <summary>A layer whose result has the shape of its operand.</summary>
    private string Keeping(RandomValue x)
    {
        if (x.Rank == 4)
        {
            return Chance(3) ? "GroupNorm(1, Epsilon = 0.1)" : $"Conv({x.Shape[1]}, {Pick(1, 3)}, Padding = \"same\"{Activated()})";
        }

        int width = x.Shape[^1].Number;
        string heads = $"{(width % 2 == 0 ? 2 : 1)}";
        return _random.Next(x.Rank == 3 ? 8 : 4) switch
        {
            0 => "LayerNorm(Epsilon = 0.1)",
            4 => $"Attention({heads}, Causal = {Pick("true", "false")})",
            5 => $"LinearAttention({heads}, Causal = {Pick("true", "false")})",
            6 => Pick("Lru(3)", "S4D(StateWidth = 4)", "Mamba(StateWidth = 2)", "Rwkv4"),
            _ => $"Perceptron({width}{Activated()})",
        };
    }
}
