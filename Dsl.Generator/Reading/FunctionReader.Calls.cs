using System.Collections.Generic;
using System.Linq;
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
        IMethodSymbol method = call.TargetMethod;
        if (call.Instance is not (null or IInstanceReferenceOperation))
        {
            throw Unreadable(call, "call layers of this class and functions of Dsl.Functions");
        }

        // In evaluation order, which named arguments may change; the spec wants the callee's order.
        var arguments = call.Arguments.Select(a => (a.Parameter, Value: Evaluate(a.Value), Operation: (IOperation)a)).ToArray();
        var ordered = arguments.OrderBy(static a => a.Parameter?.Ordinal ?? 0).ToArray();
        var operands = ordered.SelectMany(a => Named(a.Parameter, a.Value)
            ? System.Array.Empty<OperandSpec>()
            : Operands(a.Operation, a.Parameter?.Name ?? "", a.Value));

        if (SymbolEqualityComparer.Default.Equals(method.ContainingType, _model.Type))
        {
            return LayerReader.LayerAttributes(method).Any()
                ? Add(StepKind.Layer, method.Name, operands, method.Name, call)
                : method.MethodKind == MethodKind.Ordinary && !method.IsGenericMethod
                    ? Inline(method, ordered.Select(static a => a.Value).ToArray(), call.Syntax.GetLocation())
                    : throw Unreadable(call, "only methods of the class itself are inlined");
        }

        if (method.ContainingType.Is(Names.Functions) && method.Name == "Map"
            && ordered.Length > 1 && ordered[0].Value is PointwiseValue function)
        {
            return Map(call, function.Spec, ordered.Skip(1).Select(static a => a.Value).ToArray());
        }

        // Mish(x) on a tensor is Map(Mish, x) when a scalar Mish stands beside it.
        if (method.IsStatic && method.ReturnType.IsTensor() && method.Parameters.All(static p => p.Type.Is(Names.Tensor))
            && PointwiseCatalog.Scalar(method.ContainingType, method.Name, method.Parameters.Length) is { } scalar
            && _model.Pointwise(scalar, call.Syntax.GetLocation()) is { } spec)
        {
            return Map(call, spec, ordered.Select(static a => a.Value).ToArray());
        }

        if (!method.ContainingType.Is(Names.Functions) || !method.ReturnType.IsTensor() || method.IsGenericMethod)
        {
            throw Unreadable(call, "call layers and methods of this class, and functions of Dsl.Functions that return a Tensor");
        }

        return Add(StepKind.Function, method.Name, operands, "", call);
    }

    private static bool Named(IParameterSymbol? parameter, Value value) => value is PointwiseValue && parameter is not null;

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
    /// What does not bind here: a real mistake, which the compiler reports too, or a tensor overload that this generator adds
    /// to a class of the same project (generated members do not bind while the generator runs).
    /// </summary>
    private TensorValue Invalid(IInvalidOperation invalid)
    {
        if (invalid.Syntax is InvocationExpressionSyntax call && _model.Candidate(call) is { } method
            && _model.Pointwise(method, call.GetLocation()) is { } spec)
        {
            Value[] arguments = call.ArgumentList.Arguments
                .Select(a => _model.Operation(a.Expression) is { } operation ? Evaluate(operation) : throw Broken(invalid)).ToArray();
            return arguments.All(static a => a is TensorValue) ? Map(invalid, spec, arguments) : throw Broken(invalid);
        }

        throw Broken(invalid);
    }

    private UnreadableException Broken(IOperation operation) =>
        Unreadable(operation, "it does not compile as it stands; a member that is generated cannot be used here");
}
