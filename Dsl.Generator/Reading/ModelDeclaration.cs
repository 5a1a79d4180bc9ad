using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dsl.Generator.Reading;

/// <summary>The rules for the class itself and the names in it, and what to offer where something is missing.</summary>
internal static class ModelDeclaration
{
    private static readonly string[] s_forward = { "Forward" };

    /// <summary>The members that the surface adds to every model.</summary>
    public static IReadOnlyCollection<string> MembersOfModel { get; } = new[]
    {
        "Parameters", "Summary", "Compiled", "Plan", "Explain", "CreateSession", "Session", "ReceptiveFields",
    };

    /// <summary>Why a class cannot be a model, in words that follow "is"; null when it can.</summary>
    public static string? Unfit(INamedTypeSymbol type) => type switch
    {
        { ContainingType: not null } => "nested",
        { IsGenericType: true } => "generic",
        { IsStatic: true } => "static",
        { IsFileLocal: true } => "visible in its file only",
        _ => null,
    };

    /// <summary>The part of a class that is not partial, or null.</summary>
    public static Location? NotPartial(INamedTypeSymbol type) => type.DeclaringSyntaxReferences
        .Select(static r => r.GetSyntax())
        .OfType<TypeDeclarationSyntax>()
        .FirstOrDefault(static d => !d.Modifiers.Any(SyntaxKind.PartialKeyword))?.Identifier.GetLocation();

    /// <summary>The members that the surface adds to every block.</summary>
    public static IReadOnlyCollection<string> MembersOfBlock { get; } = new[] { "Parameters" };

    /// <summary>Members whose name is another's: where, the name, and whose.</summary>
    /// <param name="type">The class.</param>
    /// <param name="written">The members that the build writes.</param>
    public static IEnumerable<(Location Location, string Name, string Owner)> Clashes(
        INamedTypeSymbol type, IReadOnlyCollection<string> written)
    {
        foreach (ISymbol member in type.GetMembers()
            .Where(m => written.Contains(m.Name) && m.CanBeReferencedByName))
        {
            yield return (member.Locations[0], member.Name, "is the name of a member that the build writes");
        }

        var methods = type.GetMembers().OfType<IMethodSymbol>().Where(static m => m.MethodKind == MethodKind.Ordinary);
        foreach (IGrouping<string, IMethodSymbol> group in methods.GroupBy(static m => m.Name, StringComparer.Ordinal))
        {
            bool isEntry = group.Key is "Forward" or "Loss";
            foreach (IMethodSymbol second in group.Skip(1).Where(m => isEntry || LayerReader.LayerAttributes(m).Any()))
            {
                yield return (second.Locations[0], second.Name, isEntry
                    ? $"is declared twice, and the build reads one '{second.Name}'"
                    : "is the name of another layer, and names parameters in checkpoints");
            }
        }
    }

    /// <summary>How a class without <c>Forward</c> gets one: a method that is called nearly so, else a new one that
    /// applies its layers in order.</summary>
    public static Offer ForwardOf(INamedTypeSymbol type)
    {
        var methods = type.GetMembers().OfType<IMethodSymbol>().Where(static m => m.MethodKind == MethodKind.Ordinary)
            .ToArray();
        IMethodSymbol? near = methods.FirstOrDefault(m =>
            m.ReturnType.Is(Names.Tensor)
            && !LayerReader.LayerAttributes(m).Any()
            && (m.Parameters.Any(static p => p.Has(Names.Shape)) || Advice.Nearest(m.Name, s_forward) is not null)
            && m.Name != "Loss");
        if (near is not null)
        {
            return new Offer(RemedyVerbs.Rename, near.Locations[0], "Forward");
        }

        string body = methods
            .Where(m => LayerReader.LayerAttributes(m).Any() && Signature.OfLayer(m) is null
                && m.Parameters.Length == 1)
            .Aggregate("x", static (x, layer) => $"{layer.Name}({x})");
        string shape = type.Has(Names.Model) ? $"[{GuessedShape(type)}] " : "";
        return new Offer(
            RemedyVerbs.AddMember, type.Locations[0], $"public Tensor Forward({shape}Tensor x) => {body};");
    }

    /// <summary>The <c>[Shape]</c> that an input most likely has: that of the same input elsewhere, of the output where
    /// it is compared with it, or one that the layers can take.</summary>
    public static Offer ShapeOf(IParameterSymbol input, IMethodSymbol method)
    {
        var others = method.ContainingType.GetMembers().OfType<IMethodSymbol>()
            .SelectMany(static m => m.Parameters)
            .Where(p => p.Name == input.Name && SymbolEqualityComparer.Default.Equals(p.Type, input.Type));
        string? known = others.Select(static p => p.Attribute(Names.Shape)).Select(Written)
            .FirstOrDefault(static t => t is not null);
        if (known is null && method.Name == "Loss" && !input.Type.Is(Names.IntTensor))
        {
            known = method.ContainingType.GetMembers("Forward").OfType<IMethodSymbol>()
                .SelectMany(static m => m.GetReturnTypeAttributes())
                .Where(static a => a.AttributeClass.Is(Names.Shape)).Select(Written).FirstOrDefault();
        }

        known ??= input.Type.Is(Names.IntTensor) ? "Shape(\"b\")" : GuessedShape(method.ContainingType);
        return new Offer(RemedyVerbs.SetAttribute, input.Locations[0], known);
    }

    private static string? Written(AttributeData? attribute) => attribute?.ApplicationSyntaxReference?.GetSyntax()
        .ToString();

    private static string GuessedShape(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().SelectMany(LayerReader.LayerAttributes)
            .Any(static a => a.AttributeClass?.Name.Contains("Conv") == true)
            ? "Shape(\"b\", 1, 28, 28)"
            : "Shape(\"b\", 8)";
}
