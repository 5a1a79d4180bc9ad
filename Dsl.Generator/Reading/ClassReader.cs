using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;

namespace Dsl.Generator.Reading;

/// <summary>What reading a model and reading a block have in common: layers, activations, and the problems
/// met.</summary>
internal sealed class ClassReader
{
    private readonly ModelContext _context;
    private readonly List<Problem> _problems = new();

    public ClassReader(ModelContext context) => _context = context;

    /// <summary>False when a part was unreadable.</summary>
    public bool IsComplete { get; private set; } = true;

    public EquatableArray<Problem> Problems => _problems.Distinct().ToEquatable();

    /// <summary>What is wrong with the signature of <c>Forward</c> or <c>Loss</c>, or null.</summary>
    public static string? Complaint(IMethodSymbol method, bool mayBeTuple)
    {
        int results = LayerReader.ResultNames(method.ReturnType).Count;
        bool hasClaim = method.GetReturnTypeAttributes().Any(static a => a.AttributeClass.Is(Names.Shape));
        return method switch
        {
            { IsStatic: true } => "remove 'static'",
            { IsGenericMethod: true } => "remove its type parameters",
            _ when results == 0 && mayBeTuple => "return Tensor, or a tuple of Tensors",
            _ when results != 1 && !mayBeTuple => "return Tensor",
            _ when results > 1 && hasClaim => "a tuple has no one shape: remove [return: Shape]",
            { Parameters.Length: 0 } => "give it a Tensor parameter",
            _ when method.Parameters.Any(static p => p.RefKind != RefKind.None || !p.Type.IsTensor()) =>
                "take Tensor or IntTensor parameters by value",
            _ => null,
        };
    }

    public IMethodSymbol? Find(string name) => _context.Type.GetMembers(name).OfType<IMethodSymbol>()
        .FirstOrDefault(static m => m.MethodKind == MethodKind.Ordinary);

    /// <summary>Reads the annotated partial methods, in source order.</summary>
    /// <param name="stubs">Declarations of wrong ones.</param>
    public EquatableArray<LayerSpec> ReadLayers(out EquatableArray<string> stubs)
    {
        var layers = new List<LayerSpec>();
        var wrong = new List<string>();
        foreach (IMethodSymbol method in _context.Type.GetMembers().OfType<IMethodSymbol>())
        {
            AttributeData[] attributes = LayerReader.LayerAttributes(method).ToArray();
            if (attributes.Length == 0)
            {
                continue;
            }

            if (attributes.Length > 1)
            {
                Fail(
                    "DSL1006",
                    attributes[1].ApplicationSyntaxReference?.GetSyntax().GetLocation() ?? method.Locations[0],
                    method.Name, attributes[0].AttributeClass!.Name.Replace("Attribute", ""),
                    attributes[1].AttributeClass!.Name.Replace("Attribute", ""));
            }

            bool isRead = false;
            if (LayerReader.Complaint(method) is { } complaint)
            {
                Fail("DSL1002", method.Locations[0], method.Name, complaint);
            }
            else
            {
                isRead = Try(() => layers.Add(LayerReader.Read(method, attributes[0], _context)));
            }

            if (!isRead
                && method is { IsPartialDefinition: true, PartialImplementationPart: null, IsGenericMethod: false })
            {
                wrong.Add(LayerReader.Stub(method));
            }
        }

        stubs = wrong.ToEquatable();
        return layers.ToEquatable();
    }

    /// <summary>Reads the functions of the library that activations name.</summary>
    public void ReadActivations()
    {
        foreach (AttributeData attribute in
            _context.Type.GetMembers().OfType<IMethodSymbol>().SelectMany(LayerReader.LayerAttributes))
        {
            foreach (TypedConstant value in attribute.ConstructorArguments
                .Concat(attribute.NamedArguments.Select(static a => a.Value))
                .Where(static v => v.Type.Is(Names.Activation)))
            {
                Try(() => _context.Activation(Constants.Text(value)));
            }
        }
    }

    /// <summary>Reads a part; false when it is unreadable, which is reported here unless it is elsewhere.</summary>
    public bool Try(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (UnreadableException unreadable)
        {
            IsComplete = false;
            if (!unreadable.IsReportedElsewhere)
            {
                Report(unreadable.Id, unreadable.Location, unreadable.Arguments);
            }

            return false;
        }
    }

    /// <summary>Reports what makes the class incomplete.</summary>
    public void Fail(string id, Location location, params string[] arguments)
    {
        IsComplete = false;
        Report(id, location, arguments);
    }

    public void Report(string id, Location location, params string[] arguments) =>
        _problems.Add(new Problem(id, _context.Sites.Record(location), arguments.ToEquatable()));
}
