using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Layers;

/// <summary>
/// The layers of a model, or of one use of a block in it, and what lowering learns of them where they are first called.
/// The books of the uses inside hang from the layers.
/// </summary>
internal sealed class LayerBook
{
    private readonly ModelSpec _model;
    private readonly EquatableArray<LayerSpec> _layers;
    private readonly int _depth;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Of a model.</summary>
    public LayerBook(ModelSpec model)
        : this(model, model.Layers, model.Pointwise, null, "", BlockArguments.None, 0)
    {
    }

    private LayerBook(
        ModelSpec model,
        EquatableArray<LayerSpec> layers,
        EquatableArray<PointwiseSpec> pointwise,
        string? block,
        string prefix,
        BlockArguments arguments,
        int depth)
    {
        _model = model;
        _layers = layers;
        _depth = depth;
        Block = block;
        Prefix = prefix;
        Arguments = arguments;
        Functions = new PointwiseLowering(pointwise);
    }

    /// <summary>The block; null for a model.</summary>
    public string? Block { get; }

    /// <summary>What the names of its layers begin with: <c>Trunk.3.</c>.</summary>
    public string Prefix { get; }

    public BlockArguments Arguments { get; }

    public PointwiseLowering Functions { get; }

    /// <summary>A layer by its name, or null.</summary>
    public LayerSpec? Layer(string name) => _layers.FirstOrDefault(l => l.Name == name);

    /// <summary>The parameters of all layers called, in layer order.</summary>
    public IEnumerable<ParameterSpec> Parameters => Called.SelectMany(static e =>
        e.Parameters.Concat(e.Uses.SelectMany(static u => u.Parameters)));

    /// <summary>The reports of all layers called, in layer order; under a repeated block those of the first.</summary>
    public IEnumerable<LayerReport> Reports => Called.SelectMany(static e =>
        new[] { e.Report! }.Concat(e.Uses.Take(1).SelectMany(static u => u.Reports)));

    private IEnumerable<Entry> Called =>
        _layers.Where(l => Find(l.Name)?.Report is not null).Select(l => _entries[l.Name]);

    /// <summary>Lowers one call. Calls of one layer share its parameters, so they must imply the same ones.</summary>
    public Node[] Call(FunctionLowering function, StepSpec step)
    {
        LayerSpec spec = Layer(step.Target)
            ?? throw FunctionLowering.Internal(step.Site, $"there is no layer '{step.Target}'");
        if (!_entries.TryGetValue(spec.Name, out Entry? entry))
        {
            _entries[spec.Name] = entry = new Entry(spec);
        }

        int first = function.Graph.Nodes.Count;
        Node[] inputs = step.Operands.Select(o => function.Operand(step, o)).ToArray();
        Node[] results = spec.Block.Length > 0
            ? Use(function, step, entry, inputs)
            : Single(function, step, entry, inputs);
        if (entry.Report is null)
        {
            entry.Report = Report(function.Graph, entry, inputs, results, first);
            entry.Result = results[0];
        }

        return results;
    }

    /// <summary>Holds tied weights against the layers that have them.</summary>
    /// <exception cref="ProblemException">There is no such weight, or it has another shape.</exception>
    public void CheckTies()
    {
        foreach (Entry entry in _entries.Values)
        {
            if (entry is { Spec.Tied: { } tied, TiedShape: { } shape })
            {
                string name = $"{Prefix}{tied.Value}.{tied.Name}";
                ParameterSpec? other = Find(tied.Value)?.Parameters.FirstOrDefault(p => p.Name == name);
                string wanted = string.Join(", ", shape);
                string? wrong = other is null
                    ? $"'{Prefix}{tied.Value}' is no layer with a weight of its own that is called"
                    : other.Shape.Equals(shape) ? null : $"'{name}' has the shape '{string.Join(", ", other.Shape)}'";
                if (wrong is not null)
                {
                    throw new ProblemException(
                        ProblemIds.TieDoesNotFit, tied.Site, Prefix + entry.Spec.Name, wanted, wrong)
                        .Offer(new Remedy(RemedyVerbs.Remove, tied.Site, ""));
                }
            }

            foreach (LayerBook use in entry.Uses)
            {
                use.CheckTies();
            }
        }
    }

