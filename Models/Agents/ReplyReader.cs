using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Models.Agents;

/// <summary>
/// Reads a reply from left to right. Nothing in it is ever evaluated.
/// <code>
/// reply  := [ "Thought:" text NL ] "Action:" call { NL call }
/// call   := name "(" [ key "=" quoted { "," key "=" quoted } ] ")"
/// quoted := '…' | "…"     escapes \' \" \\ \n \t \r
/// </code>
/// A quote inside a text needs no escape unless what follows looks like the end of the argument.
/// </summary>
internal sealed class ReplyReader
{
    public const string ActionLabel = "Action:";
    public const string ThoughtLabel = "Thought:";
    private const string EndMark = "[EOS]";

    private readonly string _text;
    private readonly int _end;
    private int _at;

    public ReplyReader(string text)
    {
        _text = text;
        _end = End(text);
    }

    /// <exception cref="ActionFormatException">It is not a reply.</exception>
    public AgentReply Read()
    {
        string? thought = ReadLabels();
        var actions = new List<AgentAction>();
        _at = SkipSpace(_at);
        if (_at == _end)
        {
            throw Wrong(ActionErrorKind.NoAction, _at, "a call");
        }

        while (_at < _end)
        {
            actions.Add(ReadCall());
            int next = SkipSpace(_at);
            if (next < _end && !_text.AsSpan(_at, next - _at).Contains('\n'))
            {
                throw Wrong(ActionErrorKind.CallExpected, next, "a new line before the next call");
            }

            _at = next;
        }

        return new AgentReply(thought, [.. actions]);
    }

    private static int End(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimEnd();
        while (rest.EndsWith(EndMark, StringComparison.Ordinal))
        {
            rest = rest[..^EndMark.Length].TrimEnd();
        }

        return rest.Length;
    }

    private string? ReadLabels()
    {
        int start = SkipSpace(0);
        if (Follows(start, ActionLabel))
        {
            _at = start + ActionLabel.Length;
            return null;
        }

        if (!Follows(start, ThoughtLabel))
        {
            throw Wrong(ActionErrorKind.NoActionLabel, start, "'Thought:' or 'Action:'");
        }

        start += ThoughtLabel.Length;
        for (int line = start; (line = _text.IndexOf('\n', line, _end - line)) >= 0; line++)
        {
            int label = SkipSpace(line + 1, newLines: false);
            if (Follows(label, ActionLabel))
            {
                _at = label + ActionLabel.Length;
                return _text[start..line].Trim();
            }
        }

        throw Wrong(ActionErrorKind.NoActionLabel, _end, "a line that begins with 'Action:'");
    }

    private AgentAction ReadCall()
    {
        int start = _at;
        string name = ReadName();
        _at = SkipSpace(_at);
        if (name.Length == 0 || !TryTake('('))
        {
            throw Wrong(ActionErrorKind.CallExpected, start, "name(…)");
        }

        List<(string Key, Argument Value)> given = ReadArguments();
        ActionRow row = Array.Find(ActionTable.Rows, r => r.Name == name)
            ?? throw Wrong(ActionErrorKind.UnknownAction, start,
                "one of " + string.Join(", ", ActionTable.Rows.Select(static r => r.Name)), name);
        var arguments = new Dictionary<string, Argument>(StringComparer.Ordinal);
        foreach ((string spelling, Argument value) in given)
        {
            string key = ActionTable.KeyOf(row, spelling);
            if (!Array.Exists(row.Keys, k => k.TrimEnd('?') == key))
            {
                throw Wrong(ActionErrorKind.UnknownArgument, value.Position,
                    $"{name}({string.Join(", ", row.Keys)})", spelling);
            }

            if (!arguments.TryAdd(key, value))
            {
                throw Wrong(ActionErrorKind.DuplicateArgument, value.Position, $"one {key}", spelling);
            }
        }

        foreach (string key in row.Keys)
        {
            if (!key.EndsWith('?') && !arguments.ContainsKey(key))
            {
                throw Wrong(ActionErrorKind.MissingArgument, _at - 1, $"{key} of {name}", ")");
            }
        }

        return row.Read(arguments);
    }

    private List<(string Key, Argument Value)> ReadArguments()
    {
        var arguments = new List<(string, Argument)>();
        _at = SkipSpace(_at);
        if (TryTake(')'))
        {
            return arguments;
        }

        do
        {
            _at = SkipSpace(_at);
            int start = _at;
            string key = ReadName();
            _at = SkipSpace(_at);
            bool assigned = key.Length > 0 && TryTake('=');
            _at = SkipSpace(_at);
            if (!assigned || _at == _end || _text[_at] is not ('\'' or '"'))
            {
                throw Wrong(ActionErrorKind.ArgumentExpected, start, "key='text' or ')'");
            }

            arguments.Add((key, new Argument(start, _at + 1, ReadQuoted())));
            _at = SkipSpace(_at);
        }
        while (TryTake(','));

        return TryTake(')') ? arguments : throw Wrong(ActionErrorKind.ArgumentExpected, _at, "',' or ')'");
    }

    private string ReadQuoted()
    {
        int start = _at;
        char quote = _text[_at++];
        var text = new StringBuilder();
        for (; _at < _end; _at++)
        {
            char next = _text[_at];
            if (next == quote && Closes(_at + 1))
            {
                _at++;
                return text.ToString();
            }

            text.Append(next == '\\' ? ReadEscape() : next);
        }

        throw Wrong(ActionErrorKind.UnterminatedText, start, $"{quote} at the end of the text");
    }

    private char ReadEscape()
    {
        int backslash = _at++;
        return _at == _end ? '\\' : _text[_at] switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '\\' or '\'' or '"' => _text[_at],
            _ => throw Wrong(ActionErrorKind.UnknownEscape, backslash, @"\' \"" \\ \n \t or \r"),
        };
    }

    /// <summary>Whether the end of an argument follows: <c>)</c> at the end of a line, or <c>, key =</c>.</summary>
    private bool Closes(int at)
    {
        at = SkipSpace(at);
        if (at < _end && _text[at] == ')')
        {
            at = SkipSpace(at + 1, newLines: false);
            return at == _end || _text[at] == '\n';
        }

        if (at == _end || _text[at] != ',')
        {
            return false;
        }

        int key = SkipSpace(at + 1);
        int equals = SkipName(key);
        int sign = SkipSpace(equals);
        return equals > key && sign < _end && _text[sign] == '=';
    }

    private string ReadName()
    {
        int start = _at;
        _at = SkipName(_at);
        return _text[start.._at];
    }

    private int SkipName(int at)
    {
        if (at == _end || char.IsAsciiDigit(_text[at]))
        {
            return at;
        }

        while (at < _end && (char.IsAsciiLetterOrDigit(_text[at]) || _text[at] == '_'))
        {
            at++;
        }

        return at;
    }

    private int SkipSpace(int at, bool newLines = true)
    {
        while (at < _end && char.IsWhiteSpace(_text[at]) && (newLines || _text[at] != '\n'))
        {
            at++;
        }

        return at;
    }

    private bool Follows(int at, string label) =>
        _text.AsSpan(at, _end - at).StartsWith(label, StringComparison.Ordinal);

    private bool TryTake(char wanted)
    {
        bool there = _at < _end && _text[_at] == wanted;
        _at += there ? 1 : 0;
        return there;
    }

    private ActionFormatException Wrong(ActionErrorKind kind, int position, string expected, string? found = null) =>
        new(new ActionError(kind, position, found ?? _text[position..Math.Min(_end, position + 20)], expected));
}
