using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Dsl.Generator.Emitting;

/// <summary>
/// Finds what repeats in a list of C# expressions, so that a repeated block is printed once: groups of items that
/// follow each other and differ only in integers, each of which goes up or down by the same amount from group to group.
/// It looks at the text alone and so cannot change what the text means.
/// </summary>
internal sealed class Repetition
{
    private const int FewestGroups = 3;
    private const int FewestItems = 8;
    private const int LongestPeriod = 512;

    private readonly IReadOnlyList<string> _items;
    private readonly Token[][] _tokens;
    private readonly int[] _shapes;

    private Repetition(IReadOnlyList<string> items)
    {
        _items = items;
        _tokens = items.Select(static i => Split(i).ToArray()).ToArray();
        var shapes = new Dictionary<string, int>(StringComparer.Ordinal);
        _shapes = _tokens.Select(tokens =>
        {
            string shape = string.Concat(Array.ConvertAll(tokens, static t => t.IsNumber ? "\0" : t.Text));
            return shapes.TryGetValue(shape, out int known) ? known : shapes[shape] = shapes.Count;
        }).ToArray();
    }

    /// <summary>
    /// The items as statements: <c>items.Add(…);</c> for each, and for what repeats
    /// <c>for (int i = 0; i &lt; 12; i++) { items.Add(new($"trunk.{i}.expand", 17 + 8 * i)); … }</c>, downwards when
    /// the index in the names goes down. Null when nothing repeats.
    /// </summary>
    public static IReadOnlyList<string>? Statements(IReadOnlyList<string> items)
    {
        var repetition = new Repetition(items);
        var lines = new List<string>();
        bool found = false;
        for (int at = 0; at < items.Count;)
        {
            (int period, int groups) = repetition.LongestAt(at);
            if (groups == 0)
            {
                lines.Add($"items.Add({items[at++]});");
                continue;
            }

            found = true;
            repetition.Loop(lines, at, period, groups);
            at += period * groups;
        }

        return found ? lines : null;
    }

    private (int Period, int Groups) LongestAt(int at)
    {
        (int Period, int Groups) best = (0, 0);
        for (int period = 1; period <= LongestPeriod && at + (period * FewestGroups) <= _items.Count; period++)
        {
            int groups = _shapes[at] == _shapes[at + period] ? GroupsAt(at, period) : 0;
            if (groups >= FewestGroups && period * groups >= FewestItems && period * groups > best.Period * best.Groups)
            {
                best = (period, groups);
            }
        }

        return best;
    }

    private int GroupsAt(int at, int period)
    {
        int groups = 1;
        while (at + (period * (groups + 1)) <= _items.Count
            && Enumerable.Range(at, period).All(item => Continues(item, period, groups)))
        {
            groups++;
        }

        return groups;
    }

    /// <summary>Whether an item of the first group recurs in a later one with numbers that went on evenly.</summary>
    private bool Continues(int item, int period, int group)
    {
        int there = item + (period * group);
        if (_shapes[item] != _shapes[there])
        {
            return false;
        }

        for (int t = 0; t < _tokens[item].Length; t++)
        {
            if (_tokens[item][t].IsNumber
                && _tokens[there][t].Number != _tokens[item][t].Number + (group * Step(item, period, t)))
            {
                return false;
            }
        }

        return true;
    }

    private long Step(int item, int period, int token) => _tokens[item + period][token].Number - _tokens[item][token].Number;

    private void Loop(List<string> lines, int at, int period, int groups)
    {
        // The index that names have is the loop's own; without one the loop counts from 0.
        var named = (
            from item in Enumerable.Range(at, period)
            from t in Enumerable.Range(0, _tokens[item].Length)
            where _tokens[item][t] is { IsNumber: true, IsQuoted: true } && Math.Abs(Step(item, period, t)) == 1
            select (First: _tokens[item][t].Number, Step: Step(item, period, t))).FirstOrDefault();
        long first = named.First;
        long direction = named.Step == 0 ? 1 : named.Step;
        long last = first + (direction * (groups - 1));
        lines.Add(direction > 0
            ? string.Format(CultureInfo.InvariantCulture, "for (int i = {0}; i < {1}; i++)", first, last + 1)
            : string.Format(CultureInfo.InvariantCulture, "for (int i = {0}; i >= {1}; i--)", first, last));
        lines.Add("{");
        for (int item = at; item < at + period; item++)
        {
            lines.Add($"    items.Add({Text(item, period, first, direction)});");
        }

        lines.Add("}");
    }

