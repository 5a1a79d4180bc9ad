using System;
using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain;

/// <summary>
/// Random models: a graph of layers and functions whose shapes fit, with values that several read, seen through different views.
/// Numbers stay near 1 and kinks away from 0, so that a result that is off is a mistake and not a rounding.
/// </summary>
internal sealed partial class RandomModels
{
    /// <summary>Elements of the largest tensor: the interpreter is slow.</summary>
    private const int MostElements = 6000;

    private static readonly int[] s_widths = [2, 3, 4, 5, 6, 7, 8, 8, 12, 16, 17, 19, 20, 33];

    private readonly Random _random;
    private readonly string _name;
    private readonly List<(string Name, string Text)> _inputs = [];
    private readonly List<(string Name, string Text)> _members = [];
    private readonly List<(string Name, string Text)> _blocks = [];
    private readonly List<(string Name, Extent[] From, Extent[] To)> _layers = [];
    private readonly List<RandomStep> _steps = [];
    private readonly List<RandomValue> _values = [];

    /// <summary>What this model is made of, more or less often: models that have little of everything find less.</summary>
    private readonly Func<RandomValue, bool>[] _kinds;
    private Dictionary<string, int> _largest = [];
    private int _count;

    private RandomModels(int seed, string name)
    {
        _random = new Random(seed);
        _name = name;
        Func<RandomValue, bool>[] all =
            [Unary, Binary, Reduction, Move, Product, Learn, Norm, Composite, x => x.Rank == 3 ? Sequence(x) : x.Rank == 4 ? Image(x) : Learn(x)];
        _kinds = [Binary, Learn, .. all.SelectMany(k => Enumerable.Repeat(k, Pick(0, 1, 1, 2, 5)))];
    }

    /// <summary>The model of a seed.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="name">The class.</param>
    public static RandomModel Of(int seed, string name) => new RandomModels(seed, name).Next();

    private RandomModel Next()
    {
        string[] runs = Begin();
        int steps = Chance(8) ? _random.Next(12, 26) : _random.Next(3, 12);
        for (int i = 0; i < steps; i++)
        {
            Step(i == 0);
        }

        // What nothing reads is read by the loss, so that every layer learns.
        var unread = _values.Where(v => _steps.All(s => s.Values.Contains(v) || !Reads(s.Text, v))).ToList();
        var results = new List<RandomValue> { unread[^1] };
        if (Chance(3))
        {
            results = [.. results.Append(Pick(_values)).Append(Pick(_values.Where(static v => v.Rank > 0))).Distinct()];
        }

        string[] terms = [.. unread.Select(Term), .. Chance(3) ? [Term(Pick(_values))] : Array.Empty<string>()];
        return new RandomModel(_name)
        {
            Inputs = _inputs, Members = _members, Blocks = _blocks, Steps = _steps, Runs = runs, Terms = terms,
            Results = [.. results.Select(static r => r.Name)],
            InputGradients = Chance(4),
        };
    }

    /// <summary>Draws inputs and the sizes of the runs.</summary>
    private string[] Begin()
    {
        Extent batch = Chance(4) ? Pick(1, 2, 3, 5) : new Extent(1, "b");
        Extent width = Pick(s_widths);
        Extent n = Chance(4) ? Pick(2, 3, 7, 17) : new Extent(1, "n");
        Extent[] shape = _random.Next(8) switch
        {
            0 or 1 => [batch, width],
            2 or 3 or 4 => [batch, n, width],
            5 or 6 => Chance(6)
                ? [batch, Pick(1, 2, 3, 4, 6), new Extent(Pick(1, 2), "h"), new Extent(Pick(1, 2), "w")]
                : [batch, Pick(1, 2, 3, 4, 6, 8), Pick(4, 5, 6, 7, 8, 9), Pick(4, 5, 6, 7, 8, 17)],
            _ => [batch, Pick(2, 3, 4), Pick(1, 3, 5), Pick(2, 4, 7)],
        };
        string[] symbols = [.. shape.SelectMany(static d => d.Symbols.Split('*', StringSplitOptions.RemoveEmptyEntries))];
        int[] sizes = shape.Length == 2 ? [1, 2, 3, 7, 17, 33] : [1, 2, 3, 5];
        int Size(string symbol, bool isLarge) => symbol switch
        {
            "n" => isLarge ? Pick(33, 40) : Pick(1, 2, 3, 7, 9, 17),
            "h" or "w" => Pick(1, 2, 3, 5, 7),
            _ => Pick(sizes),
        };
        string Run(bool isLarge) => string.Join(" ", symbols.Select(s => $"{s}={Size(s, isLarge)}"));
        string[] runs = symbols.Length == 0 ? [""] : [Run(Chance(3)), Run(false)];
        _largest = runs.SelectMany(ChainCase.SizesOf)
            .GroupBy(static p => p.Key).ToDictionary(static g => g.Key, static g => g.Max(static p => p.Value));
        Input("x", shape);
        if (Chance(3))
        {
            Input("y", Chance(2) ? shape : [.. shape.Select((d, i) => i == shape.Length - 1 && d.IsConstant ? Pick(s_widths) : d)]);
        }

        if (Chance(5))
        {
            Input("z", [.. shape.Skip(_random.Next(1, shape.Length)).Select(d => Chance(5) ? 1 : d)]);
        }

        if (shape.Length == 3 && Chance(4))
        {
            _inputs.Add(("segments", $"[Shape({shape[0]}, {shape[1]})] IntTensor segments"));
            Add([.. shape[..2], width], $"{Layer($"Embedding(3, {width})", "IntTensor x")}(segments)");
        }

        if (shape.Length == 3 && !batch.IsConstant && !n.IsConstant && Chance(8))
        {
            _inputs.Add(("lengths", $"[Shape({batch}), Lengths({n})] IntTensor lengths"));
        }

        return runs;
    }

