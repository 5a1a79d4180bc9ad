using System;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Dsl.Generator.Reading;

/// <summary>The user's documentation comment. The one on the generated half of a member replaces it, so it is repeated
/// there.</summary>
internal static class DocumentationText
{
    /// <summary>Lines without <c>///</c>, joined by <c>\n</c>; empty when there is no comment. Works on the trivia's
    /// text, so it does not matter whether the compiler was asked to parse documentation.</summary>
    public static string Of(SyntaxNode declaration) => string.Join("\n", declaration.GetLeadingTrivia()
        .Select(static t => t.ToFullString().Trim())
        .Where(static text => text.StartsWith("///", StringComparison.Ordinal))
        .SelectMany(static text => text.Split('\n'))
        .Select(static line => line.Trim())
        .Where(static line => line.StartsWith("///", StringComparison.Ordinal))
        .Select(static line => line.Length > 3 && line[3] == ' ' ? line.Substring(4) : line.Substring(3)));
}