    /// <summary>The problem of a weight that another layer was given before the layer that has it was called.</summary>
    private ProblemException? TieOf(Entry owner, LayerContext context)
    {
        foreach (Entry entry in _entries.Values)
        {
            if (entry is { Spec.Tied: { } tied, TiedShape: { } shape } && tied.Value == owner.Spec.Name
                && context.Parameters.FirstOrDefault(p => p.Name == $"{context.Name}.{tied.Name}") is { } weight
                && !weight.Shape.Equals(shape))
            {
                return new ProblemException(
                    ProblemIds.TieDoesNotFit, tied.Site, Prefix + entry.Spec.Name, string.Join(", ", shape),
                    $"'{weight.Name}' has the shape '{string.Join(", ", weight.Shape)}'")
                    .Offer(new Remedy(RemedyVerbs.Remove, tied.Site, ""));
            }
        }

        return null;
    }

    private Entry? Find(string layer) => _entries.TryGetValue(layer, out Entry? entry) ? entry : null;

    /// <summary>The result of a layer that is no block, and the state behind it where it is wanted.</summary>
    private Node[] Single(FunctionLowering function, StepSpec step, Entry entry, Node[] inputs)
    {
        LayerSpec spec = entry.Spec;
        if (spec.Reversible)
        {
            throw new ProblemException(
                ProblemIds.NotReversible, spec.Site, function.Shown(spec.Name), "it is a layer, not a block");
        }

        ILayer layer = LayerTable.Find(spec.Kind)
            ?? throw FunctionLowering.Internal(spec.Site, $"there is no kind of layer '{spec.Kind}'");
        var context = new LayerContext(function, spec, layer, step, inputs);
        if (_model.Steps.Length > 0 && context.Carried is not null)
        {
            throw new ProblemException(
                ProblemIds.Unsupported, spec.Site, context.Name,
                "it cannot take positions one by one, as [Model(Steps = …)] asks: a session that does keeps all states itself",
                "leave Steps out, or the state");
        }

        Node y;
        Node? state;
        try
        {
            y = layer.Lower(context);
            state = context.Carried?.Result();
        }
        catch (ShapeException) when (TieOf(entry, context) is { } tie)
        {
            throw tie;
        }
        catch (ShapeException) when (entry.Report is not null)
        {
            // The parameters exist with the shapes of the first call, and do not fit this one.
            throw Differs(context, entry);
        }

        if (entry.Report is null)
        {
            entry.Parameters = context.Parameters;
            entry.TiedShape = context.TiedShape;
        }
        else if (!entry.Parameters.SequenceEqual(context.Parameters))
        {
            throw Differs(context, entry);
        }

        string label = function.Shown(step.Label.Length > 0 ? step.Label : spec.Name);
        return context.GivesState
            ? new[] { Graph.Name(y, label), Graph.Name(state!, label + ".State") } : new[] { Graph.Name(y, label) };
    }

    /// <summary>Adds receptive fields to the reports of the layers whose first call is in a graph.</summary>
    /// <param name="images">The fields in each of the graph's images.</param>
    public void Report(IReadOnlyList<ImageFields> images)
    {
        foreach (Entry entry in _entries.Values.Where(static e => e.Report is { Field: null }))
        {
            ImageFields? fields = images.FirstOrDefault(
                f => f.Graph.Contains(entry.Result!) && f.Seen(entry.Result!, ImageFields.RowAxis) is not null);
            if (fields is not null)
            {
                entry.Report = entry.Report! with
                {
                    Field = new FieldSpec(
                        ((InputOp)fields.Image.Op).Tensor,
                        FieldAxisSpec.Of(fields.Seen(entry.Result!, ImageFields.RowAxis)!),
                        FieldAxisSpec.Of(fields.Seen(entry.Result!, ImageFields.ColumnAxis)!)),
                };
            }

            foreach (LayerBook use in entry.Uses)
            {
                use.Report(images);
            }
        }
    }

