using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;

namespace Dsl.Generator.Reading;

/// <summary>A model class as read, without anything that an unrelated edit changes.</summary>
/// <param name="Spec">What was read.</param>
/// <param name="IsComplete">False when a part was unreadable: nothing may be lowered, the surface is a light
/// one.</param>
/// <param name="Stubs">Declarations of wrong layers, implemented only so that the one mistake is not two
/// errors.</param>
internal sealed record ReadModel(ModelSpec Spec, bool IsComplete, EquatableArray<string> Stubs);

/// <summary>What the diagnostics output needs of one class.</summary>
/// <param name="Key">Namespace and name: finds the problems of later stages.</param>
/// <param name="Problems">What reading found.</param>
/// <param name="Map">The locations of the sites.</param>
internal sealed record ReadDiagnostics(string Key, EquatableArray<Problem> Problems, SourceMap Map);

/// <summary>Both, as the transform returns them; the pipeline separates them at once.</summary>
internal sealed record ModelReading(ReadModel? Model, ReadDiagnostics Diagnostics);

/// <summary>Reads <c>[Model]</c> classes.</summary>
internal sealed class ModelReader
{
    private readonly INamedTypeSymbol _type;
    private readonly ModelContext _context;
    private readonly ClassReader _class;
    private readonly AttributeData _attribute;

    private ModelReader(AttributeData attribute, ModelContext context)
    {
        _type = context.Type;
        _attribute = attribute;
        _context = context;
        _class = new ClassReader(context);
        context.Sites.Record(_type);
    }

    public static string Key(string ns, string name) => ns.Length == 0 ? name : ns + "." + name;

    /// <summary>Reads one class; null for a second part of one that was read with its first.</summary>
    public static ModelReading? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        if (type.Attribute(Names.Model) is not { } attribute
            || attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).Parent?.Parent != context.TargetNode)
        {
            return null;
        }

        var sites = new SiteRecorder();
        var reader = new ModelReader(
            attribute, new ModelContext(context.SemanticModel.Compilation, type, sites, cancellation));
        ReadModel? model = null;
        try
        {
            model = reader.Read();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            reader._class.Report("DSL9001", type.Locations[0], "Reading", failure.ToString());
        }

        string key = Key(SymbolText.Namespace(type), type.Name);
        return new ModelReading(model, new ReadDiagnostics(key, reader._class.Problems, sites.ToMap()));
    }

    private ReadModel? Read()
    {
        if (ModelDeclaration.Unfit(_type) is { } unfit)
        {
            _class.Report("DSL1005", _type.Locations[0], "Model", _type.Name, unfit);
            return null;
        }

        if (ModelDeclaration.NotPartial(_type) is { } whole)
        {
            _class.Report(
                "DSL1001", whole, new[] { new Offer(RemedyVerbs.AddModifier, whole, "partial") }, _type.Name);
            return null;
        }

        _class.CheckNames(ModelDeclaration.MembersOfModel);
        var layers = _class.ReadLayers(out EquatableArray<string> stubs);
        _class.ReadActivations();
        var functions = ReadFunctions();
        string example =
            _attribute.NamedArguments.FirstOrDefault(static a => a.Key == "Example").Value.Value as string ?? "";
        if (ExampleSizes.Check(_attribute, example, functions) is { } complaint)
        {
            _class.Report("DSL2014", complaint.Location, complaint.Offers, example, _type.Name, complaint.Remedy);
        }

        var spec = new ModelSpec(
            SymbolText.Namespace(_type), _type.Name, SymbolText.Header(_type), example,
            layers, functions, _context.PointwiseFunctions, _context.Sites.Record(_type))
        {
            Blocks = _context.Blocks.All,
            InputGradients = _attribute.NamedArguments
                .FirstOrDefault(static a => a.Key == "InputGradients").Value.Value is true,
            Steps = _attribute.NamedArguments.FirstOrDefault(static a => a.Key == "Steps").Value.Value as string ?? "",
        };
        return new ReadModel(spec, _class.IsComplete, stubs);
    }

    /// <summary><c>Forward</c>, then <c>Loss</c> when there is one. Of an unreadable one the signature remains, for the
    /// session's methods: callers must not be in error too.</summary>
    private EquatableArray<FunctionSpec> ReadFunctions()
    {
        var functions = new List<FunctionSpec>();
        IMethodSymbol? forward = _class.Find("Forward");
        if (forward is null)
        {
            _class.Fail(
                "DSL1004", _type.Locations[0], new[] { ModelDeclaration.ForwardOf(_type) }, "Model", _type.Name,
                "public Tensor Forward([Shape(…)] Tensor x)");
        }

        foreach (IMethodSymbol method in new[] { forward, _class.Find("Loss") }.OfType<IMethodSymbol>())
        {
            if (Signature.OfFunction(method, mayBeTuple: true) is { } complaint)
            {
                _class.Fail("DSL1017", complaint.Location, complaint.Offers, method.Name, complaint.Remedy);
                continue;
            }

            foreach (IParameterSymbol input in method.Parameters.Where(static p => !p.Has(Names.Shape)))
            {
                _class.Fail(
                    "DSL1007", input.Locations[0], new[] { ModelDeclaration.ShapeOf(input, method) }, method.Name,
                    input.Name);
            }

            _class.CheckShapes(method);
            FunctionSpec? train = null;
            if (!_class.Try(() => functions.Add(FunctionReader.Read(_context, method, out train))))
            {
                functions.Add(FunctionReader.ReadSignature(_context, method));
            }
            else if (method.Name == "Loss" && train is not null && !train.Equals(functions.Last()))
            {
                functions.Add(train with { Name = "Train" });
            }
        }

        return functions.ToEquatable();
    }
}
