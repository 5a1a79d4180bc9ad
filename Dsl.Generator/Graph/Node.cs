using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Graphs;

/// <summary>What the elements of a tensor are.</summary>
internal enum DType
{
    /// <summary>32-bit floats (doubles in the interpreter).</summary>
    Float,

    /// <summary>32-bit ints: labels, indices.</summary>
    Int,
}

/// <summary>One value of a graph in SSA form: an op applied to earlier values.</summary>
internal sealed class Node
{
    private Size? _length;

    public Node(int id, Op op, ImmutableArray<Node> inputs, ImmutableArray<Size> shape, DType dtype, string label)
    {
        Id = id;
        Op = op;
        Inputs = inputs;
        Shape = shape;
        DType = dtype;
        Label = label;
    }

    /// <summary>Position in its graph: inputs of a node have smaller ids.</summary>
    public int Id { get; }

    public Op Op { get; }

    public ImmutableArray<Node> Inputs { get; }

    /// <summary>Logical extents in the user's order; empty for a scalar.</summary>
    public ImmutableArray<Size> Shape { get; }

    public DType DType { get; }

    /// <summary>The user's name for the value (a local, a layer), or empty. Only dumps and names of buffers depend on it.</summary>
    public string Label { get; internal set; }

    /// <summary>The part of the model whose values the backward pass computes again; 0 for none.</summary>
    public int Region { get; internal set; }

    /// <summary>Of a reversible region: 1 for its first result, 2 for the second; else 0.</summary>
    public int Half { get; internal set; }

    /// <summary>Whether it computes again what the forward pass has computed, and so must not join it.</summary>
    public bool IsReplay { get; internal set; }

    public int Rank => Shape.Length;

    /// <summary>The number of elements.</summary>
    public Size Length => _length ??= Shape.Aggregate(Size.One, static (product, dim) => product * dim);

    public override string ToString() => $"%{Id}";
}

/// <summary>An output of a graph and its name: a result, or the gradient of a parameter.</summary>
internal sealed record GraphOutput(string Name, Node Node);
