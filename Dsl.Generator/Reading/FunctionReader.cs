using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dsl.Generator.Reading;

/// <summary>
/// Reads <c>Forward</c> or <c>Loss</c> as dataflow by running it: tensors are numbers of values, everything else is
/// known. So loops unroll, calls inline and locals vanish without rules of their own. One instance reads one function.
/// </summary>
internal sealed partial class FunctionReader
{
    /// <summary>A loop that is longer was not meant to be unrolled, or never ends.</summary>
    private const int MaximumIterations = 4096;

    private readonly ModelContext _model;
    private readonly List<StepSpec> _steps = new();
    private readonly Stack<IMethodSymbol> _active = new();
    private Dictionary<ISymbol, Value> _locals = new(SymbolEqualityComparer.Default);
    private int _inputs;

    private FunctionReader(ModelContext model) => _model = model;

    /// <summary>Reads a function.</summary>
    /// <exception cref="UnreadableException">A part of it is not in the readable subset.</exception>
    public static FunctionSpec Read(ModelContext model, IMethodSymbol method) => new FunctionReader(model).Read(method);

    /// <summary>The inputs and the claim of a function without its steps; the result is no value.</summary>
    public static FunctionSpec ReadSignature(ModelContext model, IMethodSymbol method)
    {
        AttributeData? claim = method.GetReturnTypeAttributes()
            .FirstOrDefault(static a => a.AttributeClass.Is(Names.Shape));
        return new FunctionSpec(
            method.Name,
            method.Parameters.Select(p => LayerReader.ReadInput(p, model.Sites)).ToEquatable(),
            EquatableArray<StepSpec>.Empty,
            -1,
            claim is not null,
            LayerReader.Dims(claim),
            model.Sites.Record(method));
    }

    private FunctionSpec Read(IMethodSymbol method)
    {
        FunctionSpec signature = ReadSignature(_model, method);
        _inputs = signature.Inputs.Count;
        Value result = Inline(
            method, method.Parameters.Select(Value (p) => new TensorValue(p.Ordinal)).ToArray(), method.Locations[0]);
        if (result is not TensorValue tensor)
        {
            throw new UnreadableException(
                "DSL1003", method.Locations[0], method.Name, method.Name,
                "return one Tensor that was computed from the inputs");
        }

        return signature with { Steps = _steps.ToEquatable(), Result = tensor.Id };
    }

    /// <summary>Runs a method of the class on values, in a frame of its own.</summary>
    private Value Inline(IMethodSymbol method, Value[] arguments, Location call)
    {
        if (_active.Contains(method, SymbolEqualityComparer.Default))
        {
            throw new UnreadableException(
                "DSL1008", call, method.Name, "the graph has a fixed size: write a loop with constant bounds");
        }

        SyntaxNode? syntax = (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences
            .FirstOrDefault()?.GetSyntax(_model.Cancellation);
        if (syntax is null || _model.Operation(syntax) is not IMethodBodyOperation body
            || (body.BlockBody ?? body.ExpressionBody) is not { } block)
        {
            throw new UnreadableException(
                "DSL1003", call, method.Name, Function, "it has no body here: give it one, or make it a layer");
        }

        var outer = _locals;
        _locals = new Dictionary<ISymbol, Value>(SymbolEqualityComparer.Default);
        for (int i = 0; i < arguments.Length; i++)
        {
            _locals[method.Parameters[i]] = arguments[i];
        }

        _active.Push(method);
        Value result = Run(block) ?? throw new UnreadableException(
            "DSL1003", method.Locations[0], method.Name, method.Name, "not every path returns a value");
        _active.Pop();
        _locals = outer;
        return result;
    }

    private string Function => _active.Count > 0 ? _active.Peek().Name : "Forward";

    /// <summary>Runs a statement; the value when it returned, else null.</summary>
    private Value? Run(IOperation statement)
    {
        _model.Cancellation.ThrowIfCancellationRequested();
        switch (statement)
        {
            case IBlockOperation block:
                return block.Operations.Select(Run).FirstOrDefault(static v => v is not null);

            case IReturnOperation { ReturnedValue: { } value }:
                return Evaluate(value);

            case IVariableDeclarationGroupOperation group:
                foreach (IVariableDeclaratorOperation local in group.Declarations.SelectMany(static d => d.Declarators))
                {
                    Declare(local);
                }

                return null;

            case IExpressionStatementOperation { Operation: { } expression }:
                Evaluate(expression);
                return null;

            case IConditionalOperation branch:
                return Known(branch.Condition)
                    ? Run(branch.WhenTrue)
                    : branch.WhenFalse is null ? null : Run(branch.WhenFalse);

            case IForLoopOperation loop:
                return RunLoop(loop);

            case IEmptyOperation:
                return null;

            default:
                throw Unreadable(statement, Advice.ForStatement(statement));
        }
    }

    /// <summary>A local without a value is one that a branch assigns later.</summary>
    private void Declare(IVariableDeclaratorOperation local)
    {
        if (local.GetVariableInitializer()?.Value is { } value)
        {
            int before = _steps.Count;
            Bind(local.Symbol, Evaluate(value), before);
        }
    }

    private Value? RunLoop(IForLoopOperation loop)
    {
        foreach (IOperation statement in loop.Before)
        {
            Run(statement);
        }

        for (int i = 0; loop.Condition is null || Known(loop.Condition); i++)
        {
            if (i == MaximumIterations)
            {
                throw Unreadable(loop, $"it runs more than {MaximumIterations} times: loops are unrolled");
            }

            if (Run(loop.Body) is { } returned)
            {
                return returned;
            }

            foreach (IOperation statement in loop.AtLoopBottom)
            {
                Run(statement);
            }
        }

        return null;
    }

    private bool Known(IOperation condition) => Evaluate(condition) is KnownValue { Constant: bool known }
        ? known
        : throw Unreadable(
            condition,
            "a condition has to be known when the class is compiled; to choose per element write ?: in a [Pointwise] function");

    /// <summary>Names a local, and the step that computed it: a step is called what the user called it.</summary>
    private void Bind(ISymbol local, Value value, int stepsBefore)
    {
        _locals[local] = value;
        int step = value is TensorValue tensor ? tensor.Id - _inputs : -1;
        if (step >= stepsBefore && step == _steps.Count - 1)
        {
            _steps[step] = _steps[step] with { Label = local.Name };
        }
    }

    private TensorValue Add(
        StepKind kind, string target, IEnumerable<OperandSpec> operands, string label, IOperation site)
    {
        _steps.Add(new StepSpec(kind, target, operands.ToEquatable(), label, _model.Sites.Record(site.Syntax)));
        return new TensorValue(_inputs + _steps.Count - 1);
    }

    private UnreadableException Unreadable(IOperation operation, string remedy) => new(
        "DSL1003", operation.Syntax.GetLocation(), UnreadableException.Excerpt(operation.Syntax), Function, remedy);
}
