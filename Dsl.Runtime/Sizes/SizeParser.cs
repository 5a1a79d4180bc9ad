using System;
using System.Globalization;

namespace Dsl;

/// <summary>Recursive descent over the size grammar (see <see cref="Size.Parse"/>).</summary>
internal sealed class SizeParser
{
    private readonly string _text;
    private int _at;

    public SizeParser(string text) => _text = text;

    public Size Read()
    {
        Size size = Sum();
        if (_at < _text.Length)
        {
            throw Unexpected();
        }

        return size;
    }

    private Size Sum()
    {
        Size sum = Product();
        while (true)
        {
            if (Take('+'))
            {
                sum += Product();
            }
            else if (Take('-'))
            {
                sum -= Product();
            }
            else
            {
                return sum;
            }
        }
    }

    private Size Product()
    {
        Size product = Factor();
        while (true)
        {
            if (Take('*'))
            {
                product *= Factor();
            }
            else if (Take('/'))
            {
                Size divisor = Factor();
                if (divisor.Equals(Size.Zero))
                {
                    throw new FormatException($"Size '{_text}' divides by 0.");
                }

                product /= divisor;
            }
            else
            {
                return product;
            }
        }
    }

    private Size Factor()
    {
        if (Take('-'))
        {
            return Factor() * -1;
        }

        if (Take('('))
        {
            Size inner = Sum();
            return Take(')') ? inner : throw Unexpected();
        }

        int start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        string word = _text.Substring(start, _at - start);
        if (word.Length == 0)
        {
            throw Unexpected();
        }

        if (!char.IsDigit(word[0]))
        {
            return Size.Symbol(word);
        }

        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? Size.Of(value)
            : throw new FormatException($"Size '{_text}': '{word}' is not an int.");
    }

    private bool Take(char c)
    {
        while (_at < _text.Length && _text[_at] == ' ')
        {
            _at++;
        }

        if (_at >= _text.Length || _text[_at] != c)
        {
            return false;
        }

        _at++;
        while (_at < _text.Length && _text[_at] == ' ')
        {
            _at++;
        }

        return true;
    }

    private FormatException Unexpected() => new(_at < _text.Length
        ? $"Size '{_text}': unexpected '{_text[_at]}' at position {_at}."
        : $"Size '{_text}' ends too early.");
}
