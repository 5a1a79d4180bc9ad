using System;
using System.Text;

namespace Dsl.Generator.Emitting;

/// <summary>Text with indentation; lines end with <c>\n</c> on every system.</summary>
internal sealed class SurfaceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>One or more lines at the present depth; empty lines stay empty.</summary>
    public SurfaceWriter Line(string text = "")
    {
        foreach (string line in text.Replace("\r", "").Split('\n'))
        {
            _text.Append(line.Length > 0 ? new string(' ', 4 * _depth) : "").Append(line).Append('\n');
        }

        return this;
    }

    /// <summary><c>{</c>, what <paramref name="content"/> writes one level deeper, <c>}</c>.</summary>
    public SurfaceWriter Block(string header, Action content)
    {
        Line(header).Line("{");
        _depth++;
        content();
        _depth--;
        return Line("}");
    }

    /// <summary>A line one level deeper: the body of an expression-bodied member.</summary>
    public SurfaceWriter Deeper(string text)
    {
        _depth++;
        Line(text);
        _depth--;
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
