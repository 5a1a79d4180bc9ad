using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Dsl.Generator.Reading;

/// <summary>Expressions: constants, locals, tuples, operators and assignments.</summary>
internal sealed partial class FunctionReader
{
    private Value Evaluate(IOperation operation)
    {
        if (operation.ConstantValue is { HasValue: true } constant)
        {
            return Constants.Known(constant.Value, operation.Type);
        }

        switch (operation)
        {
            case IParenthesizedOperation inner:
                return Evaluate(inner.Operand);

            case IParameterReferenceOperation parameter when _locals.TryGetValue(parameter.Parameter, out Value? value):
                return value;

            case IParameterReferenceOperation { Parameter: var parameter } when _decisions is not null
                && parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor }:
                return new ArgumentValue(parameter.Name);

            case ILocalReferenceOperation local when _locals.TryGetValue(local.Local, out Value? value):
                return value;

            case IConversionOperation conversion:
                Value converted = Evaluate(conversion.Operand);
                if (converted is ArgumentValue argument)
                {
                    return Convert(argument, conversion);
                }

                return converted is KnownValue { Constant: var number } && conversion.OperatorMethod is null
                    && conversion.Type is { TypeKind: not TypeKind.Enum }
                    ? Constants.Known(Constants.Convert(number, conversion.Type), conversion.Operand.Type)
                    : converted;

            case IDelegateCreationOperation function:
                return Evaluate(function.Target);

            case IMethodReferenceOperation function:
                return new PointwiseValue(
                    _model.Pointwise(function.Method, function.Syntax.GetLocation()) ?? throw Unreadable(
                        function, $"mark '{function.Method.Name}' with [Pointwise] and let it take and return floats")
                        .Offering(Advice.MarkPointwise(function.Method))
                            .Elsewhere(function.Method.Has(Names.Pointwise)));

            case ITupleOperation tuple:
                return new ListValue(tuple.Elements.Select(Evaluate).ToArray());

            case IArrayCreationOperation { Initializer: { } initializer }:
                return new ListValue(initializer.ElementValues.Select(Evaluate).ToArray());

            case IArrayCreationOperation { DimensionSizes: { Length: 1 } sizes }
                when sizes[0].ConstantValue is { HasValue: true, Value: 0 }:
                return new ListValue(System.Array.Empty<Value>());

            case ICollectionExpressionOperation list when list.Elements.All(static e => e is not ISpreadOperation):
                return new ListValue(list.Elements.Select(Evaluate).ToArray());

            case IFieldReferenceOperation { Instance: { } instance } field when instance.Type?.IsTupleType == true:
                return Element(field, Evaluate(instance));

            case IArrayElementReferenceOperation { Indices: { Length: 1 } indices } element
                when Evaluate(element.ArrayReference) is ListValue list
                    && Evaluate(indices[0]) is KnownValue { Constant: int index }
                    && index >= 0 && index < list.Items.Count:
                return list.Items[index];

            case IPropertyReferenceOperation { Property: { Name: Names.Training } property }
                when property.ContainingType.Is(Names.Functions):
                _dependsOnTraining = true;
                return Constants.Known(_isTraining);

            case IBinaryOperation binary:
                return Binary(binary, binary.OperatorKind, Evaluate(binary.LeftOperand), Evaluate(binary.RightOperand));

            case IUnaryOperation unary:
                return Unary(unary);

            case IConditionalOperation { WhenFalse: { } otherwise } conditional:
                return Evaluate(Known(conditional.Condition) ? conditional.WhenTrue : otherwise);

            case ISimpleAssignmentOperation assignment:
            {
                int before = _steps.Count;
                Value value = Evaluate(assignment.Value);
                Assign(assignment.Target, value, before);
                return value;
            }

            case ICompoundAssignmentOperation assignment:
            {
                int before = _steps.Count;
                Value value = Binary(
                    assignment, assignment.OperatorKind, Evaluate(assignment.Target), Evaluate(assignment.Value));
                Assign(assignment.Target, value, before);
                return value;
            }

            case IIncrementOrDecrementOperation step:
                return Increment(step);

            case IDeconstructionAssignmentOperation deconstruction:
            {
                int before = _steps.Count;
                Value value = Evaluate(deconstruction.Value);
                Assign(deconstruction.Target, value, before);
                return value;
            }

            case IInvocationOperation call:
                return Call(call);

            case IInvalidOperation invalid:
                return Invalid(invalid);

            default:
                throw Unreadable(operation, Advice.ForExpression(operation))
                    .Offering(Advice.OfferFor(operation, _model.Type))
                    .Elsewhere(operation.Syntax is ExpressionSyntax written && _model.IsWrong(written));
        }
    }

    /// <summary>The field of a tuple, by position: names are the compiler's business.</summary>
    private Value Element(IFieldReferenceOperation field, Value tuple)
    {
        IFieldSymbol symbol = field.Field.CorrespondingTupleField ?? field.Field;
        var elements = ((INamedTypeSymbol)field.Instance!.Type!).TupleElements;
        int index = elements.TakeWhile(e =>
            !SymbolEqualityComparer.Default.Equals(e.CorrespondingTupleField ?? e, symbol)).Count();
        return tuple is ListValue list && index < list.Items.Count
            ? list.Items[index]
            : throw Unreadable(field, "deconstruct the tuple into locals");
    }

    private void Assign(IOperation target, Value value, int stepsBefore)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                Bind(local.Local, value, stepsBefore);
                return;

            case IParameterReferenceOperation parameter:
                Bind(parameter.Parameter, value, stepsBefore);
                return;

            case IDiscardOperation:
                return;

            case IDeclarationExpressionOperation declaration:
                Assign(declaration.Expression, value, stepsBefore);
                return;

            case ITupleOperation tuple when value is ListValue list && list.Items.Count == tuple.Elements.Length:
                for (int i = 0; i < list.Items.Count; i++)
                {
                    Assign(tuple.Elements[i], list.Items[i], stepsBefore);
                }

                return;

            default:
                throw Unreadable(target, "assign to locals only");
        }
    }

    private Value Increment(IIncrementOrDecrementOperation step)
    {
        Value before = Evaluate(step.Target);
        var kind = step.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract;
        if (before is not (KnownValue or ArgumentValue))
        {
            throw Unreadable(step, "only numbers count");
        }

        Value value = Binary(step, kind, before, Constants.Known(1));
        Assign(step.Target, value, _steps.Count);
        return step.IsPostfix ? before : value;
    }

    private Value Binary(IOperation operation, BinaryOperatorKind kind, Value left, Value right)
    {
        if (left is KnownValue { Constant: var a } && right is KnownValue { Constant: var b })
        {
            return Constants.Fold(kind, a, b) is { } folded
                ? Constants.Known(folded)
                : throw Unreadable(operation, "this operator is not known on constants");
        }

        if (Expression(left) is { } first && Expression(right) is { } second)
        {
            return new ArgumentValue(ArgumentExpression.Apply(kind.ToString(), first, second));
        }

        string target = kind switch
        {
            BinaryOperatorKind.Add => "add",
            BinaryOperatorKind.Subtract => "sub",
            BinaryOperatorKind.Multiply => "mul",
            BinaryOperatorKind.Divide => "div",
            _ => throw Unreadable(operation, "tensors have the operators +, -, * and /"),
        };
        OperandSpec[] operands = { Operand(operation, "", left), Operand(operation, "", right) };
        return Add(StepKind.Operator, target, operands, "", operation);
    }

    private Value Unary(IUnaryOperation unary)
    {
        Value value = Evaluate(unary.Operand);
        if (value is KnownValue { Constant: var number } && Constants.Fold(unary.OperatorKind, number) is { } folded)
        {
            return Constants.Known(folded);
        }

        if (value is ArgumentValue argument)
        {
            return new ArgumentValue(ArgumentExpression.Apply(unary.OperatorKind.ToString(), argument.Expression));
        }

        return (unary.OperatorKind, value) switch
        {
            (UnaryOperatorKind.Minus, TensorValue) =>
                Add(StepKind.Operator, "neg", new[] { Operand(unary, "", value) }, "", unary),
            (UnaryOperatorKind.Plus, TensorValue) => value,
            _ => throw Unreadable(unary, "tensors have the unary operator -"),
        };
    }

    /// <summary>A conversion between numbers; of an enum or a string the value stays.</summary>
    private static ArgumentValue Convert(ArgumentValue argument, IConversionOperation conversion) =>
        conversion.Type?.SpecialType switch
        {
            SpecialType.System_Int32 => new ArgumentValue(ArgumentExpression.Apply("int", argument.Expression)),
            SpecialType.System_Int64 => new ArgumentValue(ArgumentExpression.Apply("long", argument.Expression)),
            SpecialType.System_Single => new ArgumentValue(ArgumentExpression.Apply("float", argument.Expression)),
            SpecialType.System_Double => new ArgumentValue(ArgumentExpression.Apply("double", argument.Expression)),
            _ => argument,
        };

    /// <summary>What is no tensor as an expression over constructor parameters, or null. A member of an enum is its
    /// name.</summary>
    private static string? Expression(Value value) => value switch
    {
        ArgumentValue argument => argument.Expression,
        KnownValue known => ArgumentExpression.Atom(
            known.Text == Constants.Text(known.Constant, null) ? known.Constant : known.Text),
        _ => null,
    };

    private OperandSpec Operand(IOperation site, string name, Value value) => value switch
    {
        TensorValue tensor => new OperandSpec(name, tensor.Id, ""),
        ListValue list when list.Items.All(static i => i is KnownValue or ArgumentValue) =>
            new OperandSpec(name, -1, string.Join(", ", list.Items.Select(Literal))),
        KnownValue or ArgumentValue => new OperandSpec(name, -1, Literal(value)),
        _ => throw Unreadable(site, "pass a tensor, a number or a list of numbers"),
    };

    private static string Literal(Value value) =>
        value is KnownValue known ? known.Text : ArgumentExpression.Mark + ((ArgumentValue)value).Expression;

    /// <summary>A list of tensors becomes one operand for each, all with the parameter's name.</summary>
    private IEnumerable<OperandSpec> Operands(IOperation site, string name, Value value) =>
        value is ListValue list && list.Items.Any(static i => i is TensorValue)
            ? list.Items.Select(i => Operand(site, name, i))
            : new[] { Operand(site, name, value) };
}
