using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Layers;
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

    public IMethodSymbol? Find(string name) => _context.Type.GetMembers(name).OfType<IMethodSymbol>()
        .FirstOrDefault(static m => m.MethodKind == MethodKind.Ordinary);

    /// <summary>Reads the annotated partial methods, in source order.</summary>
    /// <param name="stubs">Declarations of wrong ones.</param>
    public EquatableArray<LayerSpec> ReadLayers(out EquatableArray<string> stubs)
    {
        var layers = new List<LayerSpec>();
        var wrong = new List<string>();
        foreach (IMethodSymbol method in _context.Type.GetMembers().OfType<IMethodSymbol>()
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
                Fail(
                    "DSL1006",
                    second,
                    new[] { new Offer(RemedyVerbs.Remove, first, ""), new Offer(RemedyVerbs.Remove, second, "") },
                    method.Name, attributes[0].AttributeClass!.Name.Replace("Attribute", ""),
                    attributes[1].AttributeClass!.Name.Replace("Attribute", ""));
            }

            bool isRead = false;
            if (Signature.OfLayer(method) is { } complaint)
            {
                Fail("DSL1002", complaint.Location, complaint.Offers, method.Name, complaint.Remedy);
            }
            else
            {
                CheckSizes(attributes[0], $"an argument of '{method.Name}'");
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

    /// <summary>Reads the functions of the library that activations name, and those that layers have by default.</summary>
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

            // A default that is not used costs nothing: what no program calls is not written.
            foreach (LayerArgument argument in (LayerTable.Find(LayerReader.KindOf(attribute))?.Arguments ?? [])
                .Where(static a => a is { Kind: ArgumentKind.Activation, Default: not (null or "None") }))
            {
                Try(() => _context.Activation(argument.Default!));
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
                Report(unreadable.Id, unreadable.Location, unreadable.Offers, unreadable.Arguments);
            }

            return false;
        }
    }

    /// <summary>Reports members whose name is another's.</summary>
    /// <param name="written">The members that the build writes.</param>
    public void CheckNames(IReadOnlyCollection<string> written)
    {
        foreach (var (location, name, owner) in ModelDeclaration.Clashes(_context.Type, written))
        {
            Fail("DSL1015", location, name, _context.Type.Name, owner);
        }
    }

    /// <summary>Checks the shapes that a function claims.</summary>
    public void CheckShapes(IMethodSymbol method)
    {
        foreach (IParameterSymbol input in method.Parameters)
        {
            CheckSizes(input.Attribute(Names.Shape), $"the shape of '{input.Name}'");
        }

        CheckSizes(
            method.GetReturnTypeAttributes().FirstOrDefault(static a => a.AttributeClass.Is(Names.Shape)),
            $"the return shape of '{method.Name}'");
    }

    /// <summary>Reports what makes the class incomplete.</summary>
    public void Fail(string id, Location location, params string[] arguments) =>
        Fail(id, location, Array.Empty<Offer>(), arguments);

    /// <summary>Reports what makes the class incomplete, and what can be done about it.</summary>
    public void Fail(string id, Location location, IEnumerable<Offer> offers, params string[] arguments)
    {
        IsComplete = false;
        Report(id, location, offers, arguments);
    }

    public void Report(string id, Location location, params string[] arguments) =>
        Report(id, location, Array.Empty<Offer>(), arguments);

    public void Report(string id, Location location, IEnumerable<Offer> offers, params string[] arguments) =>
        _problems.Add(new Problem(id, _context.Sites.Record(location), arguments.ToEquatable())
        {
            Remedies = _context.Sites.Record(offers),
        });

    private static Location At(AttributeData attribute, ISymbol otherwise) =>
        attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation() ?? otherwise.Locations[0];

    private void CheckSizes(AttributeData? attribute, string where)
    {
        if (attribute is null)
        {
            return;
        }

        // Arguments that do not compile are the compiler's to report: there is nothing to lower.
        IsComplete &= SizeArguments.AreKnown(attribute);
        foreach (var (location, text) in SizeArguments.Wrong(attribute))
        {
            Fail("DSL2007", location, SizeArguments.Offers(location, text), where, text,
                "it is neither an int nor a text");
        }
    }
}
