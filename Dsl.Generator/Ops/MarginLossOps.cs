using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Scheduling;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>
/// The cross-entropy of each sample over very many classes: of embeddings [n, d], rows [classes, d] or [classes, centres, d] and
/// labels […], then offsets [classes] and λ [1] where the rule has them, a loss for each label. Its skeleton stores no logits. A
/// label that is no class has no logit of its own; its loss is the logarithm of the sum alone.
/// </summary>
internal sealed record MarginLossOp(MarginRule Rule) : Op, IKeyedOp
{
    public override string Name => "marginloss";

    public override string Attributes => Rule.ToString();

    public override Placement? Placement => new(Skeleton.ClassLogits, OperandForm.Buffer) { YieldsRows = true };

    public override bool SharesPassWith(Op other) => MarginPass.RuleOf(other) == Rule;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Rule.Check(this, inputs);
        return (inputs[2].Shape, DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node sums = graph.Add(new MarginLogSumOp(Rule), node.Inputs.ToArray());
        return MarginPass.Gradients(graph, Rule, cotangent, sums, node.Inputs);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        new MarginMeaning(Rule, inputs).Losses();

    public NdArray Evaluate(IReadOnlyList<NdArray> inputs, (int Word0, int Word1) key, int[] shape) =>
        new MarginMeaning(Rule, inputs, MarginPass.Choose(Rule, inputs, key)).Losses();

    /// <summary>The product with all rows.</summary>
    public override Size Flops(Node node) => node.Inputs[0].Shape[0] * (2 * node.Inputs[1].Length.Constant);
}

/// <summary>The logarithm of the sum of each sample's exponentials; of the operands of <see cref="MarginLossOp"/>.</summary>
internal sealed record MarginLogSumOp(MarginRule Rule) : Op, IKeyedOp
{
    public override string Name => "marginlogsum";

    public override string Attributes => Rule.ToString();

    public override Placement? Placement => new(Skeleton.ClassLogits, OperandForm.Buffer) { YieldsRows = true };

    public override bool SharesPassWith(Op other) => MarginPass.RuleOf(other) == Rule;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Rule.Check(this, inputs);
        return (inputs[2].Shape, DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        throw new InvalidOperationException($"'{Name}' has no gradient: it is part of one.");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        new MarginMeaning(Rule, inputs).LogSums();

    public NdArray Evaluate(IReadOnlyList<NdArray> inputs, (int Word0, int Word1) key, int[] shape) =>
        new MarginMeaning(Rule, inputs, MarginPass.Choose(Rule, inputs, key)).LogSums();
}

/// <summary>The classes that a step of <see cref="MarginLossOp"/> looks at, of its operands: how many, then which.</summary>
internal sealed record MarginChoiceOp(MarginRule Rule) : Op, IKeyedOp
{
    public override string Name => "marginchoice";

    public override string Attributes => Rule.ToString();

    public override Placement? Placement => new(Skeleton.ClassLogits, OperandForm.Buffer) { YieldsRows = true };

    public override bool SharesPassWith(Op other) => MarginPass.RuleOf(other) == Rule;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Rule.Check(this, inputs);
        return (ImmutableArray.Create(ClassSample.Room(inputs[2].Length, Rule.Chosen)), DType.Int);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        throw new InvalidOperationException($"'{Name}' has no gradient.");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        throw new InvalidOperationException("A choice needs the step's key.");

    public NdArray Evaluate(IReadOnlyList<NdArray> inputs, (int Word0, int Word1) key, int[] shape)
    {
        NdArray result = NdArray.Zeros(shape);
        int[] chosen = MarginPass.Choose(Rule, inputs, key)!;
        result.Data[0] = chosen.Length;
        for (int i = 0; i < chosen.Length; i++)
        {
            result.Data[i + 1] = chosen[i];
        }

        return result;
    }
}

/// <summary>What the operations of one walk over classes have in common.</summary>
internal static class MarginPass
{
    /// <summary>The rule of an operation of the forward walk.</summary>
    public static MarginRule? RuleOf(Op op) => op switch
    {
        MarginLossOp loss => loss.Rule,
        MarginLogSumOp sum => sum.Rule,
        MarginChoiceOp choice => choice.Rule,
        _ => null,
    };

