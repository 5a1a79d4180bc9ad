using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Stepping;

namespace Dsl.Generator.Scheduling;

/// <summary>
/// What of a program is made of parameters and sizes alone: poles of a recurrence, tables of positions, folded norms, weights with
/// their axes exchanged. A session runs these launches when a parameter or one of their sizes has changed, not each time. A training
/// program has none: its parameters change with every step.
/// </summary>
internal sealed class Preparation
{
    private readonly Schedule _schedule;
    private readonly HashSet<Node> _nodes = new();
    private readonly HashSet<string> _buffers = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _symbols = new(StringComparer.Ordinal);

    public Preparation(Schedule schedule)
    {
        _schedule = schedule;
        bool learns = schedule.Graph.Outputs.Any(static o => RegionOutputs.Contains(o.Name));
        foreach (Node node in schedule.Graph.Nodes.Where(n => !learns && IsFixed(n)))
        {
            _nodes.Add(node);
            if (node.Op is ParameterOp parameter)
            {
                _buffers.Add(parameter.Parameter);
            }
        }
    }

    /// <summary>The sizes on which the launches depend.</summary>
    public IEnumerable<string> Symbols => _symbols;

    /// <summary>Whether a buffer has a parameter, or what launches have written that were taken.</summary>
    public bool Has(string buffer) => _buffers.Contains(buffer);

    /// <summary>Takes a launch if all that it computes is made of parameters and sizes alone.</summary>
    /// <returns>Whether it is.</returns>
    public bool Take(FusedKernel kernel)
    {
        Node[] roots = kernel.Stores.Select(_schedule.Layouts.Root).ToArray();
        if (!kernel.Anchors.Concat(kernel.Members).Concat(kernel.Stores).Concat(roots).All(_nodes.Contains))
        {
            return false;
        }

        foreach (Node node in Sources(kernel.Anchors.Concat(kernel.Members).Concat(roots)))
        {
            _symbols.UnionWith(node.Shape.Concat(node.Op.Sizes).SelectMany(static s => s.Symbols));
        }

        _buffers.UnionWith(kernel.Stores.Concat(roots).Select(_schedule.BufferOf));
        return true;
    }

    /// <summary>Neither an input nor what is remembered or drawn, made of such values, and the same at every position.</summary>
    private bool IsFixed(Node node) =>
        node.Op is not (InputOp or MemoryOp or RandomOp or IKeyedOp or CollectiveOp)
        && node.Inputs.All(_nodes.Contains)
        && !node.Shape.Concat(node.Op.Sizes).Any(static s => s.Mentions(Stepper.Seen));

    /// <summary>Some nodes and all that they are made of.</summary>
    private static HashSet<Node> Sources(IEnumerable<Node> nodes)
    {
        var found = new HashSet<Node>();
        var open = new Stack<Node>(nodes);
        while (open.Count > 0)
        {
            Node node = open.Pop();
            if (found.Add(node))
            {
                foreach (Node input in node.Inputs)
                {
                    open.Push(input);
                }
            }
        }

        return found;
    }
}
