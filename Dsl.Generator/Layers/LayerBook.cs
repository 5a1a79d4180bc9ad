using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Layers;

/// <summary>The layers of a model and what lowering learns of them where they are first called.</summary>
internal sealed class LayerBook
{
    private readonly ModelSpec _spec;
    private readonly Dictionary<string, (LayerReport Report, IReadOnlyList<ParameterSpec> Parameters)> _calls =
        new(StringComparer.Ordinal);

    public LayerBook(ModelSpec spec) => _spec = spec;

    /// <summary>The parameters of all layers called, in layer order.</summary>
    public IEnumerable<ParameterSpec> Parameters => Called.SelectMany(static c => c.Parameters);

    /// <summary>The reports of all layers called, in layer order.</summary>
    public IEnumerable<LayerReport> Reports => Called.Select(static c => c.Report);

    private IEnumerable<(LayerReport Report, IReadOnlyList<ParameterSpec> Parameters)> Called =>
        _spec.Layers.Where(l => _calls.ContainsKey(l.Name)).Select(l => _calls[l.Name]);

    /// <summary>Lowers one call. Calls of one layer share its parameters, so they must imply the same ones.</summary>
    public Node Call(FunctionLowering function, StepSpec step, Node x, string producer)
    {
        LayerSpec spec = _spec.Layers.FirstOrDefault(l => l.Name == step.Target)
            ?? throw FunctionLowering.Internal(step.Site, $"there is no layer '{step.Target}'");
        ILayer layer = LayerTable.Find(spec.Kind)
            ?? throw FunctionLowering.Internal(spec.Site, $"there is no kind of layer '{spec.Kind}'");
        var context = new LayerContext(function, spec, layer, step, producer);
        int first = function.Graph.Nodes.Count;
        Node y;
        try
        {
            y = layer.Lower(context, x);
        }
        catch (ShapeException) when (_calls.ContainsKey(spec.Name))
        {
            // The parameters exist with the shapes of the first call, and do not fit this one.
            throw Differs(context, x, spec.Name);
        }

        if (_calls.TryGetValue(spec.Name, out var before))
        {
            if (!before.Parameters.SequenceEqual(context.Parameters))
            {
                throw Differs(context, x, spec.Name);
            }
        }
        else
        {
            _calls[spec.Name] = (Report(function.Graph, spec, context, x, y, first), context.Parameters);
        }

        return Graph.Name(y, step.Label.Length > 0 ? step.Label : spec.Name);
    }

    private static LayerReport Report(Graph graph, LayerSpec spec, LayerContext context, Node x, Node y, int firstNode)
    {
        Size flops = graph.Nodes.Skip(firstNode).Aggregate(Size.Zero, static (sum, node) => sum + node.Op.Flops(node));
        long parameters = context.Parameters.Sum(static p => p.Shape.Aggregate(1L, static (product, d) => product * d));
        return new LayerReport(spec.Name, spec.Kind, x.Shape.Text(), y.Shape.Text(), parameters, flops.ToString());
    }

    private ProblemException Differs(LayerContext context, Node x, string name) =>
        context.Mismatch(
            x, $"'{_calls[name].Report.Input}'",
                "a layer called twice shares its weights: give both calls the same shape");
}