    /// <summary>The item with the numbers that vary as expressions of <c>i</c>.</summary>
    private string Text(int item, int period, long first, long direction)
    {
        Token[] tokens = _tokens[item];
        var text = new StringBuilder();
        bool interpolated = false;
        for (int t = 0; t < tokens.Length; t++)
        {
            Token token = tokens[t];
            if (token is { IsQuoted: true, Text: "\"" } && (t == 0 || !tokens[t - 1].IsQuoted))
            {
                interpolated = Quoted(t, tokens).Any(q => tokens[q].IsNumber && Step(item, period, q) != 0);
                text.Append(interpolated ? "$\"" : "\"");
            }
            else if (token.IsNumber && Step(item, period, t) is not 0 and var step)
            {
                string expression = Expression(token.Number, step * direction, first);
                text.Append(token.IsQuoted ? $"{{{expression}}}" : expression);
            }
            else
            {
                text.Append(interpolated && token.IsQuoted ? token.Text.Replace("{", "{{").Replace("}", "}}") : token.Text);
            }
        }

        return text.ToString();
    }

    private static IEnumerable<int> Quoted(int start, Token[] tokens) =>
        Enumerable.Range(start, tokens.Length - start).TakeWhile(t => tokens[t].IsQuoted);

    /// <summary>A number that is <paramref name="value"/> where i is <paramref name="first"/> and changes by
    /// <paramref name="factor"/> with it.</summary>
    private static string Expression(long value, long factor, long first)
    {
        long rest = value - (factor * first);
        string product = Math.Abs(factor) == 1 ? "i" : $"{Number(Math.Abs(factor))} * i";
        return factor < 0 ? $"{Number(rest)} - {product}"
            : rest == 0 ? product
            : rest > 0 ? $"{product} + {Number(rest)}" : $"{product} - {Number(-rest)}";
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Cuts C# into integers and what is between them, inside string literals and outside. Digits that belong
    /// to a name or a fraction are no integers.</summary>
    private static IEnumerable<Token> Split(string code)
    {
        int start = 0;
        bool quoted = false;
        for (int at = 0; at <= code.Length;)
        {
            bool isEnd = at == code.Length;
            if (!isEnd && !char.IsDigit(code[at]) && code[at] != '"')
            {
                at += quoted && code[at] == '\\' ? 2 : 1;
                continue;
            }

            int end = at;
            while (end < code.Length && char.IsDigit(code[end]))
            {
                end++;
            }

            if (!isEnd && code[at] != '"' && !IsInteger(code, at, end, quoted))
            {
                at = end;
                continue;
            }

            if (at > start)
            {
                yield return new Token(code.Substring(start, at - start), quoted, false);
            }

            if (isEnd)
            {
                yield break;
            }

            if (code[at] == '"')
            {
                yield return new Token("\"", true, false);
                quoted = !quoted;
                end = at + 1;
            }
            else
            {
                yield return new Token(code.Substring(at, end - at), quoted, true);
            }

            start = at = end;
        }
    }

    private static bool IsInteger(string code, int start, int end, bool quoted)
    {
        bool plain = end - start <= 15 && (code[start] != '0' || end == start + 1);
        return plain && (quoted || (Stands(code, start - 1, -1, "([{,=") && Stands(code, end, 1, ")]},")));
    }

    /// <summary>Whether an expression may stand in a number's place: what is next to it binds less than any
    /// operator.</summary>
    private static bool Stands(string code, int at, int direction, string neighbours)
    {
        while (at >= 0 && at < code.Length && char.IsWhiteSpace(code[at]))
        {
            at += direction;
        }

        return at < 0 || at >= code.Length || neighbours.IndexOf(code[at]) >= 0;
    }

    /// <summary>A piece of C#.</summary>
    private sealed class Token
    {
        public Token(string text, bool isQuoted, bool isNumber)
        {
            Text = text;
            IsQuoted = isQuoted;
            IsNumber = isNumber;
            Number = isNumber ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        }

        public string Text { get; }

        /// <summary>Whether it is part of a string literal, whose quotes are pieces of their own.</summary>
        public bool IsQuoted { get; }

        public bool IsNumber { get; }

        public long Number { get; }
    }
}
