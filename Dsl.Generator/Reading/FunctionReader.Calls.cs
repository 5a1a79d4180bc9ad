using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Dsl.Generator.Reading;

/// <summary>Calls: layers, functions of the library, pointwise functions on tensors, methods of the class.</summary>
internal sealed partial class FunctionReader
{
    private Value Call(IInvocationOperation call)
    {
        if (call.Instance is not (null or IInstanceReferenceOperation))
        {
            throw Unreadable(call, Advice.ForCall(call));
        }

        // What is called is more guilty than what it is called with.
        if (call.TargetMethod is { MethodKind: MethodKind.LocalFunction }
            or { ContainingType.ContainingNamespace.Name: "System" or "Linq" })
        {
            throw Unreadable(call, Advice.ForCall(call));
        }

        if (call.TargetMethod.Parameters.FirstOrDefault(static p => p.RefKind != RefKind.None) is { } reference)
        {
            throw Unreadable(call, $"its parameter '{reference.Name}' is a reference: pass by value and return a tuple")
                .Elsewhere(LayerReader.LayerAttributes(call.TargetMethod).Any());
        }

        // In evaluation order, which named arguments may change; the spec wants the callee's order.
        var arguments = call.Arguments.Select(a => new Argument(a.Parameter!, Evaluate(a.Value), a)).ToArray();
        return Call(call, call.TargetMethod, arguments.OrderBy(static a => a.Parameter.Ordinal).ToArray());
    }

    private Value Call(IOperation call, IMethodSymbol method, Argument[] arguments)
    {
        Value[] values = arguments.Select(static a => a.Value).ToArray();
        if (SymbolEqualityComparer.Default.Equals(method.ContainingType, _model.Type))
        {
            return LayerReader.LayerAttributes(method).Any()
                ? Layer(call, method, arguments)
                : method.MethodKind == MethodKind.Ordinary && !method.IsGenericMethod
                    ? Inline(method, values, call.Syntax.GetLocation())
                    : throw Unreadable(call, "only methods of the class itself are inlined");
        }

        if (method.ContainingType.Is(Names.Functions) && method.Name == "Map"
            && values.Length > 1 && values[0] is PointwiseValue function)
        {
            return Map(call, function.Spec, values.Skip(1).ToArray());
        }

        // Mish(x) on a tensor is Map(Mish, x) when a scalar Mish stands beside it.
        if (method.IsStatic && method.ReturnType.IsTensor()
            && method.Parameters.All(static p => p.Type.Is(Names.Tensor))
            && PointwiseCatalog.Scalar(method.ContainingType, method.Name, method.Parameters.Length) is { } scalar
            && _model.Pointwise(scalar, call.Syntax.GetLocation()) is { } spec)
        {
            return Map(call, spec, values);
        }

        if (method.ContainingType.Is(Names.Functions) && method.ReturnType is IArrayTypeSymbol array
            && array.ElementType.IsTensor())
        {
            return Pieces(call, method, arguments);
        }

        if (!method.ContainingType.Is(Names.Functions) || !method.ReturnType.IsTensor() || method.IsGenericMethod)
        {
            throw Unreadable(call, call is IInvocationOperation written
                ? Advice.ForCall(written)
                : "call layers and methods of this class, and functions of Dsl.Functions that return a Tensor");
        }

        return Add(StepKind.Function, method.Name, Operands(arguments), "", call);
    }

    /// <summary>A function with several results is one step for each, which says by its number which one.</summary>
    private ListValue Pieces(IOperation call, IMethodSymbol method, Argument[] arguments)
    {
        int count = arguments.Select(static a => (a.Parameter.Name, a.Value) switch
        {
            ("sizes", ListValue list) => list.Items.Count,
            ("parts", KnownValue { Constant: int parts }) => parts,
            _ => 0,
        }).Sum();
        OperandSpec[] operands = Operands(arguments).ToArray();
        return count > 0
            ? new ListValue(Enumerable.Range(0, count).Select(Value (i) => Add(
                StepKind.Function, method.Name, operands.Concat(new[] { Operand(call, "piece", Constants.Known(i)) }),
                    "", call)).ToArray())
            : throw Unreadable(call, "give it a constant number of parts, or their sizes");
    }

    private Value Layer(IOperation call, IMethodSymbol method, Argument[] arguments)
    {
        int values = LayerReader.ResultNames(method.ReturnType).Count;
        TensorValue[] results = Add(
            StepKind.Layer, method.Name, Operands(arguments), method.Name, call, System.Math.Max(values, 1));
        return results.Length == 1 ? results[0] : new ListValue(results);
    }

