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

/// <summary>Lowers the steps of one function in order: of a model, or of one use of a block, whose nodes go to the
/// graph of the function that uses it.</summary>
internal sealed class FunctionLowering
{
    private readonly LayerBook _layers;
    private readonly FunctionSpec _function;
    private readonly List<Node> _values = new();
    private readonly List<string> _producers = new();
    private readonly ProgramLowering _program;
    private readonly Dictionary<int, int> _regions = new();

    /// <summary>Lowers a function of a model, or the variant of a block's <c>Forward</c> that a use chose.</summary>
    public FunctionLowering(LayerBook layers, FunctionSpec function, ProgramLowering program)
    {
        _layers = layers;
        _function = function;
        _program = program;
        Symbols = new SizeNames(layers.Block);
        foreach (KeyValuePair<string, int> argument in layers.Arguments.Ints)
        {
            Symbols.Add(argument.Key, Size.Of(argument.Value));
        }

        Offers = new ShapeOffers(layers, function);
    }

    public Graph Graph => _program.Graph;

    public PointwiseLowering Functions => _layers.Functions;

    /// <summary>The names that sizes in this function may use.</summary>
    public SizeNames Symbols { get; }

    /// <summary>What can be changed where shapes do not fit.</summary>
    public ShapeOffers Offers { get; }

    /// <summary>A value that was computed already.</summary>
    public Node ValueOf(int value) => _values[value];

    /// <summary>What this function shares with the blocks inside it.</summary>
    public ProgramLowering Program => _program;

    /// <summary>The arguments of the block; none of a model.</summary>
    public BlockArguments Arguments => _layers.Arguments;

    /// <summary>Adds the nodes of all steps; the results of the function.</summary>
    public Node[] Run()
    {
        foreach (InputSpec input in _function.Inputs)
        {
            AddInput(input);
        }

        return RunSteps();
    }

    /// <summary>Lowers a use of a block on values of this function.</summary>
    /// <param name="layers">The layers of that use.</param>
    /// <param name="function">The variant of <c>Forward</c>.</param>
    /// <param name="use">The call.</param>
    /// <param name="inputs">What it is called with.</param>
    public Node[] Enter(LayerBook layers, FunctionSpec function, StepSpec use, IReadOnlyList<Node> inputs)
    {
        var inner = new FunctionLowering(layers, function, _program);
        try
        {
            for (int i = 0; i < inputs.Count; i++)
            {
                inner.Bind(function.Inputs[i], inputs[i], this, use, i);
            }

            return inner.RunSteps();
        }
        catch (ProblemException e) when (e.Problem.Site < 0)
        {
            // A block of another assembly has no place in this compilation: the use is where it can be helped.
            throw new ProblemException(e.Problem.Id, use.Site, e.Problem.Arguments.ToArray());
        }
    }

    /// <summary>A name of this function as messages show it: with the layers that lead here.</summary>
    public string Shown(string name) => _layers.Prefix + name;

    private Node[] RunSteps()
    {
        foreach (StepSpec step in _function.Steps)
        {
            int first = Graph.Nodes.Count;
            string shown = step.Kind == StepKind.Operator ? OperatorName(step.Target) : step.Target;
            _program.Enter(new LoweredStep(Shown(shown), step.Site));
            StepSpec resolved = step with
            {
                Operands = step.Operands
                    .Select(o => o with { Literal = Arguments.Resolve(o.Literal, step.Site) }).ToEquatable(),
            };
            Node[] values = LowerChecked(resolved);
            if (step.Region > 0)
            {
                _program.Mark(first, Region(step.Region));
            }

            _values.AddRange(values);
            _producers.AddRange(values.Select(_ => step.Label.Length > 0 ? step.Label : step.Target));
        }

        var results = _function.Results.Map(r => _values[r.Value]);
        if (_function.HasResultShape)
        {
            RequireClaim(results[0]);
        }

        return results;
    }

    /// <summary>Holds <c>[return: Shape]</c> against the shape there is.</summary>
    private void RequireClaim(Node result)
    {
        string where = $"the return shape of '{Shown(_function.Name)}'";
        Remedy Claim(IEnumerable<string> dims) =>
            new(RemedyVerbs.SetAttribute, _function.Site, "return: " + ShapeOffers.Attribute(dims));
        Size[] claim = _function.ResultDims.Select((text, i) => SizeReading.Read(
            text, Symbols, where, _function.Site,
            sizes => Claim(_function.ResultDims.SelectMany((d, k) => k == i ? sizes : new[] { d })))).ToArray();
        if (!result.SameShape(claim))
        {
            // What a block returns is written in names, which differ from use to use.
            throw new ProblemException(
                ProblemIds.ReturnShapeDiffers, _function.Site, Shown(_function.Name), claim.Text(), result.Shape.Text())
                .Offer(Offers.FlattenBefore(_function.Results[0].Value, claim.Length, ValueOf))
                .Offer(Offers.MakeResult(result.Shape, claim).ToArray())
                .Offer(_layers.Block is null ? Claim(result.Shape.Select(static d => d.ToString())) : null);
        }
    }

