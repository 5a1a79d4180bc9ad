using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dsl.Generator.Reading;

/// <summary>Reads one <c>[Use&lt;Block&gt;(…)]</c> layer and holds it against the block.</summary>
internal sealed class UseReader
{
    private readonly IMethodSymbol _method;
    private readonly AttributeData _attribute;
    private readonly ModelContext _context;
    private readonly AttributeSyntax? _syntax;

    public UseReader(IMethodSymbol method, AttributeData attribute, ModelContext context)
    {
        _method = method;
        _attribute = attribute;
        _context = context;
        _syntax = attribute.ApplicationSyntaxReference?.GetSyntax(context.Cancellation) as AttributeSyntax;
    }

    private Location Whole => _syntax?.GetLocation() ?? _method.Locations[0];

    private AttributeArgumentSyntax[] Positional => (_syntax?.ArgumentList?.Arguments ?? default)
        .Where(static a => a.NameEquals is null && a.NameColon is null).ToArray();

    /// <exception cref="UnreadableException">The class is no block, or the arguments or the signature do not fit
    /// it.</exception>
    public LayerSpec Read(string declaration, string documentation, int site)
    {
        ITypeSymbol type = _attribute.AttributeClass!.TypeArguments[0];
        NameSyntax? written = _syntax?.Name is QualifiedNameSyntax qualified ? qualified.Right : _syntax?.Name;
        Location where = (written as GenericNameSyntax)?.TypeArgumentList.Arguments[0].GetLocation() ?? Whole;

        // A name that says nothing, or none, is the compiler's to report.
        BlockSpec block = type is INamedTypeSymbol { TypeKind: not TypeKind.Error } named
            ? _context.Blocks.Find(named, _method.Name, where)
            : throw new UnreadableException(
                "DSL1011", where, _method.Name, type.ToDisplayString(), "name a class that is marked with [Block]")
                .Elsewhere(type.TypeKind == TypeKind.Error);
        RequireSignature(block);
        return new LayerSpec(
            _method.Name,
            "Use",
            declaration,
            _method.Parameters.Select(p => LayerReader.ReadInput(p, _context.Sites)).ToEquatable(),
            ReadArguments(block).ToEquatable(),
            documentation,
            site)
        {
            Block = block.Name,
            Repeat = ReadRepeat(),
            Recompute = _method.Has(Names.Recompute) || type.Has(Names.Recompute),
            Reversible = _method.Has(Names.Reversible) || type.Has(Names.Reversible),
        };
    }

    private void RequireSignature(BlockSpec block)
    {
        FunctionSpec forward = block.Variants[0];
        bool fits = forward.Inputs.Select(static i => i.Integers)
                .SequenceEqual(_method.Parameters.Select(static p => p.Type.Is(Names.IntTensor)))
            && forward.Results.Count == LayerReader.ResultNames(_method.ReturnType).Count;
        if (!fits)
        {
            string inputs = string.Join(", ", forward.Inputs.Select(static i =>
                $"{(i.Integers ? "IntTensor" : "Tensor")} {i.Name}"));
            string results = forward.Results.Count == 1
                ? "Tensor"
                : "(" + string.Join(", ", forward.Results.Select(static r => "Tensor " + r.Name)) + ")";
            throw new UnreadableException(
                "DSL1002", _method.Locations[0], _method.Name,
                $"'{block.ShortName}' is {results} Forward({inputs}), so write {results} {_method.Name}({inputs})");
        }
    }

    private IEnumerable<ArgumentSpec> ReadArguments(BlockSpec block)
    {
        TypedConstant[] given = _attribute.ConstructorArguments
            .SelectMany(static a => a is { Kind: TypedConstantKind.Array, IsNull: false }
                ? a.Values.ToArray()
                : new[] { a })
            .ToArray();
        int least = block.Parameters.Count(static p => p.Default is null);
        if (given.Length < least || given.Length > block.Parameters.Count)
        {
            bool isOneMore = given.Length > block.Parameters.Count && Positional.Length == given.Length;
            Location at = isOneMore ? Positional[block.Parameters.Count].GetLocation() : Whole;
            throw Wrong(block, given, at).Offering(
                isOneMore ? new Offer(RemedyVerbs.RemoveArgument, at, "") : null);
        }

        AttributeArgumentSyntax[] syntax = Positional;
        for (int i = 0; i < block.Parameters.Count; i++)
        {
            BlockParameterSpec parameter = block.Parameters[i];
            Location location = i < given.Length && syntax.Length == given.Length ? syntax[i].GetLocation() : Whole;
            string text = i >= given.Length
                ? parameter.Default!
                : Text(parameter, given[i]) ?? throw Wrong(block, given, location).Offering(
                    parameter.Type == "bool" && given[i].Value is 0 or 1
                        ? new Offer(RemedyVerbs.Replace, location, given[i].Value is 1 ? "true" : "false")
                        : null);
            yield return new ArgumentSpec(parameter.Name, text, _context.Sites.Record(location));
        }
    }

    private ArgumentSpec? ReadRepeat()
    {
        const string Repeat = nameof(Repeat);
        if (_attribute.NamedArguments.All(static a => a.Key != Repeat))
        {
            return null;
        }

        Location? written = (_syntax?.ArgumentList?.Arguments ?? default)
            .FirstOrDefault(static a => a.NameEquals?.Name.Identifier.ValueText == Repeat)?.Expression.GetLocation();
        TypedConstant given = _attribute.NamedArguments.First(static a => a.Key == Repeat).Value;
        return new ArgumentSpec(Repeat, Constants.Text(given), _context.Sites.Record(written ?? Whole));
    }

    /// <summary>The argument as the spec writes it; null when it is of another kind. A text that names a constructor
    /// parameter of the class around is that parameter's value.</summary>
    private string? Text(BlockParameterSpec parameter, TypedConstant given)
    {
        string text = Constants.Text(given);
        if (given is { Kind: TypedConstantKind.Primitive, Value: string } && parameter.Type != "int"
            && _context.Type.Has(Names.Block)
            && BlockReader.Parameters(_context.Type).FirstOrDefault(p => p.Name == text) is { } outer)
        {
            return outer.Type == parameter.Type ? ArgumentExpression.Mark + text : null;
        }

        return (parameter.Type, given) switch
        {
            ("int", { Kind: TypedConstantKind.Primitive, Value: int or string }) => text,
            ("bool", { Kind: TypedConstantKind.Primitive, Value: bool }) => text,
            ("string", { Kind: TypedConstantKind.Primitive, Value: string }) => text,
            (_, { Kind: TypedConstantKind.Enum, Type: { } type })
                when BlockReader.TypeText(type) == parameter.Type => text,
            _ => null,
        };
    }

    private UnreadableException Wrong(BlockSpec block, IEnumerable<TypedConstant> given, Location location) => new(
        "DSL1012",
        location,
        block.ShortName,
        string.Join(", ", block.Parameters.Select(static p =>
            $"{p.Type.Substring(p.Type.LastIndexOfAny(Separators) + 1)} {p.Name}"
            + (p.Default is null ? "" : " = " + p.Default))),
        _method.Name,
        string.Join(", ", given.Select(static g => g.Kind == TypedConstantKind.Primitive && g.Value is string s
            ? $"\"{s}\"" : Constants.Text(g))));

    private static readonly char[] Separators = { '.', ':' };
}
