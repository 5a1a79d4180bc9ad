using System;
using System.Collections.Generic;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Layers;
using Xunit;

namespace Dsl.Generator.Tests.Golden;

/// <summary>What layers and losses lower to against values of another framework.</summary>
public class GoldenLayerTests
{
    [SkippableFact]
    public void LayerNorm() => Layer("layernorm", "LayerNorm");

    [SkippableFact]
    public void RmsNorm() => Layer("rmsnorm", "RmsNorm");

    [SkippableFact]
    public void ScaleNorm() => Layer("scalenorm", "ScaleNorm");

    [SkippableFact]
    public void GroupNorm() => Layer("groupnorm", "GroupNorm", ("groups", 2));

    [SkippableFact]
    public void InstanceNorm() => Layer("instancenorm", "InstanceNorm");

    [SkippableFact]
    public void PRelu() => Layer("act_prelu_nchw", "PRelu");

    [SkippableFact]
    public void Embedding()
    {
        GoldenCase c = GoldenCase.Load("embedding");
        Check(c, new ModelSource().Layer("N", "Embedding", ("count", 11), ("width", 5))
            .Function("Forward", null, f => f.Layer("N", f.Labels("i", Dims(c, "aux.i")))));
    }

    [SkippableFact]
    public void L2Normalize() => Function("l2normalize", "L2Normalize", ["x"]);

    [SkippableFact]
    public void LogSumExp() => Function("logsumexp", "LogSumExp", ["x"]);

    [SkippableFact]
    public void CumSum() => Function("cumsum", "CumSum", ["x"], ("axis", 1));

    [SkippableFact]
    public void CrossEntropy_that_ignores() =>
        Function("softmax_ce_ignore", "CrossEntropy", ["z:logits", "t:labels"], ("ignore", -100));

    [SkippableFact]
    public void CrossEntropy_with_smoothing_and_weights() => Function(
        "softmax_ce_smooth_weight", "CrossEntropy", ["z:logits", "t:labels", "w:weights"], ("smoothing", 0.1));

    [SkippableFact]
    public void BinaryCrossEntropy() =>
        Function("bce_logits", "BinaryCrossEntropy", ["z:logits", "t:targets", "pw:positive"]);

    [SkippableFact]
    public void DiceLoss() => Function("dice_loss", "DiceLoss", ["z:logits", "t:targets"]);

    [SkippableFact]
    public void SmoothL1() => Function("smooth_l1", "SmoothL1", ["x", "t:target"]);

    [SkippableFact]
    public void FocalLoss() =>
        Function("focal_ce_gamma2", "FocalLoss", ["z:logits", "t:labels"], ("gamma", 2), ("detach", true));

    [SkippableFact]
    public void Contrastive() => Function("contrastive", "Contrastive", ["a", "b", "y:same"], ("margin", 1.5));

    [SkippableFact]
    public void Triplet() => Function("triplet_l2", "Triplet", ["a:anchor", "p:positive", "n:negative"]);

    /// <summary>Checks a layer; the golden parameters are g, b, a and w.</summary>
    private static void Layer(string name, string kind, params (string, object)[] arguments)
    {
        GoldenCase c = GoldenCase.Load(name);
        Check(c, new ModelSource().Layer("N", kind, arguments)
            .Function("Forward", null, f => f.Layer("N", f.Input("x", Dims(c, "in.x")))));
    }

    /// <summary>Checks a function; an operand is the golden name, then the function's if it is another.</summary>
    private static void Function(string name, string function, string[] operands, params (string Name, object Value)[] literals)
    {
        GoldenCase c = GoldenCase.Load(name);
        Check(c, new ModelSource().Function("Forward", null, f =>
        {
            var given = new List<OperandSpec>();
            foreach (string operand in operands)
            {
                string golden = operand.Split(':')[0];
                bool labels = operand.EndsWith(":labels", StringComparison.Ordinal);
                string dims = Dims(c, (c.Has("in." + golden) ? "in." : "aux.") + golden);
                given.Add(new OperandSpec(
                    operand.Split(':')[^1], labels ? f.Labels(golden, dims) : f.Input(golden, dims), ""));
            }

            foreach (var (literal, value) in literals)
            {
                given.Add(new OperandSpec(literal, -1, ModelSource.Text(value)));
            }

            f.Add(StepKind.Function, function, "", [.. given]);
        }));
    }

    private static string Dims(GoldenCase c, string tensor) => string.Join(", ", c[tensor].Shape);

    /// <summary>Makes what is differentiated parameters under the golden names.</summary>
    private static void Check(GoldenCase c, ModelSource source)
    {
        LoweredModel model = ModelLowering.Lower(source.Build());
        Assert.Empty(model.Problems);
        var graph = new Graph();
        var copies = new List<Node>();
        foreach (Node node in model.Forward!.Nodes)
        {
            copies.Add(node.Op switch
            {
                InputOp input when c.Has("in." + input.Tensor) => graph.Parameter(input.Tensor, input.Dims.Map(static d => d.Constant)),
                ParameterOp parameter => graph.Parameter(Golden(parameter.Parameter), [.. parameter.Dims]),
                _ => graph.Add(node.Op, node.Inputs.Map(i => copies[i.Id])),
            });
        }

        Node result = copies[model.Forward.Outputs[0].Node.Id];
        graph.Output(c.Has("out.loss") ? "loss" : "y", result);
        c.Check(graph);
    }

    private static string Golden(string parameter) => parameter switch
    {
        "N.Gain" => "g",
        "N.Bias" => "b",
        "N.Slope" => "a",
        "N.Weight" => "w",
        _ => throw new ArgumentOutOfRangeException(nameof(parameter), parameter, "no golden name"),
    };
}