    private bool HasSegments => _inputs.Exists(static i => i.Name == "segments");

    private void Input(string name, Extent[] shape)
    {
        _inputs.Add((name, $"[Shape({string.Join(", ", shape)})] Tensor {name}"));
        _values.Add(new RandomValue(name, shape));
    }

    /// <summary>One more value: mostly of the one just made, since rules look at chains.</summary>
    private void Step(bool isFirst)
    {
        for (int tries = 0; tries < 60; tries++)
        {
            RandomValue x = Chance(2) ? _values[^1] : Pick(_values);
            int members = _members.Count;
            int layers = _layers.Count;
            int blocks = _blocks.Count;
            int steps = _steps.Count;
            int values = _values.Count;
            bool isMade = (isFirst ? Learn : Pick(_kinds))(x);
            if (isMade && _values.Skip(values).All(v => Elements(v.Shape) is > 0 and <= MostElements && v.Rank <= 6))
            {
                return;
            }

            _members.RemoveRange(members, _members.Count - members);
            _layers.RemoveRange(layers, _layers.Count - layers);
            _blocks.RemoveRange(blocks, _blocks.Count - blocks);
            _steps.RemoveRange(steps, _steps.Count - steps);
            _values.RemoveRange(values, _values.Count - values);
        }
    }

    private int Elements(Extent[] shape) => shape.Aggregate(1, (n, d) => n * d.In(_largest));

    /// <summary>A value and its statement.</summary>
    private bool Add(Extent[] shape, string expression)
    {
        var value = new RandomValue($"v{_count++}", shape);
        _steps.Add(new RandomStep($"var {value} = {expression};", value));
        _values.Add(value);
        return true;
    }

    /// <summary>A layer of one input, by its attribute.</summary>
    private string Layer(string attribute, string inputs = "Tensor x", string result = "Tensor")
    {
        string name = $"L{_count++}";
        _members.Add((name, $"[{attribute}] private partial {result} {name}({inputs});"));
        return name;
    }

    /// <summary>Applies a layer, and lets others of that shape call it, too.</summary>
    private bool Apply(RandomValue x, string attribute, params Extent[] shape)
    {
        string name = Layer(attribute);
        _layers.Add((name, x.Shape, shape));
        return Add(shape, $"{name}({x})");
    }

    private static bool Reads(string text, RandomValue value) =>
        System.Text.RegularExpressions.Regex.IsMatch(text, $@"\b{value}\b");

    private string Term(RandomValue v)
    {
        if (v.Rank == 2 && !v.Shape[0].Equals(new Extent(1)) && v.Shape[1] is { IsConstant: true, Number: > 2 } && Chance(2))
        {
            string label = $"label{_count++}";
            _inputs.Add((label, $"[Shape({v.Shape[0]})] IntTensor {label}"));
            return $"CrossEntropy({v}, {label})";
        }

        RandomValue[] alike = [.. _values.Where(o => o != v && o.IsLike(v))];
        return _random.Next(6) switch
        {
            0 when alike.Length > 0 => $"MeanSquaredError({v}, {Pick(alike)})",
            1 when alike.Length > 0 => $"0.7f * Mean(Tanh({v}) * {Pick(alike)} + Square({v}))",
            2 => $"0.5f * Mean(Square({v} + 0.3f))",
            3 when v.Rank > 1 => $"Mean(Square(Mean({v}, {_random.Next(v.Rank)}) + 0.2f))",
            _ => $"Mean(Square({v}))",
        };
    }

    /// <summary>True once in so many times.</summary>
    private bool Chance(int of) => _random.Next(of) == 0;

    private T Pick<T>(params IEnumerable<T> items)
    {
        var list = items.ToList();
        return list[_random.Next(list.Count)];
    }
}
