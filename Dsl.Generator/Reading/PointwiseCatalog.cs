using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dsl.Generator.Reading;

/// <summary>
/// Finds what a scalar function means: a row of the table (<c>[Primitive]</c>), the body of a <c>[Pointwise]</c>
/// function in source, or the spec that the generated half of its class carries in metadata.
/// </summary>
internal sealed class PointwiseCatalog
{
    private static readonly char[] Separators = { ',', ' ' };

    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<ISymbol, PointwiseSpec> _known = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _active = new(SymbolEqualityComparer.Default);

    public PointwiseCatalog(Compilation compilation, CancellationToken cancellation)
    {
        _compilation = compilation;
        _cancellation = cancellation;
    }

    /// <summary>Methods of MathF, Math and float that are rows of the pointwise table.</summary>
    private static Dictionary<string, string> MathRows { get; } = new(StringComparer.Ordinal)
    {
        ["Abs"] = "abs", ["Sign"] = "sign", ["Floor"] = "floor", ["Sqrt"] = "sqrt",
        ["Exp"] = "exp", ["ExpM1"] = "expm1", ["Log"] = "log", ["LogP1"] = "log1p", ["Sin"] = "sin", ["Cos"] = "cos", ["Tanh"] = "tanh", ["Max"] = "max",
        ["Min"] = "min", ["Pow"] = "pow",
    };

    /// <summary>The row of an operator, or null.</summary>
    public static string? Row(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => "add",
        BinaryOperatorKind.Subtract => "sub",
        BinaryOperatorKind.Multiply => "mul",
        BinaryOperatorKind.Divide => "div",
        BinaryOperatorKind.LessThan => "less",
        BinaryOperatorKind.LessThanOrEqual => "lessequal",
        BinaryOperatorKind.Equals => "equal",
        _ => null,
    };

    public static bool IsMath(IMethodSymbol method) =>
        method.ContainingType.Is("System.MathF") || method.ContainingType.Is("System.Math")
        || method.ContainingType?.SpecialType is SpecialType.System_Single;

    /// <summary>The row of a method of MathF, or null. <c>Log</c> with a base is not the row <c>log</c>.</summary>
    public static string? MathRow(IMethodSymbol method) =>
        IsMath(method) && MathRows.TryGetValue(method.Name, out string? row)
        && method.Parameters.Length == (row is "max" or "min" or "pow" ? 2 : 1)
            ? row
            : null;

    /// <summary>Whether a method takes and returns floats only.</summary>
    public static bool IsScalar(IMethodSymbol method) =>
        method.ReturnType.SpecialType == SpecialType.System_Single
        && method is { IsGenericMethod: false, Parameters.Length: > 0 }
        && method.Parameters.All(static p =>
            p.RefKind == RefKind.None && p.Type.SpecialType == SpecialType.System_Single);

    /// <summary>The function of Dsl.Functions (or of another class) that has this name and this many float
    /// parameters.</summary>
    public static IMethodSymbol? Scalar(INamedTypeSymbol? type, string name, int parameters) =>
        type?.GetMembers(name).OfType<IMethodSymbol>()
            .FirstOrDefault(m => IsScalar(m) && m.Parameters.Length == parameters);

    /// <summary>What a function means, or null when nothing says so.</summary>
    /// <param name="method">A scalar function.</param>
    /// <param name="use">Where it is used: the location of a recursion.</param>
    /// <exception cref="UnreadableException">Its body is unreadable, or it calls itself.</exception>
    public PointwiseSpec? Find(IMethodSymbol method, Location use)
    {
        method = method.OriginalDefinition;
        if (_known.TryGetValue(method, out PointwiseSpec? known))
        {
            return known;
        }

        if (!IsScalar(method))
        {
            return null;
        }

        if (!_active.Add(method))
        {
            throw new UnreadableException(
                "DSL1008", use, method.Name, "a pointwise function is one expression: write it without recursion");
        }

        try
        {
            PointwiseSpec? spec = FromPrimitive(method) ?? FromSource(method) ?? FromMetadata(method, use);
            if (spec is not null)
            {
                _known[method] = spec;
            }

            return spec;
        }
        finally
        {
            _active.Remove(method);
        }
    }

    private static PointwiseSpec? FromPrimitive(IMethodSymbol method)
    {
        var parameters = method.Parameters.Select(static p => p.Name).ToEquatable();
        return method.Attribute(Names.Primitive)?.ConstructorArguments.FirstOrDefault().Value is not string row
            ? null
            : new PointwiseSpec(method.Name, parameters, new PointwiseExpression(
                row, "", parameters.Select(static p => new PointwiseExpression("arg", p, default)).ToEquatable()));
    }

    private PointwiseSpec? FromSource(IMethodSymbol method)
    {
        if (!method.Has(Names.Pointwise)
            || method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(_cancellation) is not { } syntax
            || !_compilation.ContainsSyntaxTree(syntax.SyntaxTree)
            || _compilation.GetSemanticModel(syntax.SyntaxTree).GetOperation(syntax, _cancellation)
                is not IMethodBodyBaseOperation body)
        {
            return null;
        }

        return new PointwiseSpec(
            method.Name,
            method.Parameters.Select(static p => p.Name).ToEquatable(),
            new PointwiseReader(this, method).Read(body));
    }

    /// <summary><c>[PointwiseSpec(1, "Mish", "x", "(mul x (tanh (softplus x)))")]</c> on the containing type.</summary>
    private static PointwiseSpec? FromMetadata(IMethodSymbol method, Location use)
    {
        foreach (AttributeData attribute in method.ContainingType.GetAttributes())
        {
            var arguments = attribute.ConstructorArguments;
            if (!attribute.AttributeClass.Is(Names.PointwiseSpec) || arguments.Length != 4
                || arguments[1].Value as string != method.Name
                || arguments[2].Value is not string parameters || arguments[3].Value is not string body)
            {
                continue;
            }

            string[] names = parameters.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
            if (names.Length != method.Parameters.Length)
            {
                continue;
            }

            if (!Equals(arguments[0].Value, SpecText.Version))
            {
                throw new UnreadableException(
                    "DSL1003", use, method.Name, method.ContainingType.Name,
                    $"its spec has version {arguments[0].Value} and this compiler reads version {SpecText.Version}: "
                    + "rebuild its assembly");
            }

            return new PointwiseSpec(method.Name, names.ToEquatable(), SpecReader.ParseExpression(body));
        }

        return null;
    }
}
