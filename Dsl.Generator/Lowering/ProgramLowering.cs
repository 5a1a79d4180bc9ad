using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Lowering;

/// <summary>What the function of a program and the blocks inside it share while they are lowered: the graph, where its
/// nodes come from, and what training asks of them.</summary>
internal sealed class ProgramLowering
{
    private readonly List<(int FirstNode, LoweredStep Step)> _trace = new();
    private readonly Dictionary<string, Node> _nextStates = new(StringComparer.Ordinal);
    private readonly bool _isTraining;
    private int _draws;
    private int _regions;

    public ProgramLowering(bool isTraining) => _isTraining = isTraining;

    public Graph Graph { get; } = new();

    /// <summary>Whether a step of training is lowered, as layers and functions see it.</summary>
    public bool IsTraining
    {
        get
        {
            DependsOnTraining = true;
            return _isTraining;
        }
    }

    /// <summary>Whether somebody has asked.</summary>
    public bool DependsOnTraining { get; private set; }

    /// <summary>The values of states after the step, by name, in ordinal order.</summary>
    public IEnumerable<KeyValuePair<string, Node>> NextStates =>
        _nextStates.OrderBy(static s => s.Key, StringComparer.Ordinal);

    /// <summary>The present value of a state.</summary>
    public Node State(string name, int[] dims)
    {
        Node state = Graph.State(name, dims);
        return _nextStates.TryGetValue(name, out Node? next) ? next : state;
    }

    /// <summary>Gives a state another value.</summary>
    public void SetState(string name, Node value) => _nextStates[name] = value;

    /// <summary>Drops elements, in training.</summary>
    public Node Dropout(Node x, double rate) =>
        IsTraining && rate > 0 ? RandomOp.Dropout(Graph, x, rate, NextDraw()) : x;

    /// <summary>The number of the next draw of random numbers.</summary>
    public int NextDraw() => _draws++;

    /// <summary>The number of one more part that is computed again in the backward pass.</summary>
    public int NewRegion() => ++_regions;

    /// <summary>Puts all nodes from one on into a region.</summary>
    public void Mark(int firstNode, int region)
    {
        foreach (Node node in Graph.Nodes.Skip(firstNode))
        {
            (node.Region, node.Half) = (region, 0);
        }
    }

    /// <summary>Puts all nodes from one on into a region whose operands follow from its two results.</summary>
    public void MarkReversible(int firstNode, Node first, Node second)
    {
        Mark(firstNode, NewRegion());
        (first.Half, second.Half) = (1, 2);
    }

    /// <summary>Says which step adds the nodes from here on.</summary>
    public void Enter(LoweredStep step) => _trace.Add((Graph.Nodes.Count, step));

    /// <summary>The step that added a node; null for inputs.</summary>
    public LoweredStep? StepOf(Node node)
    {
        int at = _trace.FindLastIndex(step => step.FirstNode <= node.Id);
        return at < 0 ? null : _trace[at].Step;
    }
}

/// <summary>A step as messages of later stages name it.</summary>
internal sealed record LoweredStep(string Target, int Site);
