using System.Linq;
using Dsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dsl.Generator.Reading;

/// <summary>What is wrong with the declaration of a layer, of <c>Forward</c> or of <c>Loss</c>.</summary>
/// <param name="Remedy">What to do, an imperative clause.</param>
/// <param name="Location">The guilty token.</param>
/// <param name="Offers">Changes that do it.</param>
internal sealed record Complaint(string Remedy, Location Location, params Offer[] Offers);

/// <summary>The rules for declarations.</summary>
internal static class Signature
{
    /// <summary>What is wrong with a layer, or null.</summary>
    public static Complaint? OfLayer(IMethodSymbol method)
    {
        Location name = method.Locations[0];
        if (HasBody(method) && (!method.IsPartialDefinition || method.PartialImplementationPart is not null))
        {
            const string Remedy = "remove its body: the build writes it";
            return method.PartialImplementationPart is { } other
                ? new Complaint(Remedy, other.Locations[0], new Offer(RemedyVerbs.Remove, other.Locations[0], ""))
                : new Complaint(Remedy, name, new Offer(RemedyVerbs.MakeLayer, name, ""));
        }

        if (!method.IsPartialDefinition)
        {
            return new Complaint("make it partial", name, new Offer(RemedyVerbs.AddModifier, name, "partial"));
        }

        bool carries = LayerReader.Carries(method);
        Complaint? complaint = OfFunction(method, mayBeTuple: carries || LayerReader.IsUse(method));
        return complaint is null && carries && LayerReader.ResultNames(method.ReturnType).Count > 2
            ? new Complaint(
                "return Tensor, or (Tensor, Tensor): the result, and the state behind the last position", ReturnType(method))
            : complaint;
    }

    private static Location ReturnType(IMethodSymbol method) =>
        ((MethodDeclarationSyntax)method.DeclaringSyntaxReferences[0].GetSyntax()).ReturnType.GetLocation();

    /// <summary>What is wrong with a function of tensors, or null.</summary>
    /// <param name="method">The function.</param>
    /// <param name="mayBeTuple">Whether it may have several results.</param>
    public static Complaint? OfFunction(IMethodSymbol method, bool mayBeTuple)
    {
        var syntax = method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as MethodDeclarationSyntax;
        Location name = method.Locations[0];
        if (syntax is null)
        {
            return null;
        }

        if (method.IsStatic)
        {
            Location at = Modifier(syntax.Modifiers, SyntaxKind.StaticKeyword) ?? name;
            return new Complaint(
                "remove 'static': its parameters belong to the instance", at,
                    new Offer(RemedyVerbs.RemoveModifier, at, "static"));
        }

        if (method.IsGenericMethod && syntax.TypeParameterList is { } generic)
        {
            return new Complaint(
                "remove its type parameters", generic.GetLocation(),
                    new Offer(RemedyVerbs.Replace, generic.GetLocation(), ""));
        }

        if (Modifier(syntax.Modifiers, SyntaxKind.AsyncKeyword) is { } asynchronous)
        {
            var both = Location.Create(
                syntax.SyntaxTree,
                Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(asynchronous.SourceSpan.Start,
                    syntax.ReturnType.Span.End));
            return new Complaint(
                "remove 'async': it is read when the class is compiled", asynchronous,
                    new Offer(RemedyVerbs.Replace, both, "Tensor"));
        }

        int results = LayerReader.ResultNames(method.ReturnType).Count;
        if (results == 0 || (results > 1 && !mayBeTuple))
        {
            Location at = syntax.ReturnType.GetLocation();
            string remedy = mayBeTuple ? "return Tensor, or a tuple of Tensors" : "return Tensor";
            return method.ReturnType.IsTupleType
                ? new Complaint(remedy, at)
                : new Complaint(remedy, at, new Offer(RemedyVerbs.Replace, at, "Tensor"));
        }

        if (results > 1 && method.GetReturnTypeAttributes()
            .FirstOrDefault(static a => a.AttributeClass.Is(Names.Shape))?.ApplicationSyntaxReference is { } claim)
        {
            Location at = claim.GetSyntax().GetLocation();
            return new Complaint(
                "a tuple has no one shape: remove [return: Shape]", at, new Offer(RemedyVerbs.Remove, at, ""));
        }

        if (method.Parameters.IsEmpty)
        {
            Location at = syntax.ParameterList.GetLocation();
            string parameter = TakesShapes(method) ? "([Shape(\"b\", 8)] Tensor x)" : "(Tensor x)";
            return new Complaint("give it a Tensor parameter", at, new Offer(RemedyVerbs.Replace, at, parameter));
        }

        return method.Parameters.Select(OfParameter).FirstOrDefault(static c => c is not null);
    }

    private static Complaint? OfParameter(IParameterSymbol parameter)
    {
        const string Remedy = "take Tensor or IntTensor parameters by value";
        if (parameter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not ParameterSyntax syntax)
        {
            return null;
        }

        if (parameter.RefKind != RefKind.None)
        {
            SyntaxToken modifier = syntax.Modifiers.First();
            Location at = modifier.GetLocation();
            return parameter.RefKind is RefKind.Ref or RefKind.In
                ? new Complaint(Remedy, at, new Offer(RemedyVerbs.RemoveModifier, at, modifier.ValueText))
                : new Complaint(Remedy, at);
        }

        if (parameter.Type.IsTensor())
        {
            return null;
        }

        Location type = syntax.Type?.GetLocation() ?? parameter.Locations[0];
        bool isInts = parameter.Type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Int32 };
        bool hasShape = parameter.Has(Names.Shape) || !TakesShapes((IMethodSymbol)parameter.ContainingSymbol);
        return parameter.IsParams || !hasShape
            ? new Complaint(Remedy, type)
            : new Complaint(Remedy, type, new Offer(RemedyVerbs.Replace, type, isInts ? "IntTensor" : "Tensor"));
    }

    /// <summary>Whether the parameters of a function have to have a <c>[Shape]</c>: those of a model's
    /// functions.</summary>
    private static bool TakesShapes(IMethodSymbol method) =>
        method.ContainingType.Has(Names.Model) && !LayerReader.LayerAttributes(method).Any();

    private static Location? Modifier(SyntaxTokenList modifiers, SyntaxKind kind) =>
        modifiers.FirstOrDefault(m => m.IsKind(kind)) is { RawKind: not 0 } found ? found.GetLocation() : null;

    private static bool HasBody(IMethodSymbol method) =>
        (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences.Any(static r => r.GetSyntax()
            is MethodDeclarationSyntax { Body: not null } or MethodDeclarationSyntax { ExpressionBody: not null });
}
