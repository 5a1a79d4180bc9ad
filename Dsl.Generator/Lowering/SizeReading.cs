using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>The names that sizes may use, and what they stand for: a model's symbols stand for themselves, a block's
/// constructor parameters for arguments and the names in its inputs' shapes for the sizes it is given.</summary>
internal sealed class SizeNames
{
    private readonly SortedDictionary<string, Size> _sizes = new(StringComparer.Ordinal);

    /// <param name="block">The block whose names they are; null for a model.</param>
    public SizeNames(string? block = null) => Block = block;

    public string? Block { get; }

    public IEnumerable<string> Names => _sizes.Keys;

    public void Add(string name, Size size) => _sizes[name] = size;

    public Size? Find(string name) => _sizes.TryGetValue(name, out Size? size) ? size : null;
}

/// <summary>Reads size texts; what is wrong with them becomes a problem at their site.</summary>
internal static class SizeReading
{
    /// <param name="text">The text, in the size grammar.</param>
    /// <param name="known">The names that may occur; null while the inputs of a model declare them.</param>
    /// <param name="where">For messages: <c>argument 'Units' of 'Hidden'</c>.</param>
    /// <param name="site">The site of a problem.</param>
    /// <param name="correct">The change of the source that writes other texts in place of this one; none when
    /// null.</param>
    public static Size Read(
        string text, SizeNames? known, string where, int site, Func<string[], Remedy?>? correct = null)
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

        if (known is null)
        {
            return size;
        }

        if (size.Symbols.FirstOrDefault(s => known.Find(s) is null) is { } unknown)
        {
            string names = known.Names.Any() ? string.Join(", ", known.Names) : "none";
            ProblemException problem = known.Block is { } block
                ? new ProblemException(ProblemIds.UnknownParameter, site, unknown, where, block, names)
                : new ProblemException(ProblemIds.UnknownSymbol, site, unknown, where, names);
            throw problem.Offer(correct is not null && NearSymbols.Correct(text, unknown, known.Names.ToArray()) is { } near
                ? correct(new[] { near })
                : null);
        }

        try
        {
            return size.Substitute(known.Find);
        }
        catch (Exception e) when (e is OverflowException or DivideByZeroException)
        {
            throw new ProblemException(ProblemIds.SizeDoesNotParse, site, where, text, e.Message);
        }
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
