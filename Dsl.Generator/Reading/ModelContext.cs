using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dsl.Generator.Reading;

/// <summary>What the readers of one model or block share: the class, the sites, the blocks, and the pointwise functions
/// met so far.</summary>
internal sealed class ModelContext
{
    private readonly Compilation _compilation;
    private readonly PointwiseCatalog _catalog;
    private readonly List<PointwiseSpec> _pointwise = new();

    public ModelContext(
        Compilation compilation,
        INamedTypeSymbol type,
        SiteRecorder sites,
        CancellationToken cancellation,
        BlockCatalog? blocks = null)
    {
        _compilation = compilation;
        _catalog = new PointwiseCatalog(compilation, cancellation);
        Type = type;
        Sites = sites;
        Cancellation = cancellation;
        Blocks = blocks ?? new BlockCatalog(compilation, sites, cancellation);
    }

    public INamedTypeSymbol Type { get; }

    public SiteRecorder Sites { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>The blocks met so far, those of other blocks included.</summary>
    public BlockCatalog Blocks { get; }

    /// <summary>The functions used, by name.</summary>
    public EquatableArray<PointwiseSpec> PointwiseFunctions =>
        _pointwise.OrderBy(static p => p.Name, System.StringComparer.Ordinal).ToEquatable();

    public IOperation? Operation(SyntaxNode node) =>
        _compilation.GetSemanticModel(node.SyntaxTree).GetOperation(node, Cancellation);

    /// <summary>The functions of the library.</summary>
    public INamedTypeSymbol? Functions => _compilation.GetTypeByMetadataName(Names.Functions);

    /// <summary>Whether an expression names a pointwise function or a layer that is declared wrongly.</summary>
    public bool IsWrong(ExpressionSyntax expression)
    {
        SymbolInfo info = _compilation.GetSemanticModel(expression.SyntaxTree).GetSymbolInfo(expression, Cancellation);
        return info.CandidateSymbols.Prepend(info.Symbol).OfType<IMethodSymbol>().Any(static m =>
            (m.Has(Names.Pointwise) && PointwiseAdvice.OfSignature(m) is not null)
            || (LayerReader.LayerAttributes(m).Any() && Signature.OfLayer(m) is not null));
    }

    /// <summary>Whether something has this name, though it may not fit.</summary>
    public bool IsKnown(IdentifierNameSyntax name)
    {
        SymbolInfo info = _compilation.GetSemanticModel(name.SyntaxTree).GetSymbolInfo(name, Cancellation);
        return info.Symbol is not null || !info.CandidateSymbols.IsEmpty;
    }

    /// <summary>What a call that does not bind may mean: first a [Pointwise] function, whose tensor form is
    /// generated.</summary>
    public IMethodSymbol? Candidate(InvocationExpressionSyntax call)
    {
        SymbolInfo info = _compilation.GetSemanticModel(call.SyntaxTree).GetSymbolInfo(call, Cancellation);
        int count = call.ArgumentList.Arguments.Count;
        IMethodSymbol[] candidates = info.CandidateSymbols.OfType<IMethodSymbol>().Where(m =>
            m.Parameters.Length > 0
            && (m.Parameters.Length >= count || m.Parameters[m.Parameters.Length - 1].IsParams))
            .OrderByDescending(m => call.ArgumentList.Arguments.Count(
                a => a.NameColon is { } name && m.Parameters.Any(p => p.Name == name.Name.Identifier.ValueText))).ToArray();
        return candidates.FirstOrDefault(m => m.Has(Names.Pointwise) && m.Parameters.Length == count)
            ?? candidates.FirstOrDefault(static m => m.ReturnType.IsTensor());
    }

    /// <summary>The meaning of a scalar function, or null; it joins <see cref="PointwiseFunctions"/>. Two different
    /// functions of one name (the class's own Swish beside the library's) are told apart by a number.</summary>
    /// <exception cref="UnreadableException">Its body is unreadable, which its own reading reports.</exception>
    public PointwiseSpec? Pointwise(IMethodSymbol method, Location use)
    {
        PointwiseSpec? spec;
        try
        {
            spec = _catalog.Find(method, use);
        }
        catch (UnreadableException unreadable) when (unreadable.Id is "DSL1008" or "DSL1009")
        {
            unreadable.IsReportedElsewhere = true;
            throw;
        }

        if (spec is null)
        {
            return null;
        }

        for (int number = 2; _pointwise.FirstOrDefault(p => p.Name == spec.Name) is { } taken; number++)
        {
            if (taken.Equals(spec))
            {
                return taken;
            }

            spec = spec with
            {
                Name = method.Name + number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            };
        }

        _pointwise.Add(spec);
        return spec;
    }

    /// <summary>Adds the function of Dsl.Functions that an activation names, unless it is a row of the table.</summary>
    public void Activation(string name)
    {
        if (PointwiseCatalog.Scalar(Functions, name, 1) is { } method && !method.Has(Names.Primitive))
        {
            Pointwise(method, Type.Locations[0]);
        }
    }
}
