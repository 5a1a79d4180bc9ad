using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// Attention: for each query the sum of values, weighed by what the rule makes of its scores. Queries [b, n, heads·d], keys
/// [b, m, key heads·d], values [b, m, key heads·e], then bias, segments and lengths where the rule has them, to [b, n, heads·e]. Its
/// skeleton stores no scores. A query that sees no key yields zeros.
/// </summary>
internal sealed record AttendOp(AttentionRule Rule) : Op
{
    public override string Name => "attend";

    public override IEnumerable<Size> Sizes => new[] { Rule.Position };

    public override string Attributes => Rule.ToString();

    public override Placement? Placement => new(Skeleton.Attend, OperandForm.Buffer) { YieldsRows = true };

    public override bool SharesPassWith(Op other) => other is AttendLogSumOp twin && twin.Rule == Rule;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Rule.Check(this, inputs);
        Size width = inputs[2].Shape[2].Constant / Rule.KeyHeads * Rule.Heads;
        return (GraphLists.Dims(inputs[0].Shape[0], inputs[0].Shape[1], width), DType.Float);
    }

    /// <summary>Of softmax, the gradients need the result and the logarithm of each row's sum.</summary>
    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        var operands = new List<Node>(node.Inputs.Take(3)) { cotangent };
        if (Rule.IsSoftmax)
        {
            operands.Add(node);
            operands.Add(graph.Add(new AttendLogSumOp(Rule), node.Inputs.ToArray()));
        }

        operands.AddRange(node.Inputs.Skip(3));
        return node.Inputs.Select((x, i) => x.DType == DType.Int ? null
            : graph.Add(new AttendGradientOp(Rule, (AttendOperand)i), operands.ToArray())).ToArray();
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        new AttendMeaning(Rule, inputs, valueOf).Result();

    /// <summary>Two products over all pairs, half of them where keys are causal.</summary>
    public override Size Flops(Node node) => AttendMeaning.Pairs(Rule, node.Inputs)
        * (2 * (node.Inputs[0].Shape[2].Constant + node.Shape[2].Constant));
}

/// <summary>The logarithm of the sum of each row's exponentials, [b, n, heads]; of the operands of
/// <see cref="AttendOp"/>.</summary>
internal sealed record AttendLogSumOp(AttentionRule Rule) : Op
{
    public override string Name => "attendlogsum";

    public override string Attributes => Rule.ToString();

    public override Placement? Placement => new(Skeleton.Attend, OperandForm.Buffer) { YieldsRows = true };

    public override bool SharesPassWith(Op other) => other is AttendOp twin && twin.Rule == Rule;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Rule.Check(this, inputs);
        return (GraphLists.Dims(inputs[0].Shape[0], inputs[0].Shape[1], Rule.Heads), DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        throw new InvalidOperationException($"'{Name}' has no gradient: it is part of one.");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        new AttendMeaning(Rule, inputs, valueOf).LogSums();
}

/// <summary>An operand of attention that has a gradient.</summary>
internal enum AttendOperand
{
    Queries,
    Keys,
    Values,
    Bias,
}

/// <summary>
/// The gradient of <see cref="AttendOp"/> with respect to one operand: of queries, keys, values and the result's cotangent;
/// for softmax then the result and the logarithms; then bias, segments and lengths. The gradients of all operands come from one walk
/// over the scores, which are computed again.
/// </summary>
internal sealed record AttendGradientOp(AttentionRule Rule, AttendOperand Operand) : Op
{
    public override string Name => "attendgradient";

    public override string Attributes => $"of {Operand.ToString().ToLowerInvariant()} {Rule}";

    public override Placement? Placement => new(Skeleton.AttendGradient, OperandForm.Buffer) { YieldsRows = true };

    public override bool SharesPassWith(Op other) => other is AttendGradientOp twin && twin.Rule == Rule;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Rule.Check(this, Operands(inputs).ToArray());
        return (Operands(inputs).ElementAt((int)Operand).Shape, DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        throw new InvalidOperationException($"'{Name}' has no second derivative.");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        new AttendMeaning(Rule, Operands(inputs).ToArray(), valueOf).Gradient(inputs[3], Operand);

    /// <summary>The operands of the attention itself.</summary>
    public IEnumerable<T> Operands<T>(IReadOnlyList<T> inputs) =>
        inputs.Take(3).Concat(inputs.Skip(Rule.IsSoftmax ? 6 : 4));

    public override Size Flops(Node node)
    {
        int key = node.Inputs[0].Shape[2].Constant;
        int value = node.Inputs[3].Shape[2].Constant;

        // Scores and the gradients of weights are shared by all operands; they count with the queries.
        int width = Operand switch
        {
            AttendOperand.Queries => key + value + key,
            AttendOperand.Keys => key,
            AttendOperand.Values => value,
            _ => 0,
        };
        return AttendMeaning.Pairs(Rule, node.Inputs) * (2 * width);
    }
}
