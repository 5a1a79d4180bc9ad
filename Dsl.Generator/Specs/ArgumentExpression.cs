using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Dsl.Generator.Reading;
using Microsoft.CodeAnalysis.Operations;

namespace Dsl.Generator.Specs;

/// <summary>
/// Expressions over the constructor parameters of a block, with the meaning they have in C#. As text, prefix form with
/// the names of operators as Roslyn has them: <c>(GreaterThan middle 0)</c>, <c>(Add 1 (Multiply 2 width))</c>.
/// </summary>
internal static class ArgumentExpression
{
    /// <summary>What stands before an expression where a literal is expected.</summary>
    public const char Mark = '=';

    /// <summary>A constant as an operand: <c>3</c>, <c>3L</c>, <c>0.5f</c>, <c>true</c>, <c>"same"</c>.</summary>
    public static string Atom(object? value) => value switch
    {
        null => "null",
        bool b => b ? "true" : "false",
        string s => "\"" + s.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"",
        float f => f.ToString("R", CultureInfo.InvariantCulture) + "f",
        double d => d.ToString("R", CultureInfo.InvariantCulture) + "d",
        long l => l.ToString(CultureInfo.InvariantCulture) + "L",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>An operator on operands.</summary>
    public static string Apply(string op, params string[] operands) => $"({op} {string.Join(" ", operands)})";

    /// <summary>The value of an expression.</summary>
    /// <exception cref="FormatException">It is no expression, a name is unknown, or an operator does not
    /// apply.</exception>
    /// <exception cref="DivideByZeroException">It divides by 0.</exception>
    public static object? Evaluate(string expression, IReadOnlyDictionary<string, object> arguments)
    {
        var reader = new Reader(expression, arguments);
        object? value = reader.Read(evaluate: true);
        return reader.AtEnd ? value : throw new FormatException($"'{expression}' goes on after its end.");
    }

    private sealed class Reader
    {
        private readonly string _text;
        private readonly IReadOnlyDictionary<string, object> _arguments;
        private int _at;

        public Reader(string text, IReadOnlyDictionary<string, object> arguments)
        {
            _text = text;
            _arguments = arguments;
        }

        public bool AtEnd
        {
            get
            {
                while (_at < _text.Length && _text[_at] == ' ')
                {
                    _at++;
                }

                return _at >= _text.Length;
            }
        }

        /// <summary>Reads an expression; computes it unless it stands behind a condition that decides without
        /// it.</summary>
        public object? Read(bool evaluate)
        {
            if (AtEnd)
            {
                throw new FormatException($"'{_text}' ends too early.");
            }

            if (_text[_at] != '(')
            {
                return Atom();
            }

            _at++;
            string op = Word();
            object? left = Read(evaluate);
            bool decided = (op == nameof(BinaryOperatorKind.ConditionalAnd) && left is false)
                || (op == nameof(BinaryOperatorKind.ConditionalOr) && left is true);
            var rest = new List<object?>();
            while (!AtEnd && _text[_at] != ')')
            {
                rest.Add(Read(evaluate && !decided));
            }

            _at++;
            return !evaluate || decided ? left : Apply(op, left, rest);
        }

        private object? Apply(string op, object? left, List<object?> rest)
        {
            object? result = null;
            if (rest.Count == 1 && Enum.TryParse(op, out BinaryOperatorKind binary))
            {
                if (binary is (BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder) && rest[0] is 0 or 0L)
                {
                    throw new DivideByZeroException($"'{_text}' divides by 0.");
                }

                result = Constants.Fold(binary, left, rest[0]);
            }
            else if (rest.Count == 0)
            {
                result = op switch
                {
                    "int" => Convert.ToInt32(Truncated(left), CultureInfo.InvariantCulture),
                    "long" => Convert.ToInt64(Truncated(left), CultureInfo.InvariantCulture),
                    "float" => Convert.ToSingle(left, CultureInfo.InvariantCulture),
                    "double" => Convert.ToDouble(left, CultureInfo.InvariantCulture),
                    _ => Enum.TryParse(op, out UnaryOperatorKind unary) ? Constants.Fold(unary, left) : null,
                };
            }

            return result ?? throw new FormatException($"'{op}' in '{_text}' does not apply to its operands.");
        }

        private static object? Truncated(object? value) => value switch
        {
            float f => Math.Truncate(f),
            double d => Math.Truncate(d),
            _ => value,
        };

        private object? Atom()
        {
            if (_text[_at] == '"')
            {
                return Quoted();
            }

            string word = Word();
            const NumberStyles Style = NumberStyles.Float;
            CultureInfo culture = CultureInfo.InvariantCulture;
            char kind = word[word.Length - 1];
            string number = word.Substring(0, word.Length - 1);
            return _arguments.TryGetValue(word, out object? argument) ? argument
                : word == "true" ? true
                : word == "false" ? false
                : word == "null" ? null
                : int.TryParse(word, NumberStyles.AllowLeadingSign, culture, out int i) ? i
                : kind == 'L' && long.TryParse(number, NumberStyles.AllowLeadingSign, culture, out long l) ? l
                : kind == 'f' && float.TryParse(number, Style, culture, out float f) ? f
                : kind == 'd' && double.TryParse(number, Style, culture, out double d) ? d
                : throw new FormatException($"'{word}' in '{_text}' is no constructor parameter.");
        }

        private string Quoted()
        {
            var value = new StringBuilder();
            for (_at++; _at < _text.Length && _text[_at] != '"'; _at++)
            {
                _at += _text[_at] == '\\' ? 1 : 0;
                value.Append(_text[_at]);
            }

            _at++;
            return value.ToString();
        }

        private string Word()
        {
            int start = _at;
            while (_at < _text.Length && _text[_at] is not (' ' or '(' or ')'))
            {
                _at++;
            }

            return _at > start
                ? _text.Substring(start, _at - start)
                : throw new FormatException($"'{_text}' lacks a word at {start}.");
        }
    }
}
