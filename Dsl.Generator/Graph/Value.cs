using System.Linq;

namespace Dsl.Generator.Graphs;

/// <summary>A node with the operators of arithmetic, so that derivatives and expansions read like formulas.</summary>
internal readonly struct Value
{
    public Value(Graph graph, Node node)
    {
        Graph = graph;
        Node = node;
    }

    public Graph Graph { get; }

    public Node Node { get; }

    public static implicit operator Node(Value value) => value.Node;

    public static Value operator +(Value a, Value b) => a.Apply("add", b);

    public static Value operator +(Value a, double b) => a + a.Constant(b);

    public static Value operator -(Value a, Value b) => a.Apply("sub", b);

    public static Value operator -(double a, Value b) => b.Constant(a) - b;

    public static Value operator -(Value a) => a.Apply("neg");

    public static Value operator *(Value a, Value b) => a.Apply("mul", b);

    public static Value operator *(Value a, double b) => a * a.Constant(b);

    public static Value operator /(Value a, Value b) => a.Apply("div", b);

    /// <summary>A scalar of the same graph.</summary>
    public Value Constant(double value) => new(Graph, Graph.Constant(value));

    /// <summary>Applies a row of the pointwise table with this as the first operand.</summary>
    public Value Apply(string row, params Value[] others) =>
        new(Graph, Graph.Pointwise(row, new[] { Node }.Concat(others.Select(static o => o.Node)).ToArray()));

    /// <summary>Where this (0 or 1) is set <paramref name="yes"/>, else <paramref name="no"/>.</summary>
    public Value Select(Value yes, Value no) => Apply("select", yes, no);
}
