using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Graphs;
using Xunit;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Scans that take states or give them, compiled and run, against the interpreter; and in two halves against
/// the whole.</summary>
public sealed class ScanStatesTests
{
    private const int Batch = 2, Channels = 19, States = 6;

    /// <summary>Positions, whether from the end, whether with borders, and the length of the first sample; 0: there are
    /// no lengths.</summary>
    public static TheoryData<int, bool, bool, int> Forms
    {
        get
        {
            var data = new TheoryData<int, bool, bool, int>();
            foreach (var (n, own) in new[] { (1, 0), (37, 0), (65, 0), (1, 1), (37, 1), (37, 23), (65, 33), (65, 64) })
            {
                foreach (bool reverse in new[] { false, true })
                {
                    data.Add(n, reverse, false, own);
                    data.Add(n, reverse, true, own);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_last_states_of_a_diagonal_scan_equal_the_interpreter(int n, bool reverse, bool resets, int own) =>
        OuterScanTests.Check(g => g.Add(
            new DiagonalFinalStateOp(reverse, own > 0),
            [
                g.Pointwise("exp", g.Parameter("u", Batch, n, Channels)), .. Poles(g), .. Borders(g, n, resets),
                .. Lengths(g, own, n),
            ]));

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_states_give_equals_the_interpreter(int n, bool reverse, bool resets, int own) =>
        OuterScanTests.Check(g => g.Add(
            new DiagonalZeroInputOp(reverse, n, own > 0),
            [Outside(g), .. Poles(g), .. Borders(g, n, resets), .. Lengths(g, own, n)]));

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_last_states_of_a_low_rank_scan_equal_the_interpreter(int n, bool reverse, bool resets, int own) =>
        OuterScanTests.Check(g => g.Add(
            new LowRankFinalStateOp(reverse, own > 0),
            [
                g.Pointwise("exp", g.Parameter("u", Batch, n, Channels)), Modes(g), Outside(g),
                .. Borders(g, n, resets), .. Lengths(g, own, n),
            ]));

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_coupled_states_give_equals_the_interpreter(int n, bool reverse, bool resets, int own) =>
        OuterScanTests.Check(g => g.Add(
            new LowRankZeroInputOp(reverse, n, own > 0),
            [Outside(g), Modes(g), .. Borders(g, n, resets), .. Lengths(g, own, n)]));

    /// <summary>Values and gradients, where states are carried from the first positions to the others; no border is
    /// where they meet.</summary>
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(32, 33, false)]
    [InlineData(64, 1, false)]
    [InlineData(5, 64, true)]
    [InlineData(30, 40, true)]
    public void Two_parts_of_a_diagonal_scan_are_the_whole(int first, int second, bool resets) => CheckHalves(
        (g, u) => g.Add(
            new DiagonalScanOp(false), [u, .. Poles(g), .. Weights(g), .. Borders(g, first + second, resets)]),
        (g, u) =>
        {
            Node[] poles = Poles(g), weights = Weights(g);
            Node[] Inside(int from, int count) =>
                resets ? [g.Slice(GoesOn(g, first + second), 1, from, count)] : [];
            Node before = g.Slice(u, 1, 0, first);
            Node after = g.Slice(u, 1, first, second);
            Node carried = g.Add(new DiagonalFinalStateOp(false), [before, .. poles, .. Inside(0, first)]);
            Node given = StateSpaces.Turn(g, StateSpaces.Turn(g, carried, Complex(poles)), Complex(weights));
            Node y = g.Add(new DiagonalScanOp(false), [after, .. poles, .. weights, .. Inside(first, second)]);
            Node rest = g.Add(new DiagonalZeroInputOp(false, second), [given, .. poles, .. Inside(first, second)]);
            return g.Concat(
                1, g.Add(new DiagonalScanOp(false), [before, .. poles, .. weights, .. Inside(0, first)]),
                g.Pointwise("add", y, rest));

            ComplexValue Complex(Node[] parts) => new(new Value(g, parts[0]), new Value(g, parts[1]));
        },
        first + second);

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(32, 33, false)]
    [InlineData(64, 1, false)]
    [InlineData(5, 64, true)]
    [InlineData(30, 40, true)]
    public void Two_parts_of_a_low_rank_scan_are_the_whole(int first, int second, bool resets) => CheckHalves(
        (g, u) =>
        {
            Node[] borders = Borders(g, first + second, resets);
            Node none = g.Fill(0, OuterScanTests.Sizes(Batch, 2, Channels, States));
            return WithStates(
                g, g.Add(new LowRankScanOp(false), [u, Modes(g), .. borders]),
                g.Add(new LowRankFinalStateOp(false), [u, Modes(g), none, .. borders]));
        },
        (g, u) =>
        {
            Node modes = Modes(g);
            Node[] Inside(int from, int count) =>
                resets ? [g.Slice(GoesOn(g, first + second), 1, from, count)] : [];
            (Node before, Node after) = (g.Slice(u, 1, 0, first), g.Slice(u, 1, first, second));
            Node none = g.Fill(0, OuterScanTests.Sizes(Batch, 2, Channels, States));
            Node carried = g.Add(new LowRankFinalStateOp(false), [before, modes, none, .. Inside(0, first)]);
            Node start = StateSpaces.Turn(g, carried, modes);
            Node y = g.Pointwise(
                "add", g.Add(new LowRankScanOp(false), [after, modes, .. Inside(first, second)]),
                g.Add(new LowRankZeroInputOp(false, second), [start, modes, .. Inside(first, second)]));
            return WithStates(
                g, g.Concat(1, g.Add(new LowRankScanOp(false), [before, modes, .. Inside(0, first)]), y),
                g.Add(new LowRankFinalStateOp(false), [after, modes, start, .. Inside(first, second)]));
        },
        first + second);

    [Fact]
    public void Operands_of_coupled_scans_with_states_may_lie_in_any_order() => OuterScanTests.Check(g =>
    {
        Node modes = g.Transpose(g.Parameter("modes", States, 10, Channels), 1, 2, 0);
        modes = g.Pointwise("mul", modes, g.Constant(0.2));
        Node u = g.Transpose(g.Parameter("u", Channels, Batch, 37), 1, 2, 0);
        Node start = g.Transpose(g.Parameter("z", States, 2, Batch, Channels), 2, 1, 3, 0);
        Node last = g.Add(new LowRankFinalStateOp(true), u, modes, start);
        Node mixed = g.Slice(g.Concat(1, last, start), 1, 1, 2);
        return g.Concat(
            2, g.Add(new LowRankZeroInputOp(true, 37), last, modes),
            g.Add(new LowRankZeroInputOp(false, 37), mixed, modes));
    });

    [Fact]
    public void Operands_of_scans_with_states_may_lie_in_any_order() => OuterScanTests.Check(g =>
    {
        Node[] poles =
        [
            g.Broadcast(g.Constant(0.5), OuterScanTests.Sizes(Channels, States), []),
            g.Transpose(g.Pointwise("tanh", g.Parameter("wi", States, Channels)), 1, 0),
        ];
        Node u = g.Transpose(g.Parameter("u", Channels, Batch, 37), 1, 2, 0);
        Node last = g.Add(new DiagonalFinalStateOp(true), [u, .. poles]);
        Node first = g.Transpose(g.Parameter("z", States, 2, Batch, Channels), 2, 1, 3, 0);
        Node both = g.Pointwise("add", last, first);
        Node mixed = g.Slice(g.Concat(1, last, first), 1, 1, 2);
        return g.Concat(
            2, g.Add(new DiagonalZeroInputOp(true, 37), [both, .. poles]),
            g.Add(new DiagonalZeroInputOp(false, 37), [mixed, .. poles]));
    });

    /// <summary>y and the states, in one row.</summary>
    private static Node WithStates(Graph g, Node y, Node states)
    {
        Node Row(Node x) => g.Reshape(x, new[] { x.Shape[0], x.Shape.Skip(1).Product() });
        return g.Concat(1, Row(y), Row(states));
    }

    /// <summary>The result and every gradient of Σ result·cotangent, in doubles, of two ways to compute the
    /// same.</summary>
    private static void CheckHalves(Func<Graph, Node, Node> whole, Func<Graph, Node, Node> halves, int n)
    {
        var random = new Random(3);
        var inputs = new Dictionary<string, NdArray>();
        var parameters = new Dictionary<string, NdArray>();
        IReadOnlyDictionary<string, NdArray> expected = Results(whole), actual = Results(halves);
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (string name in expected.Keys)
        {
            Evaluation.Same(expected[name], actual[name], 1e-10, name);
        }

        IReadOnlyDictionary<string, NdArray> Results(Func<Graph, Node, Node> build)
        {
            var graph = new Graph();
            Node y = build(graph, graph.Parameter("u", Batch, n, Channels));
            Node loss = graph.SumAll(graph.Pointwise("mul", y, graph.Input("cotangent", DType.Float, [.. y.Shape])));
            graph.Output("loss", loss);
            NdArray Some(Node node) => Evaluation.Random(random, [.. node.Shape.Select(static d => d.Constant)], -1, 1);
            foreach (Node input in graph.Inputs)
            {
                inputs.TryAdd(((InputOp)input.Op).Tensor, Some(input));
            }

            foreach (Node parameter in graph.Parameters)
            {
                parameters.TryAdd(((ParameterOp)parameter.Op).Parameter, Some(parameter));
            }

            return GraphInterpreter.Evaluate(
                Differentiator.Differentiate(graph), inputs, parameters, new Dictionary<string, int>());
        }
    }

    private static Node Outside(Graph g) => g.Pointwise("tanh", g.Parameter("z", Batch, 2, Channels, States));

    private static Node[] Weights(Graph g) =>
        [g.Parameter("wr", Channels, States), g.Parameter("wi", Channels, States)];

    /// <summary>Modes of a contraction: λ inside the unit circle, and couplings that leave it one.</summary>
    private static Node Modes(Graph g)
    {
        Node Part(string name, double scale) => g.Pointwise(
            "mul", g.Parameter(name, 2, Channels, States), g.Constant(scale));
        Node[] poles = Poles(g).Select(x => g.Reshape(x, OuterScanTests.Sizes(1, Channels, States))).ToArray();
        return g.Concat(0, [.. poles, Part("p", 0.1), Part("b", 1), Part("q", 0.1), Part("w", 1)]);
    }

    /// <summary>λ inside the unit circle.</summary>
    private static Node[] Poles(Graph g)
    {
        Node size = g.Pointwise("sigmoid", g.Parameter("wl", Channels, States));
        Node angle = g.Parameter("wa", Channels, States);
        Node Part(string of) => g.Pointwise("mul", size, g.Pointwise(of, angle));
        return [Part("cos"), Part("sin")];
    }

    /// <summary>Of the first sample <paramref name="own"/>, of the second all; nothing when that is 0.</summary>
    private static Node[] Lengths(Graph g, int own, int n)
    {
        Node sample = g.Add(new IotaOp(OuterScanTests.Sizes(Batch).ToEquatable(), 0));
        return own == 0 ? []
            : [g.Pointwise("add", g.Pointwise("mul", sample, g.Constant(n - own)), g.Constant(own))];
    }

    private static Node[] Borders(Graph g, int n, bool areThere) => areThere ? [GoesOn(g, n)] : [];

    /// <summary>Positions 0 and 22 of a row begin anew; the first one has no border before it.</summary>
    private static Node GoesOn(Graph g, int n)
    {
        Node position = g.Add(new IotaOp(OuterScanTests.Sizes(Batch, n).ToEquatable(), 1));
        Node near = g.Pointwise("abs", g.Pointwise("sub", position, g.Constant(11)));
        return g.Pointwise("less", g.Constant(0.5), g.Pointwise("abs", g.Pointwise("sub", near, g.Constant(11))));
    }
}
