using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>An extent of a random model: a number, or a number times symbols.</summary>
internal readonly record struct Extent(int Number, string Symbols = "")
{
    public bool IsConstant => Symbols.Length == 0;

    public static implicit operator Extent(int number) => new(number);

    public static Extent operator *(Extent a, Extent b) => new(a.Number * b.Number, string.Join(
        '*', (a.Symbols + "*" + b.Symbols).Split('*', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));

    /// <summary>The number of elements in a run.</summary>
    public int In(IReadOnlyDictionary<string, int> sizes) =>
        Symbols.Split('*', StringSplitOptions.RemoveEmptyEntries).Aggregate(Number, (n, s) => n * sizes[s]);

    /// <summary>As an argument of <c>[Shape]</c>.</summary>
    public override string ToString() => IsConstant ? $"{Number}" : Number == 1 ? $"\"{Symbols}\"" : $"\"{Number}*{Symbols}\"";
}

/// <summary>A tensor that a random model has computed.</summary>
internal sealed record RandomValue(string Name, Extent[] Shape)
{
    public int Rank => Shape.Length;

    public bool IsLike(RandomValue other) => Shape.SequenceEqual(other.Shape);

    public override string ToString() => Name;
}

/// <summary>Statements, and the values that they name.</summary>
internal sealed record RandomStep(string Text, params RandomValue[] Values);

/// <summary>A model as what may be left out of it: what nothing needs is not printed.</summary>
internal sealed record RandomModel(string Name)
{
    /// <summary>Parameters of <c>Forward</c> and <c>Loss</c>, each with its attribute, by name.</summary>
    public IReadOnlyList<(string Name, string Text)> Inputs { get; init; } = [];

    /// <summary>Layers and functions by name.</summary>
    public IReadOnlyList<(string Name, string Text)> Members { get; init; } = [];

    /// <summary>Classes that layers use, by name.</summary>
    public IReadOnlyList<(string Name, string Text)> Blocks { get; init; } = [];

    public IReadOnlyList<RandomStep> Steps { get; init; } = [];

    /// <summary>What <c>Forward</c> returns.</summary>
    public IReadOnlyList<string> Results { get; init; } = [];

    /// <summary>What <c>Loss</c> adds up.</summary>
    public IReadOnlyList<string> Terms { get; init; } = [];

    public IReadOnlyList<string> Runs { get; init; } = [];

    public bool InputGradients { get; init; }

    /// <summary>Whether it takes positions one by one, too. Then there is no loss.</summary>
    public bool TakesSteps { get; init; }

    /// <summary>Statements and the loss as they are written.</summary>
    public int Length => Needed(Results.Concat(Terms)).Count;

    public ChainCase Case => new(Name, Body)
    {
        Runs = [.. Runs],
        InputGradients = InputGradients,
        Model = $"Demo.{Name}",

        // A branch with a stride beside one without is odd, and allowed.
        Sources = [$$"""
            namespace Demo;

            #pragma warning disable DSL2201

            [Model{{(InputGradients ? "(InputGradients = true)" : TakesSteps ? "(Steps = \"n\")" : "")}}] public sealed partial class {{Name}}
            {
            {{Body}}
            }

            {{string.Join("\n", Blocks.Where(b => Mentions(Body, b.Name)).Select(static b => b.Text))}}
            """],
    };

    /// <summary>The members of the class.</summary>
    public string Body
    {
        get
        {
            List<RandomStep> forward = Needed(Results);
            List<RandomStep> loss = Needed(Terms);
            string text = string.Join("\n", Results.Concat(Terms).Concat(forward.Concat(loss).Select(static s => s.Text)));
            var members = Members.Reverse().Where(m =>
            {
                bool isUsed = Mentions(text, m.Name);
                text += isUsed ? m.Text : "";
                return isUsed;
            }).Reverse().Select(static m => $"    {m.Text}\n");
            string results = Results.Count == 1 ? Results[0] : $"({string.Join(", ", Results)})";
            string type = Results.Count == 1
                ? "Tensor" : $"({string.Join(", ", Results.Select(static (_, i) => $"Tensor Y{i}"))})";
            return string.Concat(members)
                + Method($"{type} Forward", forward, results)
                + (TakesSteps ? "" : "\n" + Method("Tensor Loss", loss, string.Join(" + ", Terms)));
        }
    }

    /// <summary>Smaller models, those first from which most is gone.</summary>
    public IEnumerable<RandomModel> Smaller()
    {
        foreach (string term in Terms.Where(_ => Terms.Count > 1))
        {
            yield return this with { Terms = [term] };
        }

        foreach (string result in Results.Where(_ => Results.Count > 1))
        {
            yield return this with { Results = [result] };
        }

        if (InputGradients)
        {
            yield return this with { InputGradients = false };
        }

        foreach (string run in Runs.Where(_ => Runs.Count > 1))
        {
            yield return this with { Runs = [run] };
        }

        List<RandomStep> needed = Needed(Results.Concat(Terms));
        foreach (RandomStep step in needed)
        {
            foreach (RandomValue value in step.Values)
            {
                var earlier = Steps.TakeWhile(s => s != step).SelectMany(static s => s.Values).Where(value.IsLike);
                foreach (RandomValue other in earlier.OrderBy(v => Needed([v.Name]).Count))
                {
                    RandomModel smaller = Replacing(value.Name, other.Name);
                    if (smaller.Length < Length)
                    {
                        yield return smaller;
                    }
                }
            }
        }

        foreach (RandomStep step in needed)
        {
            foreach (RandomValue value in step.Values)
            {
                string term = $"Mean(Square({value}))";
                if (Needed([term]).Count < Length && (!TakesSteps || value.Rank == 3))
                {
                    yield return this with { Terms = TakesSteps ? [] : [term], Results = [value.Name] };
                }
            }
        }

        foreach (string term in Terms)
        {
            foreach (Match name in Regex.Matches(term, @"\bv\d+\b"))
            {
                string simple = $"Mean(Square({name.Value}))";
                if (simple.Length < term.Length)
                {
                    yield return this with { Terms = [.. Terms.Select(t => t == term ? simple : t)] };
                }
            }
        }
    }

    private RandomModel Replacing(string name, string other)
    {
        string In(string text) => Regex.Replace(text, $@"\b{name}\b(?! =|,.*\) =)", other);
        return this with
        {
            Steps = [.. Steps.Select(s => s with { Text = s.Values.Any(v => v.Name == name) ? s.Text : In(s.Text) })],
            Results = [.. Results.Select(In)],
            Terms = [.. Terms.Select(In)],
        };
    }

    /// <summary>The steps that some texts need, in order.</summary>
    private List<RandomStep> Needed(IEnumerable<string> texts)
    {
        string text = string.Join("\n", texts);
        var needed = new List<RandomStep>();
        foreach (RandomStep step in Steps.Reverse())
        {
            if (step.Values.Any(v => Mentions(text, v.Name)))
            {
                needed.Insert(0, step);
                text += "\n" + step.Text;
            }
        }

        return needed;
    }

    private string Method(string head, List<RandomStep> steps, string result)
    {
        // Labels are the loss's alone.
        string inputs = string.Join(", ", Inputs.Where(i => !i.Name.StartsWith("label", StringComparison.Ordinal)
            || Terms.Any(t => Mentions(t, i.Name)) && head.EndsWith("Loss", StringComparison.Ordinal)).Select(static i => i.Text));
        string lines = string.Concat(steps.Where(static s => s.Text.Length > 0).Select(static s => $"        {s.Text}\n"));
        return $"    public {head}({inputs})\n    {{\n{lines}        return {result};\n    }}";
    }

    private static bool Mentions(string text, string name) => Regex.IsMatch(text, $@"\b{name}\b");
}
