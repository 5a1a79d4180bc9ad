using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Graphs;
using Xunit;

namespace Dsl.Generator.Tests.Layers;

public class LoweringTests
{
    [Fact]
    public void DigitNet_lowers_to_ops()
    {
        LoweredModel model = ModelLowering.Lower(Samples.DigitNet());

        Assert.Empty(model.Problems);
        Assert.Equal(
            """
            %0 image = input[image] : b, 1, 28, 28
            %1 Stem.Weight = parameter[Stem.Weight] : 32, 1, 3, 3
            %2 = convolve[3x3 padding=1](%0, %1) : b, 32, 28, 28
            %3 Stem.Bias = parameter[Stem.Bias] : 32
            %4 = broadcast[1](%3) : b, 32, 28, 28
            %5 = add(%2, %4) : b, 32, 28, 28
            %6 Stem = relu(%5) : b, 32, 28, 28
            %7 = maxpool[2x2 stride=2](%6) : b, 32, 14, 14
            %8 Deep.Weight = parameter[Deep.Weight] : 64, 32, 3, 3
            %9 = convolve[3x3 padding=1](%7, %8) : b, 64, 14, 14
            %10 Deep.Bias = parameter[Deep.Bias] : 64
            %11 = broadcast[1](%10) : b, 64, 14, 14
            %12 = add(%9, %11) : b, 64, 14, 14
            %13 Deep = relu(%12) : b, 64, 14, 14
            %14 = maxpool[2x2 stride=2](%13) : b, 64, 7, 7
            %15 = reshape(%14) : b, 3136
            %16 Hidden.Weight = parameter[Hidden.Weight] : 128, 3136
            %17 = contract[bk,ok->bo](%15, %16) : b, 128
            %18 Hidden.Bias = parameter[Hidden.Bias] : 128
            %19 = broadcast[1](%18) : b, 128
            %20 Hidden = add(%17, %19) : b, 128
            %21 = sigmoid(%20) : b, 128
            %22 = mul(%20, %21) : b, 128
            %23 Classify.Weight = parameter[Classify.Weight] : 10, 128
            %24 = contract[bk,ok->bo](%22, %23) : b, 10
            %25 Classify.Bias = parameter[Classify.Bias] : 10
            %26 = broadcast[1](%25) : b, 10
            %27 Classify = add(%24, %26) : b, 10
            Forward = %27

            """,
            model.Forward!.ToString());
    }

    [Fact]
    public void Layers_report_shapes_parameters_and_flops()
    {
        LoweredModel model = ModelLowering.Lower(Samples.DigitNet());

        Assert.Equal(
            [
                new LayerReport("Stem", "Conv", "b, 1, 28, 28", "b, 32, 28, 28", 320, "501760*b"),
                new LayerReport("Deep", "Conv", "b, 32, 14, 14", "b, 64, 14, 14", 18496, "7250432*b"),
                new LayerReport("Hidden", "Perceptron", "b, 3136", "b, 128", 401536, "802944*b"),
                new LayerReport("Classify", "Perceptron", "b, 128", "b, 10", 1290, "2570*b"),
            ],
            model.Layers.Select(static l => l with { Field = null }));
        Assert.Equal(
            ["3x3 stride 1 padding 1", "8x8 stride 2 padding 3", "whole image", "whole image"],
            model.Layers.Select(static l => l.Field!.ToString()));
        Assert.Equal(
            [
                "Stem.Weight KaimingUniform(9) True",
                "Stem.Bias KaimingUniform(9) False",
                "Deep.Weight KaimingUniform(288) True",
                "Deep.Bias KaimingUniform(288) False",
                "Hidden.Weight KaimingUniform(3136) True",
                "Hidden.Bias KaimingUniform(3136) False",
                "Classify.Weight KaimingUniform(128) True",
                "Classify.Bias KaimingUniform(128) False",
            ],
            model.Parameters.Select(static p => $"{p.Name} {p.Initializer} {p.Decays}"));
    }

    [Fact]
    public void Flatten_before_a_perceptron_disappears_forward_and_backward()
    {
        LoweredModel model = ModelLowering.Lower(Samples.DigitNet());

        foreach (Graph loss in new[] { model.Loss!, Rewriter.Simplify(model.Loss!) })
        {
            string training = Rewriter.Simplify(Differentiator.Differentiate(loss)).ToString();
            Assert.Contains("contract[bcyx,ocyx->bo]", training, StringComparison.Ordinal);
            Assert.DoesNotContain(": b, 3136", training, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Gradients_of_DigitNet_match_central_differences()
    {
        LoweredModel model = ModelLowering.Lower(Samples.DigitNet(8, 2, 3, 4));
        var random = new Random(1);
        var sizes = new Dictionary<string, int> { ["b"] = 2 };
        foreach (Graph loss in new[] { model.Loss!, Rewriter.Simplify(model.Loss!) })
        {
            Evaluation.CheckGradients(
                loss,
                Evaluation.Values(loss.Inputs, random, sizes),
                Evaluation.Values(loss.Parameters, random, sizes),
                sizes,
                "DigitNet");
        }
    }
}
