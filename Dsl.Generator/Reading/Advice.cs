using System;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Dsl.Generator.Reading;

/// <summary>
/// What to write in place of an operation that cannot be read. The readers say what they can read; this says what
/// somebody who wrote something else most likely wants.
/// </summary>
internal static class Advice
{
    /// <summary>The remedy for an expression of <c>Forward</c>.</summary>
    public static string ForExpression(IOperation operation) => operation switch
    {
        IAnonymousFunctionOperation => "write a [Pointwise] function and name it here",
        IFieldReferenceOperation => "a field can change while the model runs: make it a const, or an input",
        IPropertyReferenceOperation { Instance.Type: { } type } when type.IsTensor() =>
            "values and shapes of tensors are not known when the class is compiled: write sizes as numbers",
        IPropertyReferenceOperation => "a property can change while the model runs: make it a const, or an input",
        IObjectCreationOperation { Type: { } type } when type.IsTensor() =>
            "tensors are computed from inputs and layers: make it an input",
        IInterpolatedStringOperation => "texts are not computed: remove it",
        IAwaitOperation => "it is read when the class is compiled, so there is nothing to wait for: remove 'await'",
        IThrowOperation => "the build checks shapes, so nothing is left to throw: remove it",
        ISwitchExpressionOperation or IIsPatternOperation or ICoalesceOperation =>
            "what depends on values is no dataflow; to choose per element write ?: in a [Pointwise] function",
        _ => "use layers, functions of Dsl.Functions, operators on tensors, locals, tuples and constants",
    };

    /// <summary>The remedy for a statement of <c>Forward</c>.</summary>
    public static string ForStatement(IOperation statement) => statement switch
    {
        IWhileLoopOperation =>
            "how often it runs has to be known when the class is compiled: write 'for' with constant bounds",
        IForEachLoopOperation =>
            "tensors are not enumerated: apply a function to the whole tensor, or write 'for' with constant bounds",
        ITryOperation => "nothing in it can throw once the build has checked it: remove 'try'",
        IUsingOperation or IUsingDeclarationOperation or ILockOperation =>
            "a graph owns nothing while it is built: remove it",
        ISwitchOperation => "write 'if' on constants, or ?: in a [Pointwise] function",
        ILocalFunctionOperation => "make it a method of the class: those are inlined",
        IExpressionStatementOperation or IThrowOperation =>
            "the build checks shapes, so nothing is left to throw: remove it",
        _ => "use locals, assignments, 'for' with constant bounds, 'if' on constants and 'return'",
    };

    /// <summary>The remedy for a call in <c>Forward</c> of something that is neither a layer nor a function of the
    /// library.</summary>
    public static string ForCall(IInvocationOperation call) => call switch
    {
        { TargetMethod.MethodKind: MethodKind.LocalFunction } => "make it a method of the class: those are inlined",
        { TargetMethod.ContainingType: { } type } when type.Is("System.Math") || type.Is("System.MathF") =>
            "functions of Math do not work on tensors: use those of Dsl.Functions, or write the number",
        { TargetMethod.ContainingType: { } type } when type.Is("System.Linq.Enumerable") =>
            "queries are not read: write 'for' with constant bounds",
        { TargetMethod.ContainingType: { } type } when type.Is("System.Console") =>
            "a graph prints nothing: call Forward as it stands and print its result",
        { TargetMethod: { Name: "Reshape", ContainingType: { } type } } when type.IsTensor() =>
            "write Flatten, Unflatten, Unsqueeze or Squeeze, which say what becomes of each axis",
        { TargetMethod: { Name: "Zeros", ContainingType: { } type } } when type.IsTensor() =>
            "write a number, which is broadcast, or make it an input",
        { TargetMethod.ContainingType: { } type } when type.IsTensor() =>
            "tensors are computed when the model runs: call layers and methods of this class, and functions of Dsl.Functions",
        _ => "call layers and methods of this class, and functions of Dsl.Functions that return a Tensor",
    };

    /// <summary>The remedy for an argument that names no parameter.</summary>
    public static string ForParameter(IMethodSymbol method, string name)
    {
        string parameters = string.Join(", ", method.Parameters.Select(static p => $"'{p.Name}'"));
        return $"'{method.Name}' has no parameter '{name}' but {parameters}"
            + (name.StartsWith("keep", StringComparison.OrdinalIgnoreCase)
                ? "; axes that are reduced disappear, and Unsqueeze puts one back" : "");
    }

    /// <summary>What can be changed for an operation by itself.</summary>
    /// <param name="operation">What cannot be read.</param>
    /// <param name="type">The class, whose names a new function must not take.</param>
    public static Offer? OfferFor(IOperation operation, INamedTypeSymbol type) => operation switch
    {
        IAnonymousFunctionOperation lambda when lambda.Syntax is LambdaExpressionSyntax =>
            new Offer(RemedyVerbs.Extract, lambda.Syntax.GetLocation(), FreeName(type, "Custom")),
        IFieldReferenceOperation field => Constant(field.Field),
        _ => null,
    };

    /// <summary>A function of this project that could be pointwise.</summary>
    public static Offer? MarkPointwise(IMethodSymbol method) =>
        method.IsStatic && PointwiseCatalog.IsScalar(method) && method.Locations[0].IsInSource
            && !method.Has(Names.Pointwise)
            ? new Offer(RemedyVerbs.SetAttribute, method.Locations[0], "Pointwise")
            : null;

    /// <summary>A field of this project that could be a const.</summary>
    public static Offer? Constant(IFieldSymbol field) =>
        field is { IsConst: false, Type.SpecialType: >= SpecialType.System_Boolean and <= SpecialType.System_Double }
        && field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax
        {
            Initializer.Value: LiteralExpressionSyntax
                or PrefixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax },
            Parent: VariableDeclarationSyntax { Variables.Count: 1 },
        }
            ? new Offer(RemedyVerbs.MakeConstant, field.Locations[0], "")
            : null;

    /// <summary>The name that somebody who misspelt a call most likely means: a layer or method of the class, or a
    /// function of the library; null when none is near.</summary>
    public static string? NearestCallee(string written, INamedTypeSymbol type, INamedTypeSymbol? functions) =>
        Nearest(written, type.GetMembers().Concat(functions?.GetMembers() ?? default)
            .OfType<IMethodSymbol>()
            .Where(static m => m.MethodKind == MethodKind.Ordinary && m.Name != "Forward" && m.Name != "Loss")
            .Select(static m => m.Name));

    /// <summary>The nearest of some names, at most two letters (and a third of them) away; null when none is.</summary>
    public static string? Nearest(string written, System.Collections.Generic.IEnumerable<string> known)
    {
        var found = known.Distinct(StringComparer.Ordinal)
            .Where(k => k != written)
            .Select(k => (Name: k, Distance: Distance(written.ToUpperInvariant(), k.ToUpperInvariant())))
            .OrderBy(static k => k.Distance).ThenBy(static k => k.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return found.Name is not null && found.Distance <= Math.Max(1, Math.Min(2, written.Length / 3)) ? found.Name
            : null;
    }

    private static string FreeName(INamedTypeSymbol type, string name)
    {
        string free = name;
        for (int number = 2; !type.GetMembers(free).IsEmpty; number++)
        {
            free = name + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return free;
    }

    /// <summary>Insertions, deletions, substitutions and exchanged neighbours that turn one text into the
    /// other.</summary>
    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                int best = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                best = Math.Min(best, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                cost[i, j] = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]
                    ? Math.Min(best, cost[i - 2, j - 2] + 1)
                    : best;
            }
        }

        return cost[a.Length, b.Length];
    }
}
