using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>Lowers the steps of one function in order.</summary>
internal sealed class FunctionLowering
{
    private readonly LayerBook _layers;
    private readonly FunctionSpec _function;
    private readonly List<Node> _values = new();
    private readonly List<string> _producers = new();
    private readonly List<int> _firstNodes = new();

    public FunctionLowering(ModelSpec spec, LayerBook layers, FunctionSpec function)
    {
        _layers = layers;
        _function = function;
        Functions = new PointwiseLowering(spec.Pointwise);
        Offers = new ShapeOffers(spec, function);
    }

    public Graph Graph { get; } = new();

    public PointwiseLowering Functions { get; }

    /// <summary>What can be changed where shapes do not fit.</summary>
    public ShapeOffers Offers { get; }

    /// <summary>A value that was computed already.</summary>
    public Node ValueOf(int value) => _values[value];

    /// <summary>The symbols that occur in the shapes of the inputs.</summary>
    public HashSet<string> Symbols { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds the nodes of all steps; the result of the function.</summary>
    public Node Run()
    {
        foreach (InputSpec input in _function.Inputs)
        {
            AddInput(input);
        }

        foreach (StepSpec step in _function.Steps)
        {
            _firstNodes.Add(Graph.Nodes.Count);
            _values.Add(LowerChecked(step));
            _producers.Add(step.Label.Length > 0 ? step.Label : step.Target);
        }

        return _values[_function.Result];
    }

    /// <summary>The step that added a node; null for inputs.</summary>
    public StepSpec? StepOf(Node node)
    {
        int at = _firstNodes.FindLastIndex(first => first <= node.Id);
        return at < 0 ? null : _function.Steps[at];
    }

    /// <summary>An operand as a node: a value, or a literal number as a scalar.</summary>
    public Node Operand(StepSpec step, OperandSpec operand)
    {
        if (operand.Value >= 0)
        {
            return _values[operand.Value];
        }

        return double.TryParse(operand.Literal, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? Graph.Constant(number)
            : throw Internal(step.Site, $"operand '{operand.Literal}' of '{step.Target}' is not a number");
    }

    /// <summary>Who made an operand, for messages.</summary>
    public string Producer(OperandSpec operand) => operand.Value >= 0 ? _producers[operand.Value] : operand.Literal;

    public static ProblemException Internal(int site, string what) => new(ProblemIds.Internal, site, "Lowering", what);

    /// <summary>Applies a pointwise function by name to operands with numpy broadcasting.</summary>
    public Node ApplyPointwise(StepSpec step, string name, string shownName)
    {
        var operands = step.Operands.Map(o => Operand(step, o));
        for (int i = 0; i < operands.Length; i++)
        {
            RequireType(DType.Float, operands[i], step, step.Operands[i], shownName);
        }

        Size[] joint = Array.Empty<Size>();
        for (int i = 0; i < operands.Length; i++)
        {
            joint = Join(joint, operands[i].Shape)
                ?? throw new ProblemException(
                    ProblemIds.ShapeMismatch,
                    step.Site,
                    shownName,
                    $"'{joint.Text()}'",
                    Producer(step.Operands[i]),
                    operands[i].Shape.Text(),
                    "give both the same shape, or extents of 1 where one is to be repeated")
                    .Offer(Offers.Make(step.Operands[i], operands[i].Shape, joint)
                        .Concat(i == 1 ? Offers.Make(step.Operands[0], joint, operands[1].Shape)
                            : Array.Empty<Remedy>())
                        .ToArray());
        }

        var broadcast = operands.Map(o => o.Rank == 0 ? o : Graph.BroadcastTo(o, joint));
        Node result = Functions.Apply(Graph, name, broadcast, step.Site);
        return Graph.BroadcastTo(result, joint);
    }

    public static void RequireType(
        DType type, Node node, StepSpec step, OperandSpec operand, string user, string? producer = null)
    {
        if (node.DType != type)
        {
            throw new ProblemException(
                ProblemIds.ElementTypeMismatch,
                step.Site,
                user,
                operand.Name.Length > 0 ? operand.Name : "operand",
                type == DType.Int ? "IntTensor" : "Tensor",
                producer ?? node.Label,
                node.DType == DType.Int ? "IntTensor" : "Tensor");
        }
    }

    private void AddInput(InputSpec input)
    {
        if (!input.HasShape)
        {
            throw new ProblemException(ProblemIds.InputShapeMissing, input.Site, _function.Name, input.Name);
        }

        string where = $"the shape of '{input.Name}'";
        var dims = input.Dims.Select((text, i) => SizeReading.Read(text, null, where, input.Site, sizes => new Remedy(
            RemedyVerbs.SetAttribute, input.Site,
                ShapeOffers.Attribute(input.Dims.SelectMany((d, k) => k == i ? sizes : new[] { d }))))).ToArray();
        foreach (Size dim in dims)
        {
            if (dim.IsConstant && dim.Constant < 1)
            {
                throw new ProblemException(
                    ProblemIds.ArgumentOutOfRange,
                    input.Site,
                    _function.Name,
                    input.Name,
                    dim.ToString(),
                    "extents of at least 1")
                    .Offer(new Remedy(RemedyVerbs.SetAttribute, input.Site, ShapeOffers.Attribute(
                        dims.Select(static d => d.IsConstant && d.Constant < 1 ? "1" : d.ToString()))));
            }

            Symbols.UnionWith(dim.Symbols);
        }

        _values.Add(Graph.Input(input.Name, input.Integers ? DType.Int : DType.Float, dims));
        _producers.Add(input.Name);
    }

    /// <summary>Arithmetic of sizes can fail on absurd extents, and a shape rule on what the checks above it
    /// missed.</summary>
    private Node LowerChecked(StepSpec step)
    {
        try
        {
            return Lower(step);
        }
        catch (Exception e) when (e is OverflowException or DivideByZeroException)
        {
            throw new ProblemException(
                ProblemIds.ArgumentOutOfRange,
                step.Site,
                step.Target,
                "size",
                e.Message,
                "sizes from 1 that fit a 32-bit int");
        }
        catch (ShapeException e)
        {
            throw Internal(step.Site, e.Message);
        }
        catch (ProblemException e) when (Offers.Type(step, e.Problem, ValueOf) is { } remedy)
        {
            throw e.Offer(remedy);
        }
    }

    private Node Lower(StepSpec step)
    {
        switch (step.Kind)
        {
            case StepKind.Layer:
                OperandSpec operand = step.Operands[0];
                Node x = Operand(step, operand);
                RequireType(DType.Float, x, step, operand, step.Target, Producer(operand));
                return _layers.Call(this, step, x, Producer(operand));
            case StepKind.Function:
                return Named(step, FunctionTable.Find(step) is { } function
                    ? function.Lower(new FunctionContext(this, step))
                    : ApplyPointwise(step, step.Target, step.Target));
            case StepKind.Operator:
                return Named(step, ApplyPointwise(step, step.Target, "operator " + OperatorText(step.Target)));
            case StepKind.Map:
                return Named(step, ApplyPointwise(step, step.Target, step.Target));
            default:
                throw Internal(step.Site, $"step '{step.Kind}' is unknown");
        }
    }

    private static Node Named(StepSpec step, Node node) => step.Label.Length == 0 ? node : Graph.Name(node, step.Label);

    private static string OperatorText(string target) => target switch
    {
        "add" => "+",
        "sub" or "neg" => "-",
        "mul" => "*",
        "div" => "/",
        _ => target,
    };

    /// <summary>The numpy rule for two shapes; null when they do not fit.</summary>
    private static Size[]? Join(Size[] a, ImmutableArray<Size> b)
    {
        var joint = new Size[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= joint.Length; i++)
        {
            Size left = i <= a.Length ? a[a.Length - i] : Size.One;
            Size right = i <= b.Length ? b[b.Length - i] : Size.One;
            if (!left.Equals(right) && !left.Equals(Size.One) && !right.Equals(Size.One))
            {
                return null;
            }

            joint[joint.Length - i] = left.Equals(Size.One) ? right : left;
        }

        return joint;
    }
}
