using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Dsl.Generator.Reading;

/// <summary>Symbols as C# text.</summary>
internal static class SymbolText
{
    /// <summary>The header of another part of a class, e.g. <c>public sealed partial class</c>.</summary>
    public static string Header(INamedTypeSymbol type) => string.Concat(
        SyntaxFacts.GetText(type.DeclaredAccessibility),
        type.IsStatic ? " static" : type.IsSealed ? " sealed" : type.IsAbstract ? " abstract" : "",
        type.IsRecord ? " partial record" : " partial class");

    /// <summary>The namespace, empty for the global one.</summary>
    public static string Namespace(INamedTypeSymbol type) =>
        type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();

    /// <summary>Whether every part of a class is declared partial.</summary>
    public static bool IsPartial(INamedTypeSymbol type) => ModelDeclaration.NotPartial(type) is null;

    /// <summary>An identifier, with @ when it is a keyword.</summary>
    public static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
