using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
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
        if (_type.ContainingType is not null || _type.IsGenericType)
        {
            Report("DSL1005", _type.Locations[0], _type.Name, _type.IsGenericType ? "generic" : "nested");
            return null;
        }

        if (!SymbolText.IsPartial(_type))
        {
            Report("DSL1001", _type.Locations[0], _type.Name);
            return null;
        }

        var layers = ReadLayers(out EquatableArray<string> stubs);
        ReadActivations();
        var functions = ReadFunctions();
        string example =
            _attribute.NamedArguments.FirstOrDefault(static a => a.Key == "Example").Value.Value as string ?? "";
        var spec = new ModelSpec(
            SymbolText.Namespace(_type), _type.Name, SymbolText.Header(_type), example,
            layers, functions, _context.PointwiseFunctions, _sites.Record(_type))
        {
            InputGradients = _attribute.NamedArguments
                .FirstOrDefault(static a => a.Key == "InputGradients").Value.Value is true,
        };
        return new ReadModel(spec, _isComplete, stubs);
    }

    private EquatableArray<LayerSpec> ReadLayers(out EquatableArray<string> stubs)
    {
        var layers = new List<LayerSpec>();
        var wrong = new List<string>();
        foreach (IMethodSymbol method in _type.GetMembers().OfType<IMethodSymbol>())
        {
            AttributeData[] attributes = LayerReader.LayerAttributes(method).ToArray();
            if (attributes.Length == 0)
            {
                continue;
            }

            if (attributes.Length > 1)
            {
                Report(
                    "DSL1006",
                    attributes[1].ApplicationSyntaxReference?.GetSyntax().GetLocation() ?? method.Locations[0],
                    method.Name, attributes[0].AttributeClass!.Name.Replace("Attribute", ""),
                    attributes[1].AttributeClass!.Name.Replace("Attribute", ""));
                _isComplete = false;
            }

            if (LayerReader.Complaint(method) is { } complaint)
            {
                Report("DSL1002", method.Locations[0], method.Name, complaint);
                _isComplete = false;
                if (method is { IsPartialDefinition: true, PartialImplementationPart: null, IsGenericMethod: false })
                {
                    wrong.Add(LayerReader.Stub(method));
                }

                continue;
            }

            layers.Add(LayerReader.Read(method, attributes[0], _sites));
        }

        stubs = wrong.ToEquatable();
        return layers.ToEquatable();
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
            Report("DSL1004", _type.Locations[0], _type.Name);
            _isComplete = false;
        }

        foreach (IMethodSymbol method in new[] { forward, Find("Loss") }.OfType<IMethodSymbol>())
        {
            if (Complaint(method) is { } complaint)
            {
                Report("DSL1003", method.Locations[0], method.Name, method.Name, complaint);
                _isComplete = false;
                continue;
            }

            foreach (IParameterSymbol input in method.Parameters.Where(static p => !p.Has(Names.Shape)))
            {
                Report("DSL1007", input.Locations[0], method.Name, input.Name);
                _isComplete = false;
            }

            FunctionSpec? train = null;
            if (!Try(() => functions.Add(FunctionReader.Read(_context, method, out train))))
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

    private IMethodSymbol? Find(string name) => _type.GetMembers(name).OfType<IMethodSymbol>()
        .FirstOrDefault(static m => m.MethodKind == MethodKind.Ordinary);

    private static string? Complaint(IMethodSymbol method) => method switch
    {
        { IsStatic: true } => "remove 'static'",
        { IsGenericMethod: true } => "remove its type parameters",
        _ when !method.ReturnType.Is(Names.Tensor) => "return Tensor",
        { Parameters.Length: 0 } => "give it a Tensor parameter",
        _ when method.Parameters.Any(static p => p.RefKind != RefKind.None || !p.Type.IsTensor()) =>
            "take Tensor or IntTensor parameters by value",
        _ => null,
    };

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
                Report(unreadable.Id, unreadable.Location, unreadable.Arguments);
            }

            return false;
        }
    }

    private void Report(string id, Location location, params string[] arguments) =>
        _problems.Add(new Problem(id, _sites.Record(location), arguments.ToEquatable()));
}
