using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dsl.Generator.Reading;

/// <summary>Checks <c>[Model(Example = "b=128")]</c>, which binds nothing: what is wrong with it would only show in
/// numbers.</summary>
internal static class ExampleSizes
{
    /// <summary>What is wrong with an example, or null.</summary>
    public static Complaint? Check(AttributeData attribute, string example, IEnumerable<FunctionSpec> functions)
    {
        if (attribute.NamedArguments.All(static a => a.Key != "Example")
            || (attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList?.Arguments
                .FirstOrDefault(static a =>
                    a.NameEquals?.Name.Identifier.ValueText == "Example")?.Expression is not { } written)
        {
            return null;
        }

        string[] symbols = functions.SelectMany(static f => f.Inputs).SelectMany(static i => i.Dims).SelectMany(Symbols)
            .Distinct().OrderBy(static s => s, StringComparer.Ordinal).ToArray();
        string corrected = string.Join(", ", symbols.Select(s => $"{s}={Value(example, s)}"));
        Offer[] offers = { new(RemedyVerbs.Replace, written.GetLocation(), $"\"{corrected}\"") };
        Complaint Wrong(string remedy) => new(remedy, written.GetLocation(), offers);
        foreach (string part in example.Split(','))
        {
            string[] pair = part.Split('=').Select(static p => p.Trim()).ToArray();
            if (pair.Length != 2
                || !int.TryParse(pair[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value))
            {
                return Wrong($"'{part.Trim()}' is not a name and its value: write \"{corrected}\"");
            }

            if (value < 1)
            {
                return Wrong($"'{part.Trim()}' is not positive: write \"{corrected}\"");
            }

            if (!symbols.Contains(pair[0]))
            {
                string known = symbols.Length == 0 ? "none" : string.Join(", ", symbols);
                return Wrong($"'{pair[0]}' occurs in no input's [Shape], which have {known}");
            }
        }

        return null;
    }

    private static IEnumerable<string> Symbols(string dim)
    {
        try
        {
            return Size.Parse(dim).Symbols;
        }
        catch (Exception e) when (e is FormatException or OverflowException or DivideByZeroException)
        {
            // Lowering reports it at the shape.
            return Array.Empty<string>();
        }
    }

    /// <summary>The value that an example gives a symbol, or any, if it gives but one; else 1.</summary>
    private static int Value(string example, string symbol)
    {
        string[][] pairs = example.Split(',').Select(static p => p.Split('=')).ToArray();
        string? text = pairs.FirstOrDefault(p => p[0].Trim() == symbol)?.Last()
            ?? (pairs.Length == 1 ? pairs[0].Last() : null);
        return int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
            ? value : 1;
    }
}
