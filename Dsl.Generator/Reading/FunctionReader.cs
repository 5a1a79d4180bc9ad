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
    private readonly bool _isTraining;
    private readonly List<StepSpec> _steps = new();
    private readonly List<int> _stepOf = new();
    private readonly Stack<IMethodSymbol> _active = new();
    private readonly Decisions? _decisions;
    private Dictionary<ISymbol, Value> _locals = new(SymbolEqualityComparer.Default);
    private int _region;
    private int _regions;
    private bool _dependsOnTraining;

    private FunctionReader(ModelContext model, Decisions? decisions, bool isTraining = false) =>
        (_model, _decisions, _isTraining) = (model, decisions, isTraining);

    /// <summary>Reads a function with <c>Training</c> false.</summary>
    /// <param name="model">Its class.</param>
    /// <param name="method">The function.</param>
    /// <param name="train">The same with <c>Training</c> true; null when it never asks.</param>
    /// <exception cref="UnreadableException">A part of it is not in the readable subset.</exception>
    public static FunctionSpec Read(ModelContext model, IMethodSymbol method, out FunctionSpec? train)
    {
        var reader = new FunctionReader(model, null);
        FunctionSpec function = reader.Read(method);
        train = reader._dependsOnTraining ? new FunctionReader(model, null, isTraining: true).Read(method) : null;
        return function;
    }

    /// <summary>Reads <c>Forward</c> of a block once for every outcome of its conditions on constructor
    /// parameters.</summary>
    /// <exception cref="UnreadableException">A part of it is not in the readable subset, or there are too many
    /// outcomes.</exception>
    public static EquatableArray<FunctionSpec> ReadVariants(ModelContext model, IMethodSymbol method)
    {
        var variants = new List<FunctionSpec>();
        var decisions = new Decisions();
        do
        {
            if (variants.Count == Decisions.MaximumVariants)
            {
                throw new UnreadableException(
                    "DSL1013", method.Locations[0], method.Name, model.Type.Name,
                    Decisions.MaximumVariants.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            FunctionSpec variant = new FunctionReader(model, decisions).Read(method);
            if (!decisions.IsAbandoned)
            {
                variants.Add(variant with { Conditions = decisions.Conditions });
            }
        }
        while (decisions.Next());

        return variants.ToEquatable();
    }

    /// <summary>The inputs and the claim of a function without its steps; the result is no value.</summary>
    public static FunctionSpec ReadSignature(ModelContext model, IMethodSymbol method)
    {
        AttributeData? claim = method.GetReturnTypeAttributes()
            .FirstOrDefault(static a => a.AttributeClass.Is(Names.Shape));
        return new FunctionSpec(
            method.Name,
            method.Parameters.Select(p => LayerReader.ReadInput(p, model.Sites)).ToEquatable(),
            EquatableArray<StepSpec>.Empty,
            LayerReader.ResultNames(method.ReturnType).Select(static n => new ResultSpec(n, -1)).ToEquatable(),
            claim is not null,
            LayerReader.Dims(claim),
            model.Sites.Record(method));
    }

    private FunctionSpec Read(IMethodSymbol method)
    {
        FunctionSpec signature = ReadSignature(_model, method);
        _stepOf.AddRange(Enumerable.Repeat(-1, signature.Inputs.Count));
        Value result;
        try
        {
            Value[] inputs = method.Parameters.Select(Value (p) => new TensorValue(p.Ordinal)).ToArray();
            result = Inline(method, inputs, method.Locations[0]);
        }
        catch (AbandonedException)
        {
            return signature;
        }

        Value[] values = result is ListValue list ? list.Items.ToArray() : new[] { result };
        if (values.Length != signature.Results.Count || values.Any(static v => v is not TensorValue))
        {
            throw new UnreadableException(
                "DSL1003", method.Locations[0], method.Name, method.Name,
                signature.Results.Count == 1
                    ? "return one Tensor that was computed from the inputs"
                    : "return a tuple of Tensors that were computed from the inputs");
        }

        return signature with
        {
            Steps = _steps.ToEquatable(),
            Results = signature.Results
                .Zip(values, static (r, v) => r with { Value = ((TensorValue)v).Id }).ToEquatable(),
        };
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

        if (method.Has(Names.Reversible))
        {
            throw new UnreadableException("DSL2016", method.Locations[0], method.Name, "it is a method, not a block");
        }

        int region = _region;
        if (region == 0 && method.Has(Names.Recompute))
        {
            _region = ++_regions;
        }

        _active.Push(method);
        Value result = Run(block) ?? throw new UnreadableException(
            "DSL1003", method.Locations[0], method.Name, method.Name, "not every path returns a value");
        _active.Pop();
        _region = region;
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

        int decided = 0;
        for (int i = 0; ; i++)
        {
            int before = _decisions?.Count ?? 0;
            if (loop.Condition is not null && !Known(loop.Condition))
            {
                return null;
            }

            decided += (_decisions?.Count ?? 0) - before;
            if (decided > Decisions.MaximumTurns)
            {
                _decisions!.Abandon();
                throw new AbandonedException();
            }

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
    }

    private bool Known(IOperation condition) => Evaluate(condition) switch
    {
        KnownValue { Constant: bool known } => known,
        ArgumentValue { Expression: var expression } => _decisions!.Decide(expression),
        _ => throw Unreadable(
            condition,
            "a condition has to be known when the class is compiled; to choose per element write ?: in a [Pointwise] function"),
    };

    /// <summary>Names a local, and the step that computed it: a step is called what the user called it.</summary>
    private void Bind(ISymbol local, Value value, int stepsBefore)
    {
        _locals[local] = value;
        int step = value is TensorValue tensor ? _stepOf[tensor.Id] : -1;
        if (step >= stepsBefore && step == _steps.Count - 1 && _steps[step].Values == 1)
        {
            _steps[step] = _steps[step] with { Label = local.Name };
        }
    }

    private TensorValue Add(
        StepKind kind, string target, IEnumerable<OperandSpec> operands, string label, IOperation site) =>
        Add(kind, target, operands, label, site, 1)[0];

    /// <summary>A step that defines several values.</summary>
    private TensorValue[] Add(
        StepKind kind, string target, IEnumerable<OperandSpec> operands, string label, IOperation site, int values)
    {
        _steps.Add(new StepSpec(kind, target, operands.ToEquatable(), label, _model.Sites.Record(site.Syntax))
        {
            Region = _region,
            Values = values,
        });
        int first = _stepOf.Count;
        _stepOf.AddRange(Enumerable.Repeat(_steps.Count - 1, values));
        return Enumerable.Range(first, values).Select(static id => new TensorValue(id)).ToArray();
    }

    private UnreadableException Unreadable(IOperation operation, string remedy) => new(
        "DSL1003", operation.Syntax.GetLocation(), UnreadableException.Excerpt(operation.Syntax), Function, remedy);
}
