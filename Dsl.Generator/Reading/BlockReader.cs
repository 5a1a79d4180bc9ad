using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dsl.Generator.Reading;

/// <summary>A block class as read, without anything that an unrelated edit changes.</summary>
/// <param name="Spec">What was read.</param>
/// <param name="Used">The blocks that it uses, directly or by others.</param>
/// <param name="Namespace">Empty for the global namespace.</param>
/// <param name="Declaration">The header of the generated half.</param>
/// <param name="IsComplete">False when a part was unreadable: nobody can use it.</param>
/// <param name="Stubs">Declarations of wrong layers, implemented only so that the one mistake is not two
/// errors.</param>
internal sealed record ReadBlock(
    BlockSpec Spec,
    EquatableArray<BlockSpec> Used,
    string Namespace,
    string Declaration,
    bool IsComplete,
    EquatableArray<string> Stubs);

/// <summary>Both, as the transform returns them; the pipeline separates them at once.</summary>
internal sealed record BlockReading(ReadBlock? Block, ReadDiagnostics Diagnostics);

/// <summary>Reads <c>[Block]</c> classes.</summary>
internal sealed class BlockReader
{
    private readonly ModelContext _context;
    private readonly ClassReader _class;

    public BlockReader(ModelContext context)
    {
        _context = context;
        _class = new ClassReader(context);
    }

    private INamedTypeSymbol Type => _context.Type;

    /// <summary>Reads one class where it is declared; null for a second part of one that was read with its
    /// first.</summary>
    public static BlockReading? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        SyntaxReference? attribute = type.Attribute(Names.Block)?.ApplicationSyntaxReference;
        if (attribute?.GetSyntax(cancellation).Parent?.Parent != context.TargetNode)
        {
            return null;
        }

        var sites = new SiteRecorder();
        sites.Record(type);
        var reader = new BlockReader(new ModelContext(context.SemanticModel.Compilation, type, sites, cancellation));
        ReadBlock? block = null;
        try
        {
            block = reader.Read();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            reader._class.Report("DSL9001", type.Locations[0], "Reading", failure.ToString());
        }

        string key = ModelReader.Key(SymbolText.Namespace(type), type.Name);
        return new BlockReading(block, new ReadDiagnostics(key, reader._class.Problems, sites.ToMap()));
    }

    /// <summary>The parameters of the primary constructor; none when there is no such constructor.</summary>
    public static IReadOnlyList<BlockParameterSpec> Parameters(INamedTypeSymbol type) =>
        Primary(type)?.Parameters.Select(static p => new BlockParameterSpec(
            p.Name,
            TypeText(p.Type),
            p.HasExplicitDefaultValue ? Constants.Text(p.ExplicitDefaultValue, p.Type) : null)).ToArray()
        ?? Array.Empty<BlockParameterSpec>();

    /// <summary><c>int</c>, <c>global::Dsl.Activation</c>.</summary>
    public static string TypeText(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>Reads the class; null when it cannot be a block.</summary>
    public ReadBlock? Read() => _context.Blocks.Inside(Type, ReadInside);

    private ReadBlock? ReadInside()
    {
        if (ModelDeclaration.Unfit(Type) is { } unfit)
        {
            _class.Report("DSL1005", Type.Locations[0], "Block", Type.Name, unfit);
            return null;
        }

        if (ModelDeclaration.NotPartial(Type) is { } whole)
        {
            _class.Report(
                "DSL1001", whole, new[] { new Offer(RemedyVerbs.AddModifier, whole, "partial") }, Type.Name);
            return null;
        }

        _class.CheckNames(ModelDeclaration.MembersOfBlock);
        RequireConstructor();
        var layers = _class.ReadLayers(out EquatableArray<string> stubs);
        _class.ReadActivations();
        var variants = ReadForward();
        var called = new HashSet<string>(variants.SelectMany(static v => v.Steps)
            .Where(static s => s.Kind == StepKind.Layer).Select(static s => s.Target));
        foreach (LayerSpec unused in layers.Where(l => _class.IsComplete && !called.Contains(l.Name)))
        {
            Location at = Type.GetMembers(unused.Name)[0].Locations[0];
            _class.Report("DSL1010", at, new[] { new Offer(RemedyVerbs.Remove, at, "") }, unused.Name);
        }

        string ns = SymbolText.Namespace(Type);
        var spec = new BlockSpec(
            ModelReader.Key(ns, Type.Name), Parameters(Type).ToEquatable(), layers, variants,
            _context.PointwiseFunctions, _context.Sites.Record(Type));
        return new ReadBlock(
            spec, _context.Blocks.All, ns, SymbolText.Header(Type), _class.IsComplete, stubs);
    }

    private static IMethodSymbol? Primary(INamedTypeSymbol type) => type.InstanceConstructors.FirstOrDefault(static c =>
        c.DeclaringSyntaxReferences.Any(static r => r.GetSyntax() is TypeDeclarationSyntax { ParameterList: not null }));

    /// <summary>What a block depends on has to be visible where it is used: constants of four kinds.</summary>
    private void RequireConstructor()
    {
        IMethodSymbol? primary = Primary(Type);
        foreach (IMethodSymbol other in Type.InstanceConstructors.Where(c =>
            !c.IsImplicitlyDeclared && !SymbolEqualityComparer.Default.Equals(c, primary)))
        {
            _class.Fail(
                "DSL1014", other.Locations[0], Type.Name, "it has a constructor besides the primary one: remove it");
        }

        foreach (IParameterSymbol parameter in primary?.Parameters ?? ImmutableArray<IParameterSymbol>.Empty)
        {
            ITypeSymbol type = parameter.Type;
            bool known = type.TypeKind == TypeKind.Enum || type.SpecialType
                is SpecialType.System_Int32 or SpecialType.System_Boolean or SpecialType.System_String;
            if (!known || parameter.RefKind != RefKind.None)
            {
                _class.Fail(
                    "DSL1014", parameter.Locations[0], Type.Name,
                    $"parameter '{parameter.Name}' is {type.ToDisplayString()}: make it int, bool, string or an enum");
            }
        }
    }

    private EquatableArray<FunctionSpec> ReadForward()
    {
        if (_class.Find("Forward") is not { } forward)
        {
            _class.Fail(
                "DSL1004", Type.Locations[0], new[] { ModelDeclaration.ForwardOf(Type) }, "Block", Type.Name,
                "public Tensor Forward(Tensor x)");
            return default;
        }

        if (Signature.OfFunction(forward, mayBeTuple: true) is { } complaint)
        {
            _class.Fail("DSL1017", complaint.Location, complaint.Offers, forward.Name, complaint.Remedy);
            return default;
        }

        _class.CheckShapes(forward);

        EquatableArray<FunctionSpec> variants = default;
        _class.Try(() => variants = FunctionReader.ReadVariants(_context, forward));
        return variants;
    }
}
