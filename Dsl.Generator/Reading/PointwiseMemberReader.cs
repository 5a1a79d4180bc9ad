using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dsl.Generator.Reading;

/// <summary>A pointwise function as a member of its class: what the generated half of the class says about
/// it.</summary>
/// <param name="Namespace">Of the class.</param>
/// <param name="Type">The class name.</param>
/// <param name="Declaration">The header of another part of the class.</param>
/// <param name="Name">The function.</param>
/// <param name="Spec">Carried as an attribute of the class when other assemblies can call the function; else
/// null.</param>
/// <param name="HasTensorForm">Whether the generated half adds <c>Tensor Name(Tensor x)</c>.</param>
/// <param name="Parameter">The name of the first parameter.</param>
/// <param name="Documentation">The user's documentation, for the tensor form.</param>
internal sealed record PointwiseMember(
    string Namespace,
    string Type,
    string Declaration,
    string Name,
    PointwiseSpec? Spec,
    bool HasTensorForm,
    string Parameter,
    string Documentation);

/// <summary>Both, as the transform returns them.</summary>
internal sealed record PointwiseReading(PointwiseMember? Member, ReadDiagnostics Diagnostics);

/// <summary>Reads <c>[Pointwise]</c> and <c>[Primitive]</c> functions where they are declared, and reports what is
/// unreadable.</summary>
internal static class PointwiseMemberReader
{
    public static PointwiseReading Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var method = (IMethodSymbol)context.TargetSymbol;
        var sites = new SiteRecorder();
        var problems = new List<Problem>();
        sites.Record(method);
        PointwiseMember? member = null;
        try
        {
            member = ReadMember(method, new PointwiseCatalog(context.SemanticModel.Compilation, cancellation));
        }
        catch (UnreadableException unreadable)
        {
            // One of another function in this compilation is reported at that function.
            if (unreadable.Id == "DSL1008" || method.DeclaringSyntaxReferences.Any(r =>
                r.SyntaxTree == unreadable.Location.SourceTree && r.Span.Contains(unreadable.Location.SourceSpan)))
            {
                problems.Add(new Problem(
                    unreadable.Id, sites.Record(unreadable.Location), unreadable.Arguments.ToEquatable())
                {
                    Remedies = sites.Record(unreadable.Offers),
                });
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            problems.Add(new Problem("DSL9001", 0, new[] { "Reading", failure.ToString() }.ToEquatable()));
        }

        return new PointwiseReading(member, new ReadDiagnostics("", problems.ToEquatable(), sites.ToMap()));
    }

    private static PointwiseMember? ReadMember(IMethodSymbol method, PointwiseCatalog catalog)
    {
        Location location = method.Locations[0];
        if (PointwiseAdvice.OfSignature(method) is { } complaint)
        {
            string guilty = complaint.Location.SourceTree!.GetText().ToString(complaint.Location.SourceSpan);
            throw new UnreadableException("DSL1009", complaint.Location, guilty, method.Name, complaint.Remedy)
                .Offering(complaint.Offers);
        }

        PointwiseSpec? spec = catalog.Find(method, location);
        INamedTypeSymbol type = method.ContainingType;
        if (type.ContainingType is not null || type.IsGenericType || !SymbolText.IsPartial(type))
        {
            return null;
        }

        bool isPrimitive = method.Has(Names.Primitive);
        bool hasTensorForm = type.IsStatic
            && method is { DeclaredAccessibility: Accessibility.Public, Parameters.Length: 1 }
            && !type.GetMembers(method.Name).OfType<IMethodSymbol>().Any(static m =>
                m.Parameters.Length == 1 && m.Parameters[0].Type.Is(Names.Tensor));
        bool isVisible = method.DeclaredAccessibility is not (Accessibility.Private or Accessibility.NotApplicable);
        return new PointwiseMember(
            SymbolText.Namespace(type),
            type.Name,
            SymbolText.Header(type),
            method.Name,
            isVisible && !isPrimitive ? spec : null,
            hasTensorForm,
            method.Parameters[0].Name,
            DocumentationText.Of(method.DeclaringSyntaxReferences[0].GetSyntax()));
    }
}