    /// <summary>The number in the program of a region that this function counts by itself: of a repeated block each has
    /// its own.</summary>
    private int Region(int own)
    {
        if (!_regions.TryGetValue(own, out int region))
        {
            _regions[own] = region = _program.NewRegion();
        }

        return region;
    }

    /// <summary>Gives an input of a block its value. A shape that it claims is checked; names in it take the sizes they
    /// meet.</summary>
    private void Bind(InputSpec input, Node value, FunctionLowering caller, StepSpec use, int position)
    {
        OperandSpec operand = use.Operands[position];
        string user = caller.Shown(use.Target);
        RequireType(input.Integers ? DType.Int : DType.Float, value, use, operand, user, caller.Producer(operand));
        _values.Add(value);
        _producers.Add(input.Name);
        if (!input.HasShape)
        {
            return;
        }

        string where = $"the shape of '{Shown(input.Name)}'";
        bool fits = input.Dims.Count == value.Rank;
        Size[] wanted = value.Shape.ToArray();
        for (int i = 0; i < value.Rank && input.Dims.Count == value.Rank; i++)
        {
            Size written = SizeReading.Read(input.Dims[i], null, where, input.Site);
            string[] names = written.Symbols.ToArray();
            if (names.Length == 1 && Symbols.Find(names[0]) is null && written.Equals(Size.Symbol(names[0])))
            {
                Symbols.Add(names[0], value.Shape[i]);
            }

            wanted[i] = SizeReading.Read(input.Dims[i], Symbols, where, input.Site);
            fits &= wanted[i].Equals(value.Shape[i]);
        }

        if (!fits)
        {
            throw new ProblemException(
                ProblemIds.ShapeMismatch,
                use.Site,
                user,
                $"'{string.Join(", ", input.Dims)}' as '{input.Name}'",
                caller.Producer(operand),
                value.Shape.Text(),
                "pass a tensor of that shape, or change the block's [Shape]")
                .Offer(caller.Offers.Make(operand, value.Shape, wanted).ToArray());
        }
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
                    SizeRemedy.Of(joint, operands[i].Shape))
                    .Offer(Offers.Make(step.Operands[i], operands[i].Shape, joint)
                        .Concat(i == 1 ? Offers.Make(step.Operands[0], joint, operands[1].Shape)
                            : Array.Empty<Remedy>())
                        .ToArray())
                    .Offer(Offers.Declare(SizeRemedy.Multiples(joint, operands[i].Shape)));
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

            foreach (string symbol in dim.Symbols)
            {
                Symbols.Add(symbol, Size.Symbol(symbol));
            }
        }

        OwnLengths.Require(_function, input, dims);
        _values.Add(Graph.Add(
            new InputOp(input.Name, dims.ToEquatable(), input.Integers ? DType.Int : DType.Float) { LengthsOf = input.LengthsOf },
            input.Name));
        _producers.Add(input.Name);
    }

    /// <summary>Arithmetic of sizes can fail on absurd extents, and a shape rule on what the checks above it
    /// missed.</summary>
    private Node[] LowerChecked(StepSpec step)
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
                Shown(step.Target),
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

    private Node[] Lower(StepSpec step)
    {
        switch (step.Kind)
        {
            case StepKind.Layer:
                return _layers.Call(this, step);
            case StepKind.Function:
                return Named(step, FunctionTable.Find(step) is { } function
                    ? function.Lower(new FunctionContext(this, step))
                    : ApplyPointwise(step, step.Target, Shown(step.Target)));
            case StepKind.Operator:
                return Named(step, ApplyPointwise(step, step.Target, Shown(OperatorName(step.Target))));
            case StepKind.Map:
                return Named(step, ApplyPointwise(step, step.Target, Shown(step.Target)));
            default:
                throw Internal(step.Site, $"step '{step.Kind}' is unknown");
        }
    }

    private Node[] Named(StepSpec step, Node node) =>
        new[] { step.Label.Length == 0 ? node : Graph.Name(node, Shown(step.Label)) };

    /// <summary><c>operator +</c>, for messages.</summary>
    public static string OperatorName(string target) => "operator " + target switch
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
