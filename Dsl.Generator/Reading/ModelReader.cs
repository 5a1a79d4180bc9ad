using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

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
    private readonly SiteRecorder _sites = new();
    private readonly List<Problem> _problems = new();
    private readonly ModelContext _context;
    private readonly AttributeData _attribute;
    private bool _isComplete = true;

    private ModelReader(
        INamedTypeSymbol type, AttributeData attribute, Compilation compilation, CancellationToken cancellation)
    {
        _type = type;
        _attribute = attribute;
        _context = new ModelContext(compilation, type, _sites, cancellation);
        _sites.Record(type);
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

        var reader = new ModelReader(type, attribute, context.SemanticModel.Compilation, cancellation);
        ReadModel? model = null;
        try
        {
            model = reader.Read();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            reader.Report("DSL9001", type.Locations[0], "Reading", failure.ToString());
        }

        string key = Key(SymbolText.Namespace(type), type.Name);
        return new ModelReading(
            model, new ReadDiagnostics(key, reader._problems.Distinct().ToEquatable(), reader._sites.ToMap()));
    }

    private ReadModel? Read()
    {
        if (ModelDeclaration.Unfit(_type) is { } unfit)
        {
            Report("DSL1005", _type.Locations[0], _type.Name, unfit);
            return null;
        }

        if (ModelDeclaration.NotPartial(_type) is { } whole)
        {
            Report("DSL1001", whole, new[] { new Offer(RemedyVerbs.AddModifier, whole, "partial") }, _type.Name);
            return null;
        }

        var clashes = ModelDeclaration.Clashes(_type).ToArray();
        foreach (var (location, name, owner) in clashes)
        {
            Report("DSL1015", location, name, _type.Name, owner);
        }

        _isComplete = clashes.Length == 0;

        var layers = ReadLayers(out EquatableArray<string> stubs);
        ReadActivations();
        var functions = ReadFunctions();
        string example =
            _attribute.NamedArguments.FirstOrDefault(static a => a.Key == "Example").Value.Value as string ?? "";
        if (ExampleSizes.Check(_attribute, example, functions) is { } complaint)
        {
            Report("DSL2014", complaint.Location, complaint.Offers, example, _type.Name, complaint.Remedy);
        }

        var spec = new ModelSpec(
            SymbolText.Namespace(_type), _type.Name, SymbolText.Header(_type), example,
            layers, functions, _context.PointwiseFunctions, _sites.Record(_type));
        return new ReadModel(spec, _isComplete, stubs);
    }

    private EquatableArray<LayerSpec> ReadLayers(out EquatableArray<string> stubs)
    {
        var layers = new List<LayerSpec>();
        var wrong = new List<string>();
        foreach (IMethodSymbol method in _type.GetMembers().OfType<IMethodSymbol>()
            .Where(static m => m.MethodKind == MethodKind.Ordinary))
        {
            AttributeData[] attributes = LayerReader.LayerAttributes(method).ToArray();
            if (attributes.Length == 0)
            {
                continue;
            }

            if (attributes.Length > 1)
            {
                Location first = At(attributes[0], method), second = At(attributes[1], method);
                Report(
                    "DSL1006",
                    second,
                    new[] { new Offer(RemedyVerbs.Remove, first, ""), new Offer(RemedyVerbs.Remove, second, "") },
                    method.Name, attributes[0].AttributeClass!.Name.Replace("Attribute", ""),
                    attributes[1].AttributeClass!.Name.Replace("Attribute", ""));
                _isComplete = false;
            }

            if (Signature.OfLayer(method) is { } complaint)
            {
                Report("DSL1002", complaint.Location, complaint.Offers, method.Name, complaint.Remedy);
                _isComplete = false;
                if (method is { IsPartialDefinition: true, PartialImplementationPart: null, IsGenericMethod: false })
                {
                    wrong.Add(LayerReader.Stub(method));
                }

                continue;
            }

            // Arguments that do not compile are the compiler's to report: there is nothing to lower.
            _isComplete &= SizeArguments.AreKnown(attributes[0]);
            CheckSizes(attributes[0], $"an argument of '{method.Name}'");
            layers.Add(LayerReader.Read(method, attributes[0], _sites));
        }

        stubs = wrong.ToEquatable();
        return layers.ToEquatable();
    }

    private static Location At(AttributeData attribute, ISymbol otherwise) =>
        attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation() ?? otherwise.Locations[0];

    private void CheckSizes(AttributeData? attribute, string where)
    {
        foreach (var (location, text) in attribute is null ? Array.Empty<(Location, string)>()
            : SizeArguments.Wrong(attribute))
        {
            Report("DSL2007", location, SizeArguments.Offers(location, text), where, text,
                "it is neither an int nor a text");
            _isComplete = false;
        }
    }

    private void ReadActivations()
    {
        foreach (AttributeData attribute in
            _type.GetMembers().OfType<IMethodSymbol>().SelectMany(LayerReader.LayerAttributes))
        {
            foreach (TypedConstant value in attribute.ConstructorArguments
                .Concat(attribute.NamedArguments.Select(static a => a.Value))
                .Where(static v => v.Type.Is(Names.Activation)))
            {
                Try(() => _context.Activation(Constants.Text(value)));
            }
        }
    }

    /// <summary><c>Forward</c>, then <c>Loss</c> when there is one. Of an unreadable one the signature remains, for the
    /// session's methods: callers must not be in error too.</summary>
    private EquatableArray<FunctionSpec> ReadFunctions()
    {
        var functions = new List<FunctionSpec>();
        IMethodSymbol? forward = Find("Forward");
        if (forward is null)
        {
            Report("DSL1004", _type.Locations[0], new[] { ModelDeclaration.ForwardOf(_type) }, _type.Name);
            _isComplete = false;
        }

        foreach (IMethodSymbol method in new[] { forward, Find("Loss") }.OfType<IMethodSymbol>())
        {
            if (Signature.OfFunction(method) is { } complaint)
            {
                Report("DSL1017", complaint.Location, complaint.Offers, method.Name, complaint.Remedy);
                _isComplete = false;
                continue;
            }

            foreach (IParameterSymbol input in method.Parameters.Where(static p => !p.Has(Names.Shape)))
            {
                Report(
                    "DSL1007", input.Locations[0], new[] { ModelDeclaration.ShapeOf(input, method) }, method.Name,
                        input.Name);
                _isComplete = false;
            }

            foreach (IParameterSymbol input in method.Parameters)
            {
                _isComplete &= input.Attribute(Names.Shape) is not { } shape || SizeArguments.AreKnown(shape);
                CheckSizes(input.Attribute(Names.Shape), $"the shape of '{input.Name}'");
            }

            AttributeData? claim = method.GetReturnTypeAttributes()
                .FirstOrDefault(static a => a.AttributeClass.Is(Names.Shape));
            _isComplete &= claim is null || SizeArguments.AreKnown(claim);
            CheckSizes(claim, $"the return shape of '{method.Name}'");

            if (!Try(() => functions.Add(FunctionReader.Read(_context, method))))
            {
                functions.Add(FunctionReader.ReadSignature(_context, method));
            }
        }

        return functions.ToEquatable();
    }

    private IMethodSymbol? Find(string name) => _type.GetMembers(name).OfType<IMethodSymbol>()
        .FirstOrDefault(static m => m.MethodKind == MethodKind.Ordinary);

    private bool Try(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (UnreadableException unreadable)
        {
            _isComplete = false;
            if (!unreadable.IsReportedElsewhere)
            {
                Report(unreadable.Id, unreadable.Location, unreadable.Offers, unreadable.Arguments);
            }

            return false;
        }
    }

    private void Report(string id, Location location, params string[] arguments) =>
        Report(id, location, Array.Empty<Offer>(), arguments);

    private void Report(string id, Location location, IEnumerable<Offer> offers, params string[] arguments) =>
        _problems.Add(new Problem(id, _sites.Record(location), arguments.ToEquatable())
        {
            Remedies = _sites.Record(offers),
        });
}
