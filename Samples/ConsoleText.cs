using System;
using Spectre.Console;

namespace Samples;

/// <summary>Text that must not be broken at the terminal's width.</summary>
internal static class ConsoleText
{
    /// <summary>Writes lines as they are: columns stay columns, also in a file or a narrow terminal.</summary>
    public static void WriteTable(this IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);

    /// <summary>A line without colours, the culture's neither: the first coloured one costs as much as several training
    /// steps, so what is said before training is plain.</summary>
    public static void WriteNote(this IAnsiConsole console, FormattableString text) =>
        console.Profile.Out.Writer.WriteLine(FormattableString.Invariant(text));
}
