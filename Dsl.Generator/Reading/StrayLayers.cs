using System.Linq;
using System.Threading;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dsl.Generator.Reading;

/// <summary>Finds layers in classes that are no model, where nobody else would look.</summary>
internal static class StrayLayers
{
    /// <summary>Whether a node may be such a class: one with annotated partial methods without bodies. A model is one,
    /// too, so its attribute, however it is written, sorts it out here already: this is asked at every
    /// keystroke.</summary>
    public static bool IsCandidate(SyntaxNode node) =>
        node is ClassDeclarationSyntax type
        && !type.AttributeLists.SelectMany(static l => l.Attributes).Any(static a => IsModel(a.Name.ToString()))
        && type.Members.Any(static m =>
            m is MethodDeclarationSyntax { AttributeLists.Count: > 0, Body: null, ExpressionBody: null }
            && m.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>Whether a class of this project has layers and is neither model nor block, which is reported
    /// there.</summary>
    public static bool AreIn(INamedTypeSymbol type) =>
        !type.GetAttributes().Any(static a => a.AttributeClass is { Name: var name } && IsModel(name))
        && type.DeclaringSyntaxReferences.Any(static r => r.GetSyntax() is { } node && IsCandidate(node))
        && type.GetMembers().OfType<IMethodSymbol>().Any(static m => LayerReader.LayerAttributes(m).Any());

    /// <summary>Whether a class lacks nothing of a block but the attribute.</summary>
    public static bool CouldBeBlock(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Length > 0
        && ModelDeclaration.Unfit(type) is null
        && ModelDeclaration.NotPartial(type) is null
        && type.GetMembers("Forward").OfType<IMethodSymbol>().FirstOrDefault() is { } forward
        && Signature.OfFunction(forward, mayBeTuple: true) is null;

    /// <summary>DSL1016 on the class of a stray layer, or null.</summary>
    public static ReadDiagnostics? Read(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (context.SemanticModel.GetDeclaredSymbol((ClassDeclarationSyntax)context.Node,
            cancellation) is not INamedTypeSymbol type
            || type.GetAttributes().Any(static a => a.AttributeClass is { Name: var name } && IsModel(name))
            || type.GetMembers().OfType<IMethodSymbol>()
                .FirstOrDefault(static m => LayerReader.LayerAttributes(m).Any()) is not { } layer
            || layer.Locations[0].SourceTree != context.Node.SyntaxTree)
        {
            return null;
        }

        var sites = new SiteRecorder();
        Location location = ((ClassDeclarationSyntax)context.Node).Identifier.GetLocation();

        // Inputs of a model have shapes, those of a block take any.
        string attribute = CouldBeBlock(type) && type.GetMembers("Forward").OfType<IMethodSymbol>()
            .SelectMany(static m => m.Parameters).Any(static p => !p.Has(Names.Shape)) ? "Block" : "Model";
        var problem = new Problem(
            "DSL1016", sites.Record(location), new[] { type.Name, layer.Name, attribute }.ToEquatable())
        {
            Remedies = sites.Record(new[] { new Offer(RemedyVerbs.SetAttribute, location, attribute) }),
        };
        return new ReadDiagnostics("", new[] { problem }.ToEquatable(), sites.ToMap());
    }

    /// <summary>Models, and blocks, which are models without inputs of their own.</summary>
    private static bool IsModel(string name)
    {
        string last = name.Substring(name.LastIndexOf('.') + 1);
        return last is "Model" or "ModelAttribute" or "Block" or "BlockAttribute";
    }
}
