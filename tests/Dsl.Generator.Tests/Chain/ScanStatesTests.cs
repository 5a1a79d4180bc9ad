using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Xunit;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Scans that take states or give them, compiled and run, against the interpreter; and in two halves against the
/// whole.</summary>
public sealed class ScanStatesTests
{
    private const int Batch = 2, Channels = 19, States = 6;

    public static TheoryData<int, bool, bool> Forms
    {
        get
        {
            var data = new TheoryData<int, bool, bool>();
            foreach (int n in new[] { 1, 37, 65 })
            {
                foreach (bool reverse in new[] { false, true })
                {
                    data.Add(n, reverse, false);
                    data.Add(n, reverse, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_last_states_of_a_diagonal_scan_equal_the_interpreter(int n, bool reverse, bool resets) =>
        OuterScanTests.Check(g => g.Add(
            new DiagonalFinalStateOp(reverse),
            [g.Pointwise("exp", g.Parameter("u", Batch, n, Channels)), .. Poles(g), .. resets ? (Node[])[GoesOn(g, n)] : []]));

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_states_give_equals_the_interpreter(int n, bool reverse, bool resets) => OuterScanTests.Check(g => g.Add(
        new DiagonalZeroInputOp(reverse, n),
        [
            g.Pointwise("tanh", g.Parameter("z", Batch, 2, Channels, States)), .. Poles(g),
            .. resets ? (Node[])[GoesOn(g, n)] : [],
        ]));

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

    /// <summary>λ inside the unit circle.</summary>
    private static Node[] Poles(Graph g)
    {
        Node size = g.Pointwise("sigmoid", g.Parameter("wl", Channels, States));
        Node angle = g.Parameter("wa", Channels, States);
        return [g.Pointwise("mul", size, g.Pointwise("cos", angle)), g.Pointwise("mul", size, g.Pointwise("sin", angle))];
    }

    /// <summary>Positions 0 and 22 of a row begin anew; the first one has no border before it.</summary>
    private static Node GoesOn(Graph g, int n)
    {
        Node position = g.Add(new IotaOp(OuterScanTests.Sizes(Batch, n).ToEquatable(), 1));
        Node near = g.Pointwise("abs", g.Pointwise("sub", position, g.Constant(11)));
        return g.Pointwise("less", g.Constant(0.5), g.Pointwise("abs", g.Pointwise("sub", near, g.Constant(11))));
    }
}
