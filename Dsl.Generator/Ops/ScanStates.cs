using System.Collections.Generic;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Ops;

/// <summary>Complex states [b, 2, h, m] of scans, real parts before imaginary ones, as operands and results.</summary>
internal static class ScanStates
{
    private static readonly int[] s_sequences = { 0, 1 };

    public static void Expects(Op op, Node states, Size batch, Size channels, Size modes) =>
        Expect.Shape(op, states, batch, 2, channels, modes);

    /// <summary>Where states begin anew, if operand <paramref name="at"/> is there.</summary>
    public static void ExpectResets(Op op, IReadOnlyList<Node> inputs, int at, Size batch, Size positions)
    {
        if (inputs.Count > at)
        {
            Expect.Shape(op, inputs[at], batch, positions);
        }
    }

    /// <summary>What is seen of what all samples share, and of where states begin anew.</summary>
    public static AxisReach FieldOfModes(bool areResets, int axis) =>
        areResets && axis == 0 ? AxisReach.Same(0) : AxisReach.Whole;

    /// <summary>Real or imaginary parts, [b, h, m].</summary>
    public static Node Part(Graph graph, Node states, int part) => graph.Reshape(
        graph.Slice(states, 1, part, 1), new[] { states.Shape[0], states.Shape[2], states.Shape[3] });

    /// <summary>With the other imaginary parts: the gradient by x of Σ Re(a·x) is the conjugate of a.</summary>
    public static Node Conjugate(Graph graph, Node states) => graph.Concat(
        1, graph.Slice(states, 1, 0, 1), graph.Pointwise("neg", graph.Slice(states, 1, 1, 1)));

    /// <summary>The gradients of Σ Re(a·x) by the parts of λ, where x changes with λ by <paramref
    /// name="slope"/>.</summary>
    public static (Node Re, Node Im) OfPole(Graph graph, Node a, Node slope)
    {
        Value Of(Node states, int part) => new(graph, Part(graph, states, part));
        (Value re, Value im, Value slopeRe, Value slopeIm) = (Of(a, 0), Of(a, 1), Of(slope, 0), Of(slope, 1));
        Node real = graph.Sum((re * slopeRe) - (im * slopeIm), 0);
        return (real, graph.Pointwise("neg", graph.Sum((re * slopeIm) + (im * slopeRe), 0)));
    }

    /// <summary>Σ k·λ^(k-1)·u over positions, k those that are visited after: how the last states of a diagonal scan
    /// change with λ. They are those of k·u, each a position later.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="u">[b, n, h].</param>
    /// <param name="modes">The parts of λ, and perhaps where states begin anew.</param>
    /// <param name="reverse">Whether positions are visited from the end.</param>
    public static Node Slope(Graph graph, Node u, Node[] modes, bool reverse)
    {
        Size n = u.Shape[1];
        Node position = graph.Add(new IotaOp(u.Shape.ToEquatable(), 1));
        Node after = reverse ? position : graph.Pointwise("sub", graph.SizeValue(n - 1), position);

        // What lies before a border must not move behind it. The border is that of the later of two neighbours.
        Node counted = graph.Pointwise("mul", u, after);
        Node later = reverse
            ? graph.Slice(graph.Pad(Inside(counted), 1, 0, 1, 0), 1, 1, n)
            : Inside(graph.Slice(graph.Pad(counted, 1, 1, 0, 0), 1, 0, n));
        var operands = new List<Node>(modes);
        operands.Insert(0, later);
        return graph.Add(new DiagonalFinalStateOp(reverse), operands.ToArray());

        Node Inside(Node x) => modes.Length < 3 ? x
            : graph.Pointwise("mul", x, graph.Broadcast(modes[2], x.Shape, s_sequences));
    }
}
