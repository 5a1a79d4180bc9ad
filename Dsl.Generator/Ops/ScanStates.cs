using System.Collections.Generic;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Ops;

/// <summary>Complex states [b, 2, h, m] of scans, real parts before imaginary ones, as operands and results.</summary>
internal static class ScanStates
{
    private static readonly int[] s_sequences = { 0, 1 };
    private static readonly int[] s_samples = { 0 };

    public static void Expects(Op op, Node states, Size batch, Size channels, Size modes) =>
        Expect.Shape(op, states, batch, 2, channels, modes);

    /// <summary>A number of operands, and perhaps two more behind them: where states begin anew, and then
    /// lengths.</summary>
    public static void ExpectFloats(Op op, IReadOnlyList<Node> inputs, int others, bool lengths)
    {
        int least = others + (lengths ? 1 : 0);
        Expect.Floats(op, inputs, inputs.Count == least + 1 ? least + 1 : least);
    }

    /// <summary>Of what lies behind the others: floats [b, n] and [b].</summary>
    public static void ExpectBehind(
        Op op, IReadOnlyList<Node> inputs, int others, bool lengths, Size batch, Size positions)
    {
        (Node? resets, Node? own) = Behind(inputs, others, lengths);
        if (resets is not null)
        {
            Expect.Shape(op, resets, batch, positions);
        }

        if (own is not null)
        {
            Expect.Shape(op, own, batch);
        }
    }

    /// <summary>The last operands: where states begin anew, and lengths; null is what is not there.</summary>
    /// <typeparam name="T">Of a value or a node.</typeparam>
    /// <param name="inputs">All operands.</param>
    /// <param name="others">How many come before them.</param>
    /// <param name="lengths">Whether there are lengths.</param>
    public static (T? Resets, T? Lengths) Behind<T>(IReadOnlyList<T> inputs, int others, bool lengths)
        where T : class =>
        (inputs.Count > others + (lengths ? 1 : 0) ? inputs[others] : null, lengths ? inputs[inputs.Count - 1] : null);

    /// <summary>How many positions a sample has.</summary>
    /// <param name="lengths">[b]; null: all have the same.</param>
    /// <param name="sample">Which.</param>
    /// <param name="positions">Those of the longest.</param>
    public static int Own(NdArray? lengths, int sample, int positions) =>
        lengths is null ? positions : (int)lengths.Data[sample];

    /// <summary>What is seen of what all samples share, and of what lies behind it: where states begin anew, and
    /// lengths.</summary>
    public static AxisReach FieldOfModes(bool isBehind, int axis) =>
        isBehind && axis == 0 ? AxisReach.Same(0) : AxisReach.Whole;

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
    /// <param name="modes">The parts of λ, and perhaps where states begin anew, and lengths.</param>
    /// <param name="reverse">Whether positions are visited from the end.</param>
    /// <param name="lengths">Whether there are lengths.</param>
    public static Node Slope(Graph graph, Node u, Node[] modes, bool reverse, bool lengths)
    {
        Size n = u.Shape[1];
        (Node? resets, Node? own) = Behind(modes, 2, lengths);
        Node position = graph.Add(new IotaOp(u.Shape.ToEquatable(), 1));
        Node? count = own is null ? null : graph.Broadcast(own, u.Shape, s_samples);
        Node after = reverse ? position : graph.Pointwise(
            "sub", count is null ? graph.SizeValue(n - 1) : graph.Pointwise("sub", count, graph.Constant(1)), position);
        if (reverse && count is not null)
        {
            // What lies behind a sequence must not move to its last position.
            u = graph.Pointwise("select", graph.Pointwise("less", position, count), u, graph.Constant(0));
        }

        // What lies before a border must not move behind it. The border is that of the later of two neighbours.
        Node counted = graph.Pointwise("mul", u, after);
        Node later = reverse
            ? graph.Slice(graph.Pad(Inside(counted), 1, 0, 1, 0), 1, 1, n)
            : Inside(graph.Slice(graph.Pad(counted, 1, 1, 0, 0), 1, 0, n));
        var operands = new List<Node>(modes);
        operands.Insert(0, later);
        return graph.Add(new DiagonalFinalStateOp(reverse, lengths), operands.ToArray());

        Node Inside(Node x) => resets is null ? x
            : graph.Pointwise("mul", x, graph.Broadcast(resets, x.Shape, s_sequences));
    }
}
