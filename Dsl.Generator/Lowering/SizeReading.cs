using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;

namespace Dsl.Generator.Lowering;

/// <summary>Reads size texts; what is wrong with them becomes a problem at their site.</summary>
internal static class SizeReading
{
    /// <param name="text">The text, in the size grammar.</param>
    /// <param name="known">The symbols that inputs declare; null while they are being declared.</param>
    /// <param name="where">For messages: <c>argument 'Units' of 'Hidden'</c>.</param>
    /// <param name="site">The site of a problem.</param>
    public static Size Read(string text, ICollection<string>? known, string where, int site)
    {
        Size size;
        try
        {
            size = Size.Parse(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException or DivideByZeroException)
        {
            throw new ProblemException(ProblemIds.SizeDoesNotParse, site, where, text, e.Message);
        }

        string? unknown = known is null ? null : size.Symbols.FirstOrDefault(s => !known.Contains(s));
        return unknown is null
            ? size
            : throw new ProblemException(
                ProblemIds.UnknownSymbol,
                site,
                unknown,
                where,
                known!.Count == 0 ? "none" : string.Join(", ", known.OrderBy(static s => s, StringComparer.Ordinal)));
    }
}
