using Dsl.Generator.Specs;
using Xunit;
using static Dsl.Generator.Tests.Layers.ProblemTests;

namespace Dsl.Generator.Tests.Layers;

/// <summary>Mistakes with normalisation, losses, embeddings and products.</summary>
public class NormProblemTests
{
    [Fact]
    public void An_epsilon_that_is_not_positive() => Expect(
        "DSL2006 N|Epsilon|0|a positive number", Layer("LayerNorm", "b, 4", ("Epsilon", 0)));

    [Fact]
    public void An_epsilon_whose_cube_is_no_float() => Expect(
        "DSL2006 N|Epsilon|1E-20|a number of at least 1E-12", Layer("ScaleNorm", "b, 4", ("Epsilon", 1e-20)));

    [Fact]
    public void An_axis_that_does_not_exist() => Expect(
        "DSL2006 N|Axis|2|an axis from -2 to 1", Layer("RmsNorm", "b, 4", ("Axis", 2)));

    [Fact]
    public void Parameters_along_a_symbolic_axis() => Expect(
        "DSL2001 N|'b, c' with a constant c|x|b, t|give that axis of the input a constant extent: it has parameters",
        Layer("LayerNorm", "b, t"));

    [Fact]
    public void Groups_that_do_not_divide_channels() =>
        Expect("DSL2003 N|4|6|input", Layer("GroupNorm", "b, 6, h, w", ("groups", 4)));

    [Fact]
    public void Instances_without_positions() => Expect(
        "DSL2001 N|'b, c, ...' with axes of positions|x|b, 6|give the layer a tensor of rank 3 or more",
        Layer("InstanceNorm", "b, 6"));

    [Fact]
    public void An_embedding_of_floats() => Expect(
        "DSL2009 N|x|IntTensor|x|Tensor", Layer("Embedding", "b", ("count", 3), ("width", 2)));

    [Fact]
    public void A_padding_that_is_no_row() => Expect(
        "DSL2006 N|Padding|3|a row from 0 to 2, or -1 for none",
        new ModelSource().Layer("N", "Embedding", ("count", 3), ("width", 2), ("Padding", 3))
            .Function("Forward", null, f => f.Layer("N", f.Labels("x", "b"))));

    [Fact]
    public void A_smoothing_that_leaves_nothing() => Expect(
        "DSL2006 CrossEntropy|smoothing|1|a constant from 0 to below 1", Labels("CrossEntropy", ("smoothing", "1")));

    [Fact]
    public void A_gamma_whose_derivative_is_infinite() => Expect(
        "DSL2006 FocalLoss|gamma|0.5|0, or a constant of at least 1", Labels("FocalLoss", ("gamma", "0.5")));

    [Fact]
    public void An_order_that_is_no_permutation() => Expect(
        "DSL2006 Transpose|order|0, 0|distinct axes",
        new ModelSource().Function("Forward", null, f => f.Call("Transpose", f.Input("x", "b, 2"), ("order", "0, 0"))));

    [Fact]
    public void Matrices_that_do_not_fit() => Expect(
        "DSL2001 MatMul|matrices 'b, 3, n'|y|b, 4, 5|give both the same leading axes, and rows of y for columns of x",
        new ModelSource().Function("Forward", null, f =>
            f.Call("MatMul", ("x", f.Input("x", "b, 2, 3")), ("y", f.Input("y", "b, 4, 5")))));

    private static ModelSource Layer(string kind, string x, params (string, object)[] arguments) =>
        new ModelSource().Layer("N", kind, arguments).Function("Forward", null, f => f.Layer("N", f.Input("x", x)));

    private static ModelSource Labels(string function, (string Name, string Value) literal) =>
        new ModelSource().Function("Loss", null, f => f.Add(
            StepKind.Function,
            function,
            "",
            [
                new OperandSpec("logits", f.Input("x", "b, 4"), ""),
                new OperandSpec("labels", f.Labels("t", "b"), ""),
                new OperandSpec(literal.Name, -1, literal.Value),
            ]));
}
