using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dsl.Generator.Reading;

/// <summary>Reads the body of a <c>[Pointwise]</c> function as one expression; locals and calls are
/// substituted.</summary>
internal sealed class PointwiseReader
{
    private readonly PointwiseCatalog _catalog;
    private readonly string _function;
    private readonly Dictionary<ISymbol, PointwiseExpression> _values = new(SymbolEqualityComparer.Default);

    public PointwiseReader(PointwiseCatalog catalog, IMethodSymbol method)
    {
        _catalog = catalog;
        _function = method.Name;
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            _values[parameter] = new PointwiseExpression("arg", parameter.Name, default);
        }
    }

    /// <summary>The whole body.</summary>
    /// <exception cref="UnreadableException">DSL1009 or DSL1008.</exception>
    public PointwiseExpression Read(IMethodBodyBaseOperation body)
    {
        IBlockOperation block = body.BlockBody ?? body.ExpressionBody
            ?? throw Unreadable(body, "it has no body");
        return Run(block.Operations) ?? throw Unreadable(body, "not every path returns a value");
    }

    /// <summary>Statements in order; null when the last falls through. An <c>if</c> that returns becomes a select of
    /// its value and the value of what follows.</summary>
    private PointwiseExpression? Run(ImmutableArray<IOperation> statements)
    {
        for (int i = 0; i < statements.Length; i++)
        {
            switch (statements[i])
            {
                case IReturnOperation { ReturnedValue: { } value }:
                    return Evaluate(value);

                case IBlockOperation block:
                    if (Run(block.Operations) is { } inner)
                    {
                        return inner;
                    }

                    break;

                case IVariableDeclarationGroupOperation group:
                    foreach (IVariableDeclaratorOperation local in
                        group.Declarations.SelectMany(static d => d.Declarators))
                    {
                        IOperation value = local.GetVariableInitializer()?.Value
                            ?? throw Unreadable(local, "give the local a value where it is declared");
                        _values[local.Symbol] = Evaluate(value);
                    }

                    break;

                case IExpressionStatementOperation { Operation: { } expression }:
                    Evaluate(expression);
                    break;

                case IConditionalOperation branch:
                    PointwiseExpression then = Run(Block(branch.WhenTrue))
                        ?? throw Unreadable(branch, "an 'if' has to return; write ?: to choose a value");
                    PointwiseExpression otherwise = Run(
                        (branch.WhenFalse is null ? ImmutableArray<IOperation>.Empty : Block(branch.WhenFalse))
                            .AddRange(statements.Skip(i + 1)))
                        ?? throw Unreadable(branch, "not every path returns a value");
                    return Select(branch.Condition, then, otherwise);

                case IEmptyOperation:
                    break;

                default:
                    throw Unreadable(statements[i], "use expressions, locals and ?:");
            }
        }

        return null;
    }

    private static ImmutableArray<IOperation> Block(IOperation statement) =>
        statement is IBlockOperation block ? block.Operations : ImmutableArray.Create(statement);

    private PointwiseExpression Evaluate(IOperation operation)
    {
        if (operation.ConstantValue is { HasValue: true, Value: { } constant }
            && constant is not (string or char or bool))
        {
            return PointwiseAdvice.CutOff(operation) is var (division, offer)
                ? throw Unreadable(division, "the division of ints cuts off what is after the point: write floats")
                    .Offering(offer)
                : Constant(constant);
        }

        switch (operation)
        {
            case IParenthesizedOperation inner:
                return Evaluate(inner.Operand);

            case IParameterReferenceOperation parameter when _values.TryGetValue(parameter.Parameter, out var value):
                return value;

            case ILocalReferenceOperation local when _values.TryGetValue(local.Local, out var value):
                return value;

            case IConversionOperation { OperatorMethod: null } conversion
                when conversion.Type?.SpecialType is SpecialType.System_Single or SpecialType.System_Double:
                return Evaluate(conversion.Operand);

            case IUnaryOperation { OperatorMethod: null, OperatorKind: UnaryOperatorKind.Minus } unary:
                return Apply("neg", Evaluate(unary.Operand));

            case IUnaryOperation { OperatorMethod: null, OperatorKind: UnaryOperatorKind.Plus } unary:
                return Evaluate(unary.Operand);

            case IBinaryOperation { OperatorMethod: null } binary:
                return Binary(binary);

            case IConditionalOperation { WhenFalse: { } otherwise } conditional:
                return Select(conditional.Condition, Evaluate(conditional.WhenTrue), Evaluate(otherwise));

            case IInvocationOperation call:
                return Call(call);

            case ISimpleAssignmentOperation assignment:
                return Assign(assignment.Target, Evaluate(assignment.Value));

            case ICompoundAssignmentOperation { OperatorMethod: null } assignment
                when PointwiseCatalog.Row(assignment.OperatorKind) is { } row:
                return Assign(assignment.Target, Apply(row, Evaluate(assignment.Target), Evaluate(assignment.Value)));

            default:
                throw Unreadable(operation, PointwiseAdvice.ForExpression(operation))
                    .Offering(PointwiseAdvice.OfferFor(operation));
        }
    }

    private PointwiseExpression Assign(IOperation target, PointwiseExpression value)
    {
        ISymbol symbol = target switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            _ => throw Unreadable(target, "assign to locals only"),
        };
        return _values[symbol] = value;
    }

    /// <summary><c>a &gt; b</c> is less(b, a): the table has the two comparisons that vectors have.</summary>
    private PointwiseExpression Binary(IBinaryOperation binary)
    {
        if (PointwiseCatalog.Row(binary.OperatorKind) is { } row)
        {
            return Apply(row, Evaluate(binary.LeftOperand), Evaluate(binary.RightOperand));
        }

        return binary.OperatorKind switch
        {
            BinaryOperatorKind.GreaterThan =>
                Apply("less", Evaluate(binary.RightOperand), Evaluate(binary.LeftOperand)),
            BinaryOperatorKind.GreaterThanOrEqual =>
                Apply("lessequal", Evaluate(binary.RightOperand), Evaluate(binary.LeftOperand)),
            _ => throw Unreadable(binary, "this operator is not differentiable over floats")
                .Offering(PointwiseAdvice.OfferFor(binary)),
        };
    }

    /// <summary>A choice. Logic on conditions becomes nested choices, so that a mask is always one
    /// comparison.</summary>
    private PointwiseExpression Select(IOperation condition, PointwiseExpression then, PointwiseExpression otherwise)
    {
        switch (condition)
        {
            case { ConstantValue: { HasValue: true, Value: bool known } }:
                return known ? then : otherwise;

            case IParenthesizedOperation inner:
                return Select(inner.Operand, then, otherwise);

            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return Select(not.Operand, otherwise, then);

            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } and:
                return Select(and.LeftOperand, Select(and.RightOperand, then, otherwise), otherwise);

            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } or:
                return Select(or.LeftOperand, then, Select(or.RightOperand, then, otherwise));

            case IBinaryOperation { OperatorKind: BinaryOperatorKind.NotEquals } unequal:
                PointwiseExpression equal =
                    Apply("equal", Evaluate(unequal.LeftOperand), Evaluate(unequal.RightOperand));
                return Apply("select", equal, otherwise, then);
        }

        PointwiseExpression mask = Evaluate(condition);
        return mask.Op is "less" or "lessequal" or "equal"
            ? Apply("select", mask, then, otherwise)
            : throw Unreadable(condition, "a condition has to be a comparison of floats");
    }

    private PointwiseExpression Call(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        PointwiseExpression[] arguments = call.Arguments.OrderBy(static a => a.Parameter?.Ordinal ?? 0)
            .Select(a => Evaluate(a.Value)).ToArray();
        if (PointwiseCatalog.MathRow(method) is { } row)
        {
            return Apply(row, arguments);
        }

        if (PointwiseCatalog.IsMath(method) && method.Name == "FusedMultiplyAdd")
        {
            return Apply("add", Apply("mul", arguments[0], arguments[1]), arguments[2]);
        }

        PointwiseSpec spec = _catalog.Find(method, call.Syntax.GetLocation()) ?? throw Unreadable(
            call, PointwiseCatalog.IsMath(method)
                ? $"{method.ContainingType.Name}.{method.Name} has no derivative in the table"
                : $"mark '{method.Name}' with [Pointwise]").Offering(PointwiseAdvice.OfferFor(call));
        return Substitute(spec.Body, spec.Parameters.Zip(arguments, static (name, value) => (name, value))
            .ToDictionary(static p => p.name, static p => p.value));
    }

    private static PointwiseExpression Substitute(
        PointwiseExpression body, IReadOnlyDictionary<string, PointwiseExpression> arguments) => body.Op switch
        {
            "arg" => arguments[body.Text],
            "const" => body,
            _ => body with { Operands = body.Operands.Select(o => Substitute(o, arguments)).ToEquatable() },
        };

    private static PointwiseExpression Constant(object value)
    {
        float number = System.Convert.ToSingle(value, System.Globalization.CultureInfo.InvariantCulture);
        return new PointwiseExpression("const", Constants.Text(number, null), default);
    }

    private static PointwiseExpression Apply(string op, params PointwiseExpression[] operands) =>
        new(op, "", operands.ToEquatable());

    private UnreadableException Unreadable(IOperation operation, string remedy) => new(
        "DSL1009", operation.Syntax.GetLocation(), UnreadableException.Excerpt(operation.Syntax), _function, remedy);
}
