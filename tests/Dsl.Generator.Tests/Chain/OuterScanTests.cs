extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Memory;
using Dsl.Generator.Ops;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Golden;
using Dsl.Generator.Tests.Graphs;
using Dsl.Kernels;
using Xunit;
using Device = runtime::Dsl.Device;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Scans that no function names yet: graphs, compiled and run, against the interpreter.</summary>
public sealed class OuterScanTests
{
    private const int Batch = 2, Positions = 37, Heads = 3, Keys = 5, Values = 7, Channels = 19, States = 6;

    public static TheoryData<string, bool, int> Reaches
    {
        get
        {
            var data = new TheoryData<string, bool, int>();
            foreach (int chunk in new[] { 1, 3, 4, 5, 32, 64 })
            {
                foreach (Intra intra in Enum.GetValues<Intra>())
                {
                    data.Add(intra.ToString(), chunk % 2 == 0, chunk);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Reaches))]
    public void A_scan_and_its_gradients_equal_the_interpreter(string intra, bool reverse, int chunk) => Check(g =>
    {
        Node q = g.Input("q", DType.Float, Batch, Positions, Heads, Keys);
        Node k = g.Parameter("wk", Batch, Positions, Heads, Keys);
        Node v = g.Parameter("wv", Batch, Positions, Heads, Values);
        return g.Add(new OuterScanOp(Enum.Parse<Intra>(intra), reverse, chunk), g.Pointwise("exp", q), k, v);
    });

    public static TheoryData<string, bool, bool> Decays
    {
        get
        {
            var data = new TheoryData<string, bool, bool>();
            foreach (DecayAxis decay in Enum.GetValues<DecayAxis>())
            {
                foreach (var (exclusive, reverse) in new[] { (false, false), (true, false), (false, true), (true, true) })
                {
                    data.Add(decay.ToString(), exclusive, reverse);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Decays))]
    public void A_scan_with_decay_and_its_gradients_equal_the_interpreter(string decay, bool exclusive, bool reverse) => Check(g =>
    {
        DecayAxis axis = Enum.Parse<DecayAxis>(decay);
        Node q = g.Input("q", DType.Float, Batch, Positions, Heads, Keys);
        Node k = g.Parameter("wk", Batch, Positions, Heads, Keys);
        Node v = g.Parameter("wv", Batch, Positions, Heads, Values);
        Node l = axis switch
        {
            DecayAxis.Head => g.Parameter("wl", Batch, Positions, Heads),
            DecayAxis.Key => g.Parameter("wl", Batch, Positions, Heads, Keys),
            _ => g.Parameter("wl", Batch, Positions, Heads, Values),
        };
        return g.Add(
            new DecayScanOp(axis, exclusive, reverse), g.Pointwise("exp", q), k, v,
            g.Pointwise("neg", g.Pointwise("softplus", l)));
    });

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_diagonal_scan_and_its_gradients_equal_the_interpreter(bool reverse, bool resets) => Check(g =>
    {
        Node u = g.Pointwise("exp", g.Input("u", DType.Float, Batch, Positions, Channels));
        Node size = g.Pointwise("sigmoid", g.Parameter("wl", Channels, States));
        Node angle = g.Parameter("wa", Channels, States);
        var operands = new List<Node>
        {
            u, g.Pointwise("mul", size, g.Pointwise("cos", angle)), g.Pointwise("mul", size, g.Pointwise("sin", angle)),
            g.Parameter("wr", Channels, States), g.Transpose(g.Parameter("wi", States, Channels), 1, 0),
        };
        if (resets)
        {
            // Positions 5, 11 and 17 of a row begin anew.
            Node position = g.Add(new IotaOp(Sizes(Batch, Positions).ToEquatable(), 1));
            Node near = g.Pointwise("abs", g.Pointwise("sub", position, g.Constant(11)));
            operands.Add(g.Pointwise("mul", Differs(0), Differs(6)));

            Node Differs(double distance) => g.Pointwise(
                "less", g.Constant(0.5), g.Pointwise("abs", g.Pointwise("sub", near, g.Constant(distance))));
        }

        return g.Add(new DiagonalScanOp(reverse), [.. operands]);
    });

    [Fact]
    public void Operands_of_a_low_rank_scan_may_lie_in_any_order() => Check(g => g.Add(
        new LowRankScanOp(true),
        g.Transpose(g.Input("u", DType.Float, Channels, Batch, Positions), 1, 2, 0),
        g.Pointwise("mul", g.Transpose(g.Parameter("modes", States, 10, Channels), 1, 2, 0), g.Constant(0.2))));

    [Fact]
    public void Operands_of_a_long_convolution_may_lie_in_any_order() => Check(g => g.Add(
        new LongConvolutionOp(false),
        g.Transpose(g.Input("u", DType.Float, Channels, Batch, Positions), 1, 2, 0),
        g.Transpose(g.Parameter("k", Channels, Positions), 1, 0)));

    [Fact]
    public void Operands_of_a_diagonal_scan_may_lie_in_any_order() => Check(g => g.Add(
        new DiagonalScanOp(true),
        g.Transpose(g.Input("u", DType.Float, Channels, Batch, Positions), 1, 2, 0),
        g.Broadcast(g.Constant(0.5), Sizes(Channels, States), []),
        g.Broadcast(g.Pointwise("tanh", g.Parameter("wa", States)), Sizes(Channels, States), [1]),
        g.Slice(g.Parameter("wr", Channels, 2 * States), 1, 1, States),
        g.Transpose(g.Parameter("wi", States, Channels), 1, 0)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_selective_scan_and_its_gradients_equal_the_interpreter(bool resets) => Check(g =>
    {
        var operands = new List<Node>
        {
            g.Pointwise("exp", g.Input("u", DType.Float, Batch, Positions, Channels)),
            g.Pointwise("softplus", g.Parameter("wd", Batch, Positions, Channels)),
            g.Pointwise("neg", g.Pointwise("exp", g.Parameter("wa", Channels, States))),
            g.Parameter("wb", Batch, Positions, States), g.Parameter("wc", Batch, Positions, States),
        };
        if (resets)
        {
            // Position 11 of a row begins anew.
            Node position = g.Add(new IotaOp(Sizes(Batch, Positions).ToEquatable(), 1));
            operands.Add(g.Pointwise(
                "less", g.Constant(0.5), g.Pointwise("abs", g.Pointwise("sub", position, g.Constant(11)))));
        }

        return g.Add(new SelectiveScanOp(), [.. operands]);
    });

    /// <summary>Steps, B and C are parts of one value, as a projection gives them; u is transposed, and A is repeated.</summary>
    [Fact]
    public void Operands_of_a_selective_scan_may_lie_in_any_order() => Check(g =>
    {
        Node all = g.Pointwise("sigmoid", g.Parameter("wx", Batch, Positions, Channels + (2 * States)));
        return g.Add(
            new SelectiveScanOp(),
            g.Transpose(g.Input("u", DType.Float, Channels, Batch, Positions), 1, 2, 0),
            g.Slice(all, 2, 2 * States, Channels),
            g.Broadcast(g.Pointwise("neg", g.Pointwise("exp", g.Parameter("wa", States))), Sizes(Channels, States), [1]),
            g.Slice(all, 2, 0, States),
            g.Slice(all, 2, States, States));
    });

    [Fact]
    public void Operands_of_a_scan_with_decay_may_lie_in_any_order() => Check(g =>
    {
        Node q = g.Transpose(g.Input("q", DType.Float, Batch, Heads, Positions, Keys), 0, 2, 1, 3);
        Node k = g.Transpose(g.Parameter("wk", Batch, Positions, Keys, Heads), 0, 1, 3, 2);
        Node v = g.Broadcast(
            g.Parameter("wv", Batch, Heads, Values), Sizes(Batch, Positions, Heads, Values), [0, 2, 3]);
        Node l = g.Broadcast(g.Parameter("wl", Heads), Sizes(Batch, Positions, Heads), [2]);
        Node scan = g.Add(new DecayScanOp(DecayAxis.Head, true, true), q, k, v, l);
        return g.Transpose(scan, 0, 2, 3, 1);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Operands_of_a_delta_rule_may_lie_in_any_order(bool decays) => Check(g =>
    {
        Node q = g.Transpose(g.Input("q", DType.Float, Batch, Heads, Positions, Keys), 0, 2, 1, 3);
        Node k = g.Transpose(g.Pointwise("tanh", g.Parameter("wk", Batch, Positions, Keys, Heads)), 0, 1, 3, 2);
        Node v = g.Broadcast(
            g.Parameter("wv", Batch, Heads, Values), Sizes(Batch, Positions, Heads, Values), [0, 2, 3]);
        Node strength = g.Transpose(g.Pointwise("sigmoid", g.Parameter("wb", Heads, Batch, Positions)), 1, 2, 0);
        Node l = g.Broadcast(g.Pointwise("neg", g.Pointwise("exp", g.Parameter("wl", Heads))), Sizes(Batch, Positions, Heads), [2]);
        Node[] operands = [q, k, v, strength, .. decays ? (Node[])[l] : []];
        return g.Transpose(g.Add(new DeltaScanOp(), operands), 0, 2, 3, 1);
    });

    [Fact]
    public void Heads_may_lie_before_positions() => Check(g =>
    {
        Node q = g.Transpose(g.Input("q", DType.Float, Batch, Heads, Positions, Keys), 0, 2, 1, 3);
        Node k = g.Transpose(g.Pointwise("tanh", g.Parameter("wk", Heads, Positions, Batch, Keys)), 2, 1, 0, 3);
        Node v = g.Parameter("wv", Batch, Positions, Heads, Values);
        return g.Add(new OuterScanOp(Intra.Inclusive, false, 16), q, k, v);
    });

    [Fact]
    public void Features_that_are_not_neighbours_are_copied() => Check(g =>
    {
        Node q = g.Transpose(g.Input("q", DType.Float, Batch, Keys, Heads, Positions), 0, 3, 2, 1);
        Node k = g.Transpose(g.Parameter("wk", Batch, Positions, Keys, Heads), 0, 1, 3, 2);
        Node v = g.Broadcast(
            g.Parameter("wv", Batch, Heads, Values), Sizes(Batch, Positions, Heads, Values), [0, 2, 3]);
        return g.Add(new OuterScanOp(Intra.Exclusive, true, 16), q, k, v);
    });

    [Fact]
    public void Operands_may_be_parts_of_a_product_and_the_result_a_part_of_a_join() => Check(g =>
    {
        Node x = g.Input("x", DType.Float, Batch, Positions, 4);
        Node all = g.Contract("bnc,cf->bnf", x, g.Parameter("w", 4, Heads * ((2 * Keys) + Values)));
        Node rows = g.Reshape(all, Sizes(Batch, Positions, Heads, (2 * Keys) + Values));
        Node scan = g.Add(
            new OuterScanOp(Intra.Inclusive, false, 64),
            g.Slice(rows, 3, 0, Keys), g.Slice(rows, 3, Keys, Keys), g.Slice(rows, 3, 2 * Keys, Values));
        Node linear = g.Contract("bnhe,ef->bnhf", g.Pointwise("sigmoid", scan), g.Parameter("wo", Values, 6));
        return g.Concat(3, scan, linear);
    });

    [Fact]
    public void One_value_may_be_all_three_operands() => Check(g =>
    {
        Node x = g.Pointwise("tanh", g.Parameter("w", 1, 150, 1, Keys));
        return g.Add(new OuterScanOp(Intra.PreviousChunks, false, 4), x, x, x);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void No_buffer_grows_with_the_square_of_the_positions(int heads)
    {
        var loss = new Graph();
        Node x = loss.Input("x", DType.Float, "b", "n", 4);
        Node Project(string name) => loss.Contract("bnc,chf->bnhf", x, loss.Parameter(name, 4, heads, 8));
        Node scan = loss.Add(new OuterScanOp(Intra.Inclusive, false, 64), Project("wq"), Project("wk"), Project("wv"));
        loss.Output("loss", loss.SumAll(loss.Pointwise("square", loss.Add(new CumSumOp(1, false, false), scan))));
        Graph training = Rewriter.Simplify(Differentiator.Differentiate(loss));
        PlannedProgram plan = ProgramPlanner.Plan(Schedule.Of("Train", training));
        Assert.Equal(4, plan.Kernels.Count(static k => k.Skeleton == "OuterScan"));
        Assert.Equal(2, plan.Kernels.Count(static k => k.Skeleton == "CumulativeSum"));
        foreach (PlannedBuffer buffer in plan.Buffers)
        {
            long At(int n) => buffer.Length.Evaluate(symbol => symbol == "n" ? n : 2);
            Assert.True(At(2000) <= 2 * At(1000), $"{buffer.Name}: {buffer.Length}");
        }
    }

    internal static Size[] Sizes(params int[] extents) => [.. extents.Select(static e => Size.Of(e))];

    /// <summary>The result and every gradient of Σ result·cotangent.</summary>
    internal static void Check(Func<Graph, Node> build)
    {
        var forward = new Graph();
        forward.Output("y", build(forward));
        var scored = new Graph();
        Node y = scored.Append(forward)[forward.Outputs[0].Node.Id];
        Node cotangent = scored.Input("cot.y", DType.Float, [.. y.Shape]);
        Node total = scored.SumAll(scored.Pointwise("mul", y, cotangent));
        scored.Output("loss", total);
        GoldenRun run = GoldenRun.Of(forward, scored);

        var random = new Random(5);
        NdArray Some(Node node) => Evaluation.Random(random, [.. node.Shape.Select(static d => d.Constant)], -1, 1);
        var inputs = scored.Inputs.ToDictionary(static i => ((InputOp)i.Op).Tensor, Some);
        var parameters = scored.Parameters.ToDictionary(static p => ((ParameterOp)p.Op).Parameter, Some);
        Graph training = Differentiator.Differentiate(scored);
        training.Output("y", training.Append(forward)[forward.Outputs[0].Node.Id]);
        var expected = GraphInterpreter.Evaluate(training, inputs, parameters, new Dictionary<string, int>());
        Dictionary<string, double[]>? first = null;
        foreach (int threads in new[] { 1, 2 })
        {
            Dictionary<string, double[]> actual = run.Run(Device.Host(threads), inputs, parameters);
            foreach (string name in parameters.Keys.Select(static p => p + Differentiator.GradientSuffix).Append("y"))
            {
                double scale = expected[name].Data.Max(Math.Abs);
                for (int i = 0; i < expected[name].Data.Length; i++)
                {
                    Assert.True(
                        Math.Abs(expected[name].Data[i] - actual[name][i]) <= 2e-5 * scale,
                        $"{name}: element {i} is {actual[name][i]}, not {expected[name].Data[i]}");
                }

                Assert.Equal(first?[name] ?? actual[name], actual[name]);
            }

            first ??= actual;
        }
    }
}