    /// <summary>Lowers the blocks one after the other: the results of one are the first inputs of the next.</summary>
    private Node[] Use(FunctionLowering function, StepSpec step, Entry entry, Node[] inputs)
    {
        LayerSpec spec = entry.Spec;
        string shown = function.Shown(spec.Name);
        BlockSpec block = _model.Blocks.FirstOrDefault(b => b.Name == spec.Block)
            ?? throw FunctionLowering.Internal(step.Site, $"there is no block '{spec.Block}'");
        BlockArguments arguments = BlockArguments.Of(block, spec, Arguments, function.Symbols, shown);
        FunctionSpec variant = block.Variants.FirstOrDefault(v => v.Conditions.All(c => arguments.Meet(c, spec.Site)))
            ?? throw new ProblemException(
                ProblemIds.LoopTooLong, spec.Site, shown, block.ShortName,
                Reading.Decisions.MaximumTurns.ToString(CultureInfo.InvariantCulture));
        int repeat = spec.Repeat is { } given ? BlockArguments.Int(given, function.Symbols, shown, minimum: 1) : 1;
        entry.Kind = block.ShortName + (spec.Repeat is null ? "" : " x " + repeat.ToString(CultureInfo.InvariantCulture));
        Node[] current = inputs;
        for (int i = 0; i < repeat; i++)
        {
            // One that is repeated once has an index, too: its checkpoints fit when there are more.
            string name = spec.Repeat is null ? shown : $"{shown}.{i.ToString(CultureInfo.InvariantCulture)}";
            if (entry.Uses.Count == i)
            {
                entry.Uses.Add(new LayerBook(
                    _model, block.Layers, block.Pointwise, block.ShortName, name + ".", arguments, _depth + 1));
            }

            int first = function.Graph.Nodes.Count;
            Node[] results = function.Enter(entry.Uses[i], variant, step, current);
            if (spec.Reversible)
            {
                if (Reversal.Obstacle(function.Graph, first, current, results) is { } obstacle)
                {
                    throw new ProblemException(ProblemIds.NotReversible, spec.Site, shown, obstacle);
                }

                function.Program.MarkReversible(first, results[0], results[1]);
            }
            else if (spec.Recompute)
            {
                function.Program.Mark(first, function.Program.NewRegion());
            }

            for (int r = 0; r < results.Length; r++)
            {
                if (repeat > 1 && (r >= current.Length || !results[r].SameShape(current[r].Shape)))
                {
                    throw new ProblemException(
                        ProblemIds.RepeatChangesShape, spec.Repeat!.Site, shown, block.ShortName,
                        r < current.Length ? current[r].Shape.Text() : "nothing", results[r].Shape.Text())
                        .Offer(new Remedy(RemedyVerbs.RemoveArgument, spec.Repeat.Site, ""));
                }

                Graph.Name(results[r], results.Length == 1 ? name : $"{name}.{variant.Results[r].Name}");
            }

            current = results.Length < current.Length ? results.Concat(current.Skip(results.Length)).ToArray() : results;
        }

        return current.Take(variant.Results.Count).ToArray();
    }

    private LayerReport Report(Graph graph, Entry entry, Node[] inputs, Node[] results, int firstNode)
    {
        Size flops = graph.Nodes.Skip(firstNode).Aggregate(Size.Zero, static (sum, node) => sum + node.Op.Flops(node));
        long parameters = entry.Parameters.Concat(entry.Uses.SelectMany(static u => u.Parameters))
            .Where(static p => p.Learns)
            .Sum(static p => p.Shape.Aggregate(1L, static (product, d) => product * d));
        return new LayerReport(
            Prefix + entry.Spec.Name, entry.Kind, Shapes(inputs), Shapes(results), parameters, flops.ToString())
        {
            Depth = _depth,
        };
    }

    private static string Shapes(IEnumerable<Node> nodes) => string.Join("; ", nodes.Select(static n => n.Shape.Text()));

    private static ProblemException Differs(LayerContext context, Entry entry) => context.Mismatch(
        context.Inputs[0],
        $"'{entry.Report!.Input}'",
        "a layer called twice shares its weights: give both calls the same shape");

    /// <summary>One layer.</summary>
    private sealed class Entry
    {
        public Entry(LayerSpec spec) => (Spec, Kind) = (spec, spec.Kind);

        public LayerSpec Spec { get; }

        public string Kind { get; set; }

        /// <summary>Its own parameters.</summary>
        public IReadOnlyList<ParameterSpec> Parameters { get; set; } = Array.Empty<ParameterSpec>();

        /// <summary>The shape of the weight that another layer has.</summary>
        public EquatableArray<int>? TiedShape { get; set; }

        /// <summary>The blocks that it stands for.</summary>
        public List<LayerBook> Uses { get; } = new();

        /// <summary>Null before the first call.</summary>
        public LayerReport? Report { get; set; }

        /// <summary>The result of the first call, or the first of several.</summary>
        public Node? Result { get; set; }
    }
}