    /// <summary>The gradients of a margin loss's operands.</summary>
    /// <param name="graph">Where to add nodes.</param>
    /// <param name="rule">What is made of products.</param>
    /// <param name="cotangent">The derivative with respect to the losses.</param>
    /// <param name="sums">The logarithms of sums that the losses have.</param>
    /// <param name="inputs">The operands.</param>
    public static IReadOnlyList<Node?> Gradients(
        Graph graph, MarginRule rule, Node cotangent, Node sums, IReadOnlyList<Node> inputs)
    {
        var leading = new List<Node> { cotangent, sums };
        if (rule.Chosen > 0)
        {
            leading.Add(graph.Add(new MarginChoiceOp(rule), inputs.ToArray()));
        }

        Node[] operands = leading.Concat(inputs).ToArray();
        return inputs.Select((x, i) => i switch
        {
            0 => Of(MarginOperand.Embeddings),
            1 => Of(MarginOperand.Rows),
            3 when rule.HasBias => Of(MarginOperand.Bias),
            _ => null,
        }).ToArray();

        Node Of(MarginOperand operand) => graph.Add(new MarginLossGradientOp(rule, operand), operands);
    }

    /// <summary>The classes that a step looks at; null: all.</summary>
    public static int[]? Choose(MarginRule rule, IReadOnlyList<NdArray> operands, (int Word0, int Word1) key)
    {
        if (rule.Chosen == 0)
        {
            return null;
        }

        int classes = operands[1].Shape[0];
        int[] labels = Array.ConvertAll(operands[2].Data, static l => (int)l);
        var chosen = new int[labels.Length + rule.Chosen + 1];
        ClassSample.Choose(
            labels, classes, rule.Chosen, key.Word0, key.Word1, rule.Site, new uint[(classes + 31) / 32], chosen);
        return chosen.Skip(1).Take(chosen[0]).ToArray();
    }
}

/// <summary>An operand of a margin loss that has a gradient.</summary>
internal enum MarginOperand
{
    Embeddings,
    Rows,
    Bias,
}

/// <summary>
/// The gradient of <see cref="MarginLossOp"/> with respect to one operand: of the losses' cotangent, the logarithms of sums, and
/// its operands. The gradients of all operands come from one walk over the classes, which computes logits again.
/// </summary>
internal sealed record MarginLossGradientOp(MarginRule Rule, MarginOperand Operand) : Op
{
    public override string Name => "marginlossgradient";

    public override string Attributes => $"of {Operand.ToString().ToLowerInvariant()} {Rule}";

    public override Placement? Placement => new(Skeleton.ClassLogitsGradient, OperandForm.Buffer) { YieldsRows = true };

    public override bool SharesPassWith(Op other) => other is MarginLossGradientOp twin && twin.Rule == Rule;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Node[] operands = inputs.Skip(Rule.Leading).ToArray();
        Rule.Check(this, operands);
        Expect.Shape(this, inputs[0], operands[2].Shape.ToArray());
        Expect.Shape(this, inputs[1], operands[2].Shape.ToArray());
        return (operands[Operand == MarginOperand.Bias ? 3 : (int)Operand].Shape, DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        throw new InvalidOperationException($"'{Name}' has no second derivative.");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        new MarginMeaning(
            Rule, inputs.Skip(Rule.Leading).ToArray(),
            Rule.Chosen == 0 ? null : inputs[2].Data.Skip(1).Take((int)inputs[2].Data[0]).Select(static j => (int)j).ToArray())
        .Gradient(inputs[0], inputs[1], Operand);

    /// <summary>Logits again, which count with the embeddings, and a product for each.</summary>
    public override Size Flops(Node node)
    {
        int products = Operand switch { MarginOperand.Embeddings => 4, MarginOperand.Rows => 2, _ => 0 };
        return node.Inputs[Rule.Leading].Shape[0] * (products * node.Inputs[Rule.Leading + 1].Length.Constant);
    }
}
