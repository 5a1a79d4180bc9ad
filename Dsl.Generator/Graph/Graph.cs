using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Graphs;

/// <summary>
/// A computation in SSA form. Append-only: a node is added after its inputs and never changes, so the order of
/// <see cref="Nodes"/> is an order of evaluation. Stages that change a graph build another.
/// </summary>
internal sealed partial class Graph
{
    private readonly List<Node> _nodes = new();
    private readonly List<Node> _inputs = new();
    private readonly List<Node> _parameters = new();
    private readonly List<GraphOutput> _outputs = new();

    /// <summary>All nodes; a node's id is its position.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The nodes of <see cref="InputOp"/>, in the order they were added.</summary>
    public IReadOnlyList<Node> Inputs => _inputs;

    /// <summary>The nodes of <see cref="ParameterOp"/>, in the order they were added.</summary>
    public IReadOnlyList<Node> Parameters => _parameters;

    /// <summary>What the graph computes.</summary>
    public IReadOnlyList<GraphOutput> Outputs => _outputs;

    /// <summary>Appends a node; its shape is inferred.</summary>
    /// <exception cref="ShapeException">The inputs do not fit the op.</exception>
    public Node Add(Op op, params Node[] inputs) => Add(op, "", inputs);

    /// <summary>Appends a node that carries the user's name for its value.</summary>
    /// <exception cref="ShapeException">The inputs do not fit the op.</exception>
    public Node Add(Op op, string label, params Node[] inputs)
    {
        foreach (Node input in inputs)
        {
            if (!Contains(input))
            {
                throw new ArgumentException($"{input} is not a node of this graph.", nameof(inputs));
            }
        }

        var (shape, dtype) = op.Infer(inputs);
        return Append(new Node(_nodes.Count, op, inputs.ToImmutableArray(), shape, dtype, label));
    }

    /// <summary>Appends the same computation on other inputs, with all that is noted about it.</summary>
    public Node Copy(Node node, params Node[] inputs)
    {
        Node copy = HaveShapesOf(inputs, node.Inputs) && Array.TrueForAll(inputs, Contains)
            ? Append(new Node(
                _nodes.Count, node.Op, inputs.ToImmutableArray(), node.Shape, node.DType, node.Label))
            : Add(node.Op, node.Label, inputs);
        (copy.Region, copy.Half, copy.IsReplay) = (node.Region, node.Half, node.IsReplay);
        return copy;
    }

    /// <summary>Whether nothing would be inferred that is not known: the shapes are the same objects.</summary>
    private static bool HaveShapesOf(Node[] inputs, ImmutableArray<Node> originals)
    {
        bool same = inputs.Length == originals.Length;
        for (int i = 0; same && i < inputs.Length; i++)
        {
            same = inputs[i].Shape == originals[i].Shape && inputs[i].DType == originals[i].DType;
        }

        return same;
    }

    private Node Append(Node node)
    {
        _nodes.Add(node);
        switch (node.Op)
        {
            case InputOp:
                _inputs.Add(node);
                break;
            case ParameterOp:
                _parameters.Add(node);
                break;
        }

        return node;
    }

    /// <summary>Declares an output. The same node may have several names.</summary>
    public void Output(string name, Node node)
    {
        if (!Contains(node))
        {
            throw new ArgumentException($"{node} is not a node of this graph.", nameof(node));
        }

        _outputs.Add(new GraphOutput(name, node));
    }

    /// <summary>Whether a node belongs to this graph.</summary>
    public bool Contains(Node node) => node.Id < _nodes.Count && ReferenceEquals(_nodes[node.Id], node);

    /// <summary>Appends a copy of every node of <paramref name="source"/>; element i is the copy of its node
    /// i.</summary>
    public Node[] Append(Graph source)
    {
        var copies = new Node[source.Nodes.Count];
        foreach (Node node in source.Nodes)
        {
            copies[node.Id] = Copy(node, node.Inputs.Map(i => copies[i.Id]));
        }

        return copies;
    }

    /// <summary>
    /// The same graph without the nodes that no output needs. Inputs and parameters stay: they are the signature of
    /// what is
    /// compiled.
    /// </summary>
    public Graph Pruned()
    {
        var live = new bool[_nodes.Count];
        foreach (GraphOutput output in _outputs)
        {
            live[output.Node.Id] = true;
        }

        for (int id = _nodes.Count - 1; id >= 0; id--)
        {
            live[id] |= _nodes[id].Op is InputOp or ParameterOp;
            if (live[id])
            {
                foreach (Node input in _nodes[id].Inputs)
                {
                    live[input.Id] = true;
                }
            }
        }

        var pruned = new Graph();
        var copies = new Node[_nodes.Count];
        foreach (Node node in _nodes)
        {
            if (live[node.Id])
            {
                copies[node.Id] = pruned.Copy(node, node.Inputs.Map(i => copies[i.Id]));
            }
        }

        foreach (GraphOutput output in _outputs)
        {
            pruned.Output(output.Name, copies[output.Node.Id]);
        }

        return pruned;
    }

    public override string ToString() => GraphPrinter.Print(this);
}
