using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>Reads size texts; what is wrong with them becomes a problem at their site.</summary>
internal static class SizeReading
{
    /// <param name="text">The text, in the size grammar.</param>
    /// <param name="known">The symbols that inputs declare; null while they are being declared.</param>
    /// <param name="where">For messages: <c>argument 'Units' of 'Hidden'</c>.</param>
    /// <param name="site">The site of a problem.</param>
    /// <param name="correct">The change of the source that writes other texts in place of this one; none when
    /// null.</param>
    public static Size Read(
        string text, ICollection<string>? known, string where, int site, Func<string[], Remedy?>? correct = null)
    {
        Size size;
        try
        {
            size = Size.Parse(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException or DivideByZeroException)
        {
            throw new ProblemException(ProblemIds.SizeDoesNotParse, site, where, text, e.Message)
                .Offer(correct is not null && List(text) is { } sizes ? correct(sizes) : null);
        }

        string? unknown = known is null ? null : size.Symbols.FirstOrDefault(s => !known.Contains(s));
        return unknown is null
            ? size
            : throw new ProblemException(
                ProblemIds.UnknownSymbol,
                site,
                unknown,
                where,
                known!.Count == 0 ? "none" : string.Join(", ", known.OrderBy(static s => s, StringComparer.Ordinal)))
                .Offer(correct is not null && NearSymbols.Correct(text, unknown, known!) is { } near
                    ? correct(new[] { near })
                    : null);
    }

    /// <summary>All sizes of a shape that was written as one text, <c>"b, 1, 28, 28"</c>, or null.</summary>
    private static string[]? List(string text)
    {
        string[] sizes = text.Split(',', ';').Select(static s => s.Trim()).ToArray();
        try
        {
            return sizes.Length > 1 && sizes.Select(Size.Parse).ToArray().Length > 0 ? sizes : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException or DivideByZeroException)
        {
            return null;
        }
    }
}
