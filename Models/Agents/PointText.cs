using System;
using System.Globalization;

namespace Models.Agents;

/// <summary>Places in the spellings that models of the family use: <c>&lt;point&gt;x y&lt;/point&gt;</c>, <c>(x,y)</c>,
/// four numbers of a box, whose middle is meant, with brackets of either kind, and box marks around those.</summary>
internal static class PointText
{
    private const string Open = "<point>";
    private const string Close = "</point>";
    private const string BoxStart = "<|box_start|>";
    private const string BoxEnd = "<|box_end|>";

    public static bool TryRead(string text, out AgentPoint point)
    {
        point = default;
        ReadOnlySpan<char> inner = text.AsSpan().Trim();
        if (TryUnwrap(ref inner, Open, Close))
        {
            Span<double> pair = stackalloc double[2];
            return TryNumbers(inner, pair, commas: false, out int count) && count == 2
                && TryMake(pair[0], pair[1], out point);
        }

        TryUnwrap(ref inner, BoxStart, BoxEnd);
        if (!TryUnwrap(ref inner, "(", ")") && !TryUnwrap(ref inner, "[", "]"))
        {
            return false;
        }

        Span<double> numbers = stackalloc double[4];
        return TryNumbers(inner, numbers, commas: true, out int found) && found switch
        {
            2 => TryMake(numbers[0], numbers[1], out point),
            4 => TryMake((numbers[0] + numbers[2]) / 2, (numbers[1] + numbers[3]) / 2, out point),
            _ => false,
        };
    }

    /// <summary>The shortest text of plain digits that reads back as the number.</summary>
    public static string Number(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E', StringComparison.Ordinal)
            ? value.ToString("F340", CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.')
            : text;
    }

    public static string Write(AgentPoint point) => $"{Open}{Number(point.X)} {Number(point.Y)}{Close}";

    private static bool TryMake(double x, double y, out AgentPoint point)
    {
        bool finite = double.IsFinite(x) && double.IsFinite(y);
        point = finite ? new AgentPoint(x, y) : default;
        return finite;
    }

    private static bool TryUnwrap(ref ReadOnlySpan<char> text, string open, string close)
    {
        bool wrapped = text.Length >= open.Length + close.Length
            && text.StartsWith(open, StringComparison.Ordinal) && text.EndsWith(close, StringComparison.Ordinal);
        text = wrapped ? text[open.Length..^close.Length].Trim() : text;
        return wrapped;
    }

    /// <summary>Numbers with one comma between them, or space when commas are not needed.</summary>
    private static bool TryNumbers(ReadOnlySpan<char> text, Span<double> numbers, bool commas, out int count)
    {
        count = 0;
        while (count < numbers.Length)
        {
            int length = NumberLength(text);
            if (length == 0)
            {
                return false;
            }

            numbers[count++] = double.Parse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture);
            ReadOnlySpan<char> after = text[length..];
            text = after.TrimStart();
            if (text.IsEmpty)
            {
                return true;
            }

            bool spaced = text.Length < after.Length;
            if (text[0] == ',')
            {
                text = text[1..].TrimStart();
            }
            else if (commas || !spaced)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Characters of <c>-?digits(.digits)?</c> at the start; none when there is no such number.</summary>
    private static int NumberLength(ReadOnlySpan<char> text)
    {
        int at = text.StartsWith('-') ? 1 : 0;
        int digits = Digits(text[at..]);
        if (digits == 0)
        {
            return 0;
        }

        at += digits;
        int decimals = at < text.Length && text[at] == '.' ? Digits(text[(at + 1)..]) : 0;
        return decimals == 0 ? at : at + 1 + decimals;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        int other = text.IndexOfAnyExceptInRange('0', '9');
        return other < 0 ? text.Length : other;
    }
}
