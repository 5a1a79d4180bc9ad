using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Layers;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dsl.Generator.Reading;

/// <summary>Reads annotated partial methods.</summary>
internal static class LayerReader
{
    /// <summary>The attributes of a method that make it a layer.</summary>
    public static IEnumerable<AttributeData> LayerAttributes(IMethodSymbol method) =>
        method.GetAttributes().Where(static a => a.AttributeClass.DerivesFrom(Names.Layer));

    /// <summary>What a function returns: one empty name for a Tensor, the names of the elements for a tuple of Tensors,
    /// none for anything else.</summary>
    public static IReadOnlyList<string> ResultNames(ITypeSymbol type) =>
        type.Is(Names.Tensor) ? new[] { "" }
        : type is INamedTypeSymbol { IsTupleType: true } tuple
            && tuple.TupleElements.All(static e => e.Type.Is(Names.Tensor))
            ? tuple.TupleElements.Select(static (e, i) => e.IsExplicitlyNamedTupleElement
                ? e.Name
                : "result" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray()
            : Array.Empty<string>();

    /// <summary>Reads a layer whose signature is right.</summary>
    /// <exception cref="UnreadableException">It uses a block in a wrong way.</exception>
    public static LayerSpec Read(IMethodSymbol method, AttributeData attribute, ModelContext context)
    {
        SiteRecorder sites = context.Sites;
        var syntax = (MethodDeclarationSyntax)method.DeclaringSyntaxReferences[0].GetSyntax();
        if (IsUse(attribute))
        {
            int site = sites.Record(syntax.Identifier.GetLocation());
            return new UseReader(method, attribute, context)
                .Read(Declaration(method, syntax), DocumentationText.Of(syntax), site);
        }

        return new LayerSpec(
            method.Name,
            KindOf(attribute),
            Declaration(method, syntax),
            method.Parameters.Select(p => ReadInput(p, sites)).ToEquatable(),
            ReadArguments(attribute, sites).ToEquatable(),
            DocumentationText.Of(syntax),
            sites.Record(syntax.Identifier.GetLocation()))
        {
            Reversible = method.Has(Names.Reversible),
            Tied = ReadTied(method, sites),
            GivesState = ResultNames(method.ReturnType).Count > 1,
        };
    }

    /// <summary>Whether an attribute uses a block.</summary>
    public static bool IsUse(AttributeData attribute) => attribute.AttributeClass.Is(Names.Use);

    /// <summary>Whether a layer is a block.</summary>
    public static bool IsUse(IMethodSymbol method) => method.GetAttributes().Any(IsUse);

    /// <summary>Whether a layer can begin with a state and give the last one.</summary>
    public static bool Carries(IMethodSymbol method) =>
        LayerAttributes(method).Any(static a => LayerTable.Find(KindOf(a)) is ICarryingLayer);

    private static ArgumentSpec? ReadTied(IMethodSymbol method, SiteRecorder sites)
    {
        if (method.Attribute(Names.Tied) is not { ConstructorArguments: { Length: 1 } arguments } tied)
        {
            return null;
        }

        var syntax = tied.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;
        return new ArgumentSpec(
            "Weight",
            Constants.Text(arguments[0]),
            sites.Record((syntax?.ArgumentList?.Arguments.FirstOrDefault() ?? (SyntaxNode?)syntax)?.GetLocation()));
    }

    /// <summary>A parameter with its <c>[Shape]</c>.</summary>
    public static InputSpec ReadInput(IParameterSymbol parameter, SiteRecorder sites)
    {
        AttributeData? shape = parameter.Attribute(Names.Shape);
        return new InputSpec(
            parameter.Name,
            parameter.Type.Is(Names.IntTensor),
            shape is not null,
            Dims(shape),
            sites.Record(parameter))
        {
            LengthsOf = parameter.Attribute(Names.Lengths) is { ConstructorArguments: { Length: 1 } arguments }
                ? Constants.Text(arguments[0]) : "",
        };
    }

    /// <summary>The dimensions of a <c>[Shape]</c>.</summary>
    public static EquatableArray<string> Dims(AttributeData? shape) =>
        shape is { ConstructorArguments: { Length: 1 } arguments }
            && arguments[0] is { Kind: TypedConstantKind.Array, IsNull: false }
            ? arguments[0].Values.Select(Constants.Text).ToEquatable()
            : default;

    /// <summary><c>private partial int Wrong(int x) =&gt;</c> is what keeps a wrong declaration from also being
    /// CS8795.</summary>
    public static string Stub(IMethodSymbol method)
    {
        var syntax = (MethodDeclarationSyntax)method.DeclaringSyntaxReferences[0].GetSyntax();
        return $"{Declaration(method, syntax)} {Identifier(method.Name)}("
            + string.Join(", ", method.Parameters.Select(static p => p.ToDisplayString(ParameterFormat))) + ")";
    }

    private static SymbolDisplayFormat ParameterFormat { get; } = SymbolDisplayFormat.FullyQualifiedFormat
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeModifiers)
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static string Identifier(string name) => SymbolText.Escape(name);

    /// <summary>The attribute's name without its suffix.</summary>
    public static string KindOf(AttributeData attribute)
    {
        const string Suffix = "Attribute";
        string name = attribute.AttributeClass!.Name;
        return name.EndsWith(Suffix, StringComparison.Ordinal) ? name.Substring(0, name.Length - Suffix.Length) : name;
    }

    private static string Declaration(IMethodSymbol method, MethodDeclarationSyntax syntax) =>
        string.Join(" ", syntax.Modifiers.Select(static m => m.ValueText)) + " "
        + method.ReturnType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private static IEnumerable<ArgumentSpec> ReadArguments(AttributeData attribute, SiteRecorder sites)
    {
        var written = (attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList?.Arguments
            ?? default(SeparatedSyntaxList<AttributeArgumentSyntax>);
        int whole = sites.Record(attribute.ApplicationSyntaxReference);
        var parameters = attribute.AttributeConstructor?.Parameters ?? default;
        for (int i = 0; i < attribute.ConstructorArguments.Length; i++)
        {
            string name = parameters[i].Name;
            AttributeArgumentSyntax? syntax = written
                .FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == name)
                ?? written.Where(static a => a.NameColon is null && a.NameEquals is null).Skip(i).FirstOrDefault();
            yield return new ArgumentSpec(
                name,
                Constants.Text(attribute.ConstructorArguments[i]),
                syntax is null ? whole : sites.Record(syntax.Expression));
        }

        foreach (KeyValuePair<string, TypedConstant> named in attribute.NamedArguments)
        {
            AttributeArgumentSyntax? syntax = written
                .FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == named.Key);
            yield return new ArgumentSpec(
                named.Key, Constants.Text(named.Value), syntax is null ? whole : sites.Record(syntax.Expression));
        }
    }
}