    private IEnumerable<OperandSpec> Operands(Argument[] arguments) =>
        arguments.SelectMany(a => Operands(a.Site, a.Parameter.Name, a.Value));

    private TensorValue Map(IOperation call, PointwiseSpec spec, IReadOnlyList<Value> arguments)
    {
        Value[] flat = arguments.SelectMany(static a => a is ListValue list ? list.Items : new[] { a }).ToArray();
        if (flat.Length != spec.Parameters.Count)
        {
            throw Unreadable(call, $"'{spec.Name}' takes {spec.Parameters.Count} values and gets {flat.Length}");
        }

        return Add(StepKind.Map, spec.Name, flat.Select((a, i) => Operand(call, spec.Parameters[i], a)), "", call);
    }

    /// <summary>
    /// What does not bind here: a real mistake, which the compiler reports too, or a use of a tensor form that this
    /// generator adds to a class of the same project (generated members do not bind while the generator runs), or a
    /// call around one.
    /// </summary>
    private Value Invalid(IInvalidOperation invalid)
    {
        if (invalid.Syntax is not InvocationExpressionSyntax call || _model.Candidate(call) is not { } method)
        {
            throw Broken(invalid);
        }

        Argument[] arguments = Arguments(invalid, call, method);
        return method.Has(Names.Pointwise) && _model.Pointwise(method, call.GetLocation()) is { } spec
            ? arguments.All(static a => a.Value is TensorValue)
                ? Map(invalid, spec, arguments.Select(static a => a.Value).ToArray())
                : throw Broken(invalid)
            : Call(invalid, method, arguments);
    }

    /// <summary>The arguments of a call that does not bind, in the callee's order with its defaults.</summary>
    private Argument[] Arguments(IInvalidOperation invalid, InvocationExpressionSyntax call, IMethodSymbol method)
    {
        var values = new List<Value>?[method.Parameters.Length];
        for (int i = 0; i < call.ArgumentList.Arguments.Count; i++)
        {
            ArgumentSyntax argument = call.ArgumentList.Arguments[i];
            string? name = argument.NameColon?.Name.Identifier.ValueText;
            if (name is not null && method.Parameters.All(p => p.Name != name))
            {
                throw Unreadable(invalid, Advice.ForParameter(method, name));
            }

            int at = name is null ? System.Math.Min(i, values.Length - 1)
                : method.Parameters.TakeWhile(p => p.Name != name).Count();
            if (at >= values.Length || _model.Operation(argument.Expression) is not { } operation)
            {
                throw Broken(invalid);
            }

            (values[at] ??= new List<Value>()).Add(Evaluate(operation));
        }

        return method.Parameters.Select(p => new Argument(p, ValueOf(p, values[p.Ordinal]), invalid)).ToArray();

        Value ValueOf(IParameterSymbol parameter, List<Value>? given) => given switch
        {
            null when parameter.IsParams => new ListValue(System.Array.Empty<Value>()),
            null when parameter.HasExplicitDefaultValue =>
                Constants.Known(parameter.ExplicitDefaultValue, parameter.Type),
            null => throw Broken(invalid),
            _ when parameter.IsParams => new ListValue(given),
            { Count: 1 } => given[0],
            _ => throw Broken(invalid),
        };
    }

    /// <summary>A misspelt callee is the guilty token, and the name it should have is known.</summary>
    private UnreadableException Broken(IOperation operation)
    {
        if (operation.Syntax is InvocationExpressionSyntax { Expression: IdentifierNameSyntax callee }
            && !_model.IsKnown(callee)
            && Advice.NearestCallee(callee.Identifier.ValueText, _model.Type, _model.Functions) is { } near)
        {
            return new UnreadableException(
                "DSL1003", callee.GetLocation(), callee.Identifier.ValueText, Function,
                    $"nothing has that name; write '{near}'")
                .Offering(new Offer(RemedyVerbs.Replace, callee.GetLocation(), near));
        }

        // What is declared wrongly does not bind where it is used: F in Map(F, x), or a layer. That is reported where
        // it is declared.
        bool isWrongFunction = operation.Syntax is InvocationExpressionSyntax broken
            && broken.ArgumentList.Arguments.Select(static a => a.Expression).Prepend(broken.Expression)
                .Any(_model.IsWrong);
        return Unreadable(operation, "it does not compile as it stands; a member that is generated cannot be used here")
            .Elsewhere(isWrongFunction);
    }

    /// <summary>An argument with the parameter it goes to.</summary>
    private readonly struct Argument
    {
        public Argument(IParameterSymbol parameter, Value value, IOperation site) =>
            (Parameter, Value, Site) = (parameter, value, site);

        public IParameterSymbol Parameter { get; }

        public Value Value { get; }

        public IOperation Site { get; }
    }
}
