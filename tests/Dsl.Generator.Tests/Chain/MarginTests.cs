extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Tests.Golden;
using Dsl.Generator.Tests.Graphs;
using Dsl.Kernels;
using Xunit;
using Device = runtime::Dsl.Device;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Losses over classes with a margin: against the full computation at many classes, and limits that are other losses.</summary>
public sealed class MarginTests
{
    private const int Samples = 7, Width = 6, Classes = 10;

    private static readonly MarginRule s_arcFace =
        new(MarginForm.Angle, true, 64) { Angle = 0.5, Boundary = MarginBoundary.Monotone };

    /// <summary>Compiled without logits, against the interpreter with all of them; with equal bits for any number of
    /// threads.</summary>
    [Theory]
    [InlineData(MarginForm.Angle)]
    [InlineData(MarginForm.Cosine)]
    [InlineData(MarginForm.Psi)]
    public void Five_thousand_classes_equal_the_full_computation(object form)
    {
        MarginRule rule = (MarginForm)form switch
        {
            MarginForm.Psi => new MarginRule(MarginForm.Psi, true, null) { Factor = 4, Lambda = 5 },
            MarginForm.Cosine => new MarginRule(MarginForm.Cosine, true, 64) { Cosine = 0.35 },
            _ => s_arcFace,
        };
        Graph compiled = Loss(rule, 33, 40, 5000, composed: false);
        var (inputs, parameters) = Values(compiled, 5000);
        var expected = GraphInterpreter.Evaluate(
            Differentiator.Differentiate(Loss(rule, 33, 40, 5000, composed: true)), inputs, parameters, new Dictionary<string, int>());
        GoldenRun run = GoldenRun.Of(compiled, compiled);
        Dictionary<string, double[]>? first = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            Dictionary<string, double[]> actual = run.Run(Device.Host(threads), inputs, parameters);
            foreach (string name in new[] { "x.Gradient", "w.Gradient", "loss" })
            {
                double scale = expected[name].Data.Max(Math.Abs);
                for (int i = 0; i < actual[name].Length; i++)
                {
                    Assert.True(
                        Math.Abs(expected[name].Data[i] - actual[name][i]) <= 1e-5 * scale,
                        $"{name}: element {i} is {actual[name][i]}, not {expected[name].Data[i]} (largest {scale})");
                }

                Assert.Equal(first?[name] ?? actual[name], actual[name]);
            }

            first ??= actual;
        }
    }

    [Fact]
    public void No_margin_is_the_softmax_of_cosines()
    {
        var plain = new MarginRule(MarginForm.None, true, 64);
        Same(plain, s_arcFace with { Angle = 0 });
        Same(plain, new MarginRule(MarginForm.Cosine, true, 64));
        Same(plain, new MarginRule(MarginForm.General, true, 64));
        Same(new MarginRule(MarginForm.None, true, null), new MarginRule(MarginForm.Psi, true, null) { Factor = 1 });
        Same(new MarginRule(MarginForm.None, false, null), new MarginRule(MarginForm.Psi, false, null) { Factor = 1 });
    }

    [Fact]
    public void A_choice_of_all_classes_is_no_choice() => Same(s_arcFace, s_arcFace with { Chosen = Classes });

    /// <summary>Labels are always chosen, others with equal probability, as many as are wanted.</summary>
    [Fact]
    public void Choices_have_the_labels_and_others_evenly()
    {
        const int Many = 40, Wanted = 12, Draws = 20000;
        int[] labels = [7, 31, 7, -1, 40];
        var counts = new int[Many];
        var chosen = new int[labels.Length + Wanted + 1];
        for (int site = 0; site < Draws; site++)
        {
            ClassSample.Choose(labels, Many, Wanted, 3, site * 7, site, new uint[2], chosen);
            Assert.Equal(Wanted, chosen[0]);
            int[] classes = chosen[1..(Wanted + 1)];
            Assert.Equal(classes.Distinct().Order(), classes);
            Assert.All(classes, static j => Assert.InRange(j, 0, Many - 1));
            foreach (int j in classes)
            {
                counts[j]++;
            }
        }

        Assert.Equal(Draws, counts[7]);
        Assert.Equal(Draws, counts[31]);

        // 10 of 38 others: five deviations of a binomial number.
        const double Share = 10.0 / 38;
        double deviation = Math.Sqrt(Draws * Share * (1 - Share));
        Assert.All(
            counts.Where(static (_, j) => j is not (7 or 31)),
            c => Assert.InRange(c, (Draws * Share) - (5 * deviation), (Draws * Share) + (5 * deviation)));
    }

    [Fact]
    public void More_labels_than_wanted_are_all_chosen()
    {
        var chosen = new int[8];
        ClassSample.Choose([5, 1, 3, 1, 9], 10, 2, 0, 0, 0, new uint[1], chosen);
        Assert.Equal([4, 1, 3, 5, 9], chosen[..5]);
    }

    [Fact]
    public void A_large_lambda_is_the_modified_softmax() => Same(
        new MarginRule(MarginForm.None, true, null), new MarginRule(MarginForm.Psi, true, null) { Factor = 4, Lambda = 1e9 }, 1e-6);

    [Fact]
    public void One_centre_is_arcface()
    {
        Graph one = Loss(s_arcFace, Samples, Width, Classes, composed: false);
        var g = new Graph();
        g.Output("loss", g.Mean(
            g.Add(
                new MarginLossOp(s_arcFace), g.Parameter("x", Samples, Width), g.Parameter("w", Classes, 1, Width),
                g.Input("t", DType.Int, Samples)),
            0));
        var (inputs, parameters) = Values(one, Classes);
        var expected = Results(one, inputs, parameters);
        parameters["w"] = new NdArray(parameters["w"].Data, Classes, 1, Width);
        var actual = Results(g, inputs, parameters);
        foreach (string name in expected.Keys)
        {
            Assert.Equal(expected[name].Data, actual[name].Data);
        }
    }

    [Fact]
    public void The_length_of_an_embedding_changes_nothing_where_it_is_normalised()
    {
        Graph graph = Loss(s_arcFace, Samples, Width, Classes, composed: false);
        var (inputs, parameters) = Values(graph, Classes);
        var before = Results(graph, inputs, parameters);
        NdArray x = parameters["x"];
        for (int i = 0; i < Samples; i++)
        {
            double along = Enumerable.Range(i * Width, Width).Sum(k => x.Data[k] * before["x.Gradient"].Data[k]);
            Assert.Equal(0, along, 1e-12);
        }

        parameters["x"] = new NdArray([.. x.Data.Select(static v => 3 * v)], Samples, Width);
        Evaluation.Same(before["loss"], Results(graph, inputs, parameters)["loss"], 1e-12, "loss");
    }

    /// <summary>Zeros have no direction: they stay finite and have no gradient, in floats, too.</summary>
    [Fact]
    public void Embeddings_and_rows_of_zeros_stay_finite()
    {
        Graph graph = Loss(s_arcFace, Samples, Width, Classes, composed: false);
        var (inputs, parameters) = Values(graph, Classes);
        Array.Clear(parameters["x"].Data, 2 * Width, Width);
        Array.Clear(parameters["w"].Data, 4 * Width, Width);
        inputs["t"].Data[1] = 4;
        var expected = Results(graph, inputs, parameters);
        var actual = GoldenRun.Of(graph, graph).Run(Device.Host(2), inputs, parameters);
        foreach (string name in expected.Keys)
        {
            Assert.All(actual[name], static v => Assert.True(double.IsFinite(v)));
            double scale = expected[name].Data.Max(Math.Abs);
            Assert.All(expected[name].Data.Zip(actual[name]), p => Assert.Equal(p.First, p.Second, 1e-5 * scale));
        }

        Assert.All(actual["x.Gradient"].Skip(2 * Width).Take(Width), static v => Assert.Equal(0, v));
        Assert.All(actual["w.Gradient"].Skip(4 * Width).Take(Width), static v => Assert.Equal(0, v));
    }

    /// <summary>Neither program has a buffer of a number for each sample and class.</summary>
    [Fact]
    public void No_buffer_holds_logits()
    {
        CompiledCase compiled = CompiledCase.Of("margin softmax of angles");
        string text = string.Concat(compiled.Files.Select(static f => f.SourceText.ToString()));

        Assert.Contains("ClassLogitsKernel<", text, StringComparison.Ordinal);
        Assert.Contains("ClassLogitsGradientKernel<", text, StringComparison.Ordinal);
        Assert.DoesNotContain("300*b", text, StringComparison.Ordinal);
    }

    private static void Same(MarginRule expected, MarginRule actual, double tolerance = 1e-12)
    {
        Graph graph = Loss(expected, Samples, Width, Classes, composed: false);
        var (inputs, parameters) = Values(graph, Classes);
        var wanted = Results(graph, inputs, parameters);
        var got = Results(Loss(actual, Samples, Width, Classes, composed: false), inputs, parameters);
        foreach (string name in wanted.Keys)
        {
            Evaluation.Same(wanted[name], got[name], tolerance, $"{name} of {actual}");
        }
    }

    /// <summary>The mean loss by the op, or of all logits.</summary>
    private static Graph Loss(MarginRule rule, int samples, int width, int classes, bool composed)
    {
        var g = new Graph();
        (Node x, Node w) = (g.Parameter("x", samples, width), g.Parameter("w", classes, width));
        Node labels = g.Input("t", DType.Int, samples);
        Node losses;
        if (composed)
        {
            Node logits = MarginLogits.Of(g, rule, x, w, labels);
            Node own = g.Sum(
                g.Pointwise("select", g.Add(new OneHotOp(classes), labels), logits, g.Fill(0, logits.Shape)), 1);
            losses = g.Pointwise("sub", g.Add(new LogSumExpOp(1), logits), own);
        }
        else
        {
            losses = g.Add(new MarginLossOp(rule), x, w, labels);
        }

        g.Output("loss", g.Mean(losses, 0));
        return GraphVerifier.Verify(g, "building");
    }

    private static (Dictionary<string, NdArray> Inputs, Dictionary<string, NdArray> Parameters) Values(Graph graph, int classes)
    {
        var random = new Random(11);
        var parameters = graph.Parameters.Select(static p => (ParameterOp)p.Op)
            .ToDictionary(static p => p.Parameter, p => Evaluation.Random(random, [.. p.Dims], -1, 1));
        int samples = parameters["x"].Shape[0];
        double[] labels = [.. Enumerable.Range(0, samples).Select(_ => (double)random.Next(classes))];
        return (new() { ["t"] = new NdArray(labels, samples) }, parameters);
    }

    private static Dictionary<string, NdArray> Results(
        Graph graph, Dictionary<string, NdArray> inputs, Dictionary<string, NdArray> parameters) =>
        new(GraphInterpreter.Evaluate(Differentiator.Differentiate(graph), inputs, parameters, new Dictionary<string, int>()));
}
