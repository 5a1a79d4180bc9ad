using System;
using System.Collections.Generic;
using System.IO;

namespace Samples.ListOps;

/// <summary>
/// Expressions of ListOps (Nangia and Bowman 2018, arXiv:1804.06028) as tokens: digits, the beginnings of the lists
/// <c>[MIN</c>, <c>[MAX</c>, <c>[MED</c> (the median, rounded down) and <c>[SM</c> (the sum modulo 10), and <c>]</c>.
/// </summary>
internal static class ListOpsExpression
{
    /// <summary>Tokens are below this.</summary>
    public const int Vocabulary = 15;

    /// <summary>Values are below this.</summary>
    public const int Classes = 10;

    /// <summary>The first operator; digits are below.</summary>
    public const int FirstOperator = 10;

    /// <summary>How many operators there are.</summary>
    public const int Operators = 4;

    /// <summary>What ends a list.</summary>
    public const int End = FirstOperator + Operators;

    private static readonly string[] s_names =
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "[MIN", "[MAX", "[MED", "[SM", "]"];

    /// <summary>The tokens of a text, whose words stand apart. The parentheses that make it a binary tree are left
    /// out.</summary>
    /// <exception cref="InvalidDataException">A word is none of the language.</exception>
    public static int[] Parse(string text)
    {
        var tokens = new List<int>();
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word is "(" or ")")
            {
                continue;
            }

            int token = Array.IndexOf(s_names, word);
            tokens.Add(token >= 0
                ? token
                : throw new InvalidDataException($"'{word}' is no token; there are {string.Join(" ", s_names)}."));
        }

        return [.. tokens];
    }

    /// <summary>The text of tokens.</summary>
    public static string Show(ReadOnlySpan<int> tokens)
    {
        var words = new string[tokens.Length];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = s_names[tokens[i]];
        }

        return string.Join(' ', words);
    }

    /// <summary>The value, 0 to 9.</summary>
    /// <exception cref="InvalidDataException">It is not one whole expression, or a list has nothing in it.</exception>
    public static int Evaluate(ReadOnlySpan<int> tokens)
    {
        var lists = new Stack<(int Operator, List<int> Values)>();
        int? value = null;
        for (int at = 0; at < tokens.Length; at++)
        {
            int token = tokens[at];
            if (value is not null)
            {
                throw new InvalidDataException($"The expression goes on after its end, with token {at + 1}.");
            }

            if (token >= FirstOperator && token < End)
            {
                lists.Push((token, []));
                continue;
            }

            int found = token;
            if (token == End)
            {
                if (!lists.TryPop(out (int Operator, List<int> Values) list) || list.Values.Count == 0)
                {
                    throw new InvalidDataException($"Token {at + 1} ends no list, or one with nothing in it.");
                }

                found = Apply(list.Operator, list.Values);
            }

            if (lists.TryPeek(out (int Operator, List<int> Values) around))
            {
                around.Values.Add(found);
            }
            else
            {
                value = found;
            }
        }

        return value ?? throw new InvalidDataException(
            tokens.Length == 0 ? "There is no expression." : "The expression ends before its lists do.");
    }

    private static int Apply(int op, List<int> values)
    {
        values.Sort();
        int half = values.Count / 2;
        int sum = 0;
        foreach (int value in values)
        {
            sum += value;
        }

        return s_names[op] switch
        {
            "[MIN" => values[0],
            "[MAX" => values[^1],
            "[MED" => values.Count % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2,
            _ => sum % Classes,
        };
    }
}
