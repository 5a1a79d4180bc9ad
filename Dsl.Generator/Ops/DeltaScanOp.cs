using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>
/// A memory that replaces what it says of a key: of q and k [b, n, h, d], v [b, n, h, e], strengths β [b, n, h] and perhaps logarithms
/// l of a decay [b, n, h], o_t = S_t·q_t with S_t = a_t·S_{t-1}·(I - β_t k_t k_tᵀ) + β_t v_t k_tᵀ, where a is eˡ, or 1. Yang et al. 2024,
/// arXiv:2406.06484, equation 3; with a decay arXiv:2412.06464, equation 10.
/// </summary>
/// <remarks>With w = v - a·S_{t-1}·k a position adds β·w·kᵀ to a·S_{t-1}. If H is the gradient of S_t by what comes later, and
/// y = (H + ō·qᵀ)·k, then v̄ = β·y and β̄ = y·w. Of l at t the gradient is Σ H ⊙ S over what lies before t, and a position changes that
/// sum by v·v̄ - o·ō, where o·ō = q·q̄: so it is a running sum from the end, as in <see cref="DecayScanOp"/>.</remarks>
internal sealed record DeltaScanOp : Op
{
    public override string Name => "deltascan";

    public override Placement? Placement => new(Skeleton.DeltaScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) => Infer(this, inputs);

    /// <summary>The rule of this op and of its recurrent form.</summary>
    public static (ImmutableArray<Size> Shape, DType DType) Infer(Op op, IReadOnlyList<Node> inputs)
    {
        Expect.Floats(op, inputs, inputs.Count == 5 ? 5 : 4);
        (Node q, Node v) = (inputs[0], inputs[2]);
        Expect.Rank(op, q, 4);
        Expect.Shape(op, inputs[1], q.Shape[0], q.Shape[1], q.Shape[2], q.Shape[3]);
        Expect.Rank(op, v, 4);
        Expect.Shape(op, v, q.Shape[0], q.Shape[1], q.Shape[2], v.Shape[3]);
        foreach (Node numbers in inputs.Skip(3))
        {
            Expect.Shape(op, numbers, q.Shape[0], q.Shape[1], q.Shape[2]);
        }

        Expect.That(q.Shape[2].IsConstant, op, $"expects constant heads, not '{q.Shape[2]}'");
        foreach (Size features in new[] { q.Shape[3], v.Shape[3] })
        {
            Expect.That(
                features.IsConstant && features.Constant <= DeltaScanParts.MostFeatures, op,
                $"expects a constant number of features, at most {DeltaScanParts.MostFeatures}, not '{features}'");
        }

        return (v.Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        axis is 0 or 2 || (axis == 3 && input == 2) ? AxisReach.Same(axis) : AxisReach.Whole;

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node[] operands = node.Inputs.Take(4).Append(cotangent).Concat(node.Inputs.Skip(4)).ToArray();
        Node Of(DeltaOperand operand) => graph.Add(new DeltaScanGradientOp(operand), operands);
        var gradients = new List<Node?> { Of(DeltaOperand.Q), Of(DeltaOperand.K), Of(DeltaOperand.V), Of(DeltaOperand.B) };
        if (node.Inputs.Length > 4)
        {
            gradients.Add(graph.Add(new CumSumOp(1, Exclusive: false, Reverse: true), Of(DeltaOperand.D)));
        }

        return gradients;
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray result = NdArray.Zeros(inputs[2].Shape);
        var meaning = new DeltaMeaning(inputs);
        for (int sequence = 0; sequence < meaning.Sequences; sequence++)
        {
            double[][] states = meaning.States(sequence);
            for (int t = 0; t < meaning.Positions; t++)
            {
                (int row, double[] state) = (meaning.Row(sequence, t), states[t + 1]);
                for (int i = 0; i < state.Length; i++)
                {
                    result.Data[(row * meaning.Values) + (i / meaning.Keys)] +=
                        state[i] * inputs[0].Data[(row * meaning.Keys) + (i % meaning.Keys)];
                }
            }
        }

        return result;
    }

    /// <summary>Of each element of the state: what is left, what is written, and what it says of a key and a query.</summary>
    public override Size Flops(Node node) => node.Length * node.Inputs[0].Shape[3] * 7;
}

/// <summary>What a <see cref="DeltaScanGradientOp"/> is the gradient of: <see cref="DeltaGradients"/> in their order.</summary>
internal enum DeltaOperand
{
    Q,
    K,
    V,
    B,
    D,
}

/// <summary>
/// A gradient of a <see cref="DeltaScanOp"/>, of its q, k, v and strengths, ō and its decay; or the terms q·q̄ - v·v̄ of that of the
/// decay. One pass computes all of them.
/// </summary>
/// <remarks>With G = H + ō·qᵀ: q̄ = Sᵀ·ō, k̄ = β·Gᵀ·w - a·S_{t-1}ᵀ·v̄, v̄ = β·G·k, β̄ = w·G·k, and H of the position before is
/// a·(G - v̄·kᵀ).</remarks>
/// <param name="Operand">Of what.</param>
internal sealed record DeltaScanGradientOp(DeltaOperand Operand) : Op
{
    public override string Name => "deltascangradient";

    public override string Attributes => "of " + Operand.ToString().ToLowerInvariant();

    public override Placement? Placement => new(Skeleton.DeltaScan, OperandForm.Strided) { YieldsRows = true };

    public override bool SharesPassWith(Op other) => other is DeltaScanGradientOp;

    /// <summary>The operands of the scan.</summary>
    public static IReadOnlyList<T> Forward<T>(IReadOnlyList<T> inputs) => inputs.Where(static (_, i) => i != 4).ToArray();

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, inputs.Count == 6 ? 6 : 5);
        DeltaScanOp.Infer(this, Forward(inputs));
        Expect.Shape(this, inputs[4], inputs[2].Shape.ToArray());
        return (Like(inputs).Shape, DType.Float);
    }

    /// <summary>The operand of the same shape.</summary>
    private T Like<T>(IReadOnlyList<T> inputs) => inputs[Operand == DeltaOperand.D ? (int)DeltaOperand.B : (int)Operand];

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        throw new InvalidOperationException($"'{Name}' has no second derivative.");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        var meaning = new DeltaMeaning(Forward(inputs));
        (int keys, int values) = (meaning.Keys, meaning.Values);
        (double[] q, double[] k, double[] v) = (inputs[0].Data, inputs[1].Data, inputs[2].Data);
        (double[] strengths, double[] o) = (inputs[3].Data, inputs[4].Data);
        NdArray result = NdArray.Zeros(Like(inputs).Shape);
        for (int sequence = 0; sequence < meaning.Sequences; sequence++)
        {
            double[][] states = meaning.States(sequence);
            var g = new double[keys * values];
            for (int t = meaning.Positions - 1; t >= 0; t--)
            {
                int row = meaning.Row(sequence, t);
                (double a, double strength) = (meaning.Factor(row), strengths[row]);
                for (int i = 0; i < values; i++)
                {
                    double w = v[(row * values) + i], y = 0;
                    for (int j = 0; j < keys; j++)
                    {
                        int at = (i * keys) + j;
                        g[at] += o[(row * values) + i] * q[(row * keys) + j];
                        y += g[at] * k[(row * keys) + j];
                        w -= a * states[t][at] * k[(row * keys) + j];
                    }

                    for (int j = 0; j < keys; j++)
                    {
                        int at = (i * keys) + j;
                        if (Operand is DeltaOperand.Q or DeltaOperand.K)
                        {
                            result.Data[(row * keys) + j] += Operand == DeltaOperand.Q ? o[(row * values) + i] * states[t + 1][at]
                                : strength * ((w * g[at]) - (a * y * states[t][at]));
                        }

                        if (Operand == DeltaOperand.D)
                        {
                            result.Data[row] += o[(row * values) + i] * states[t + 1][at] * q[(row * keys) + j];
                        }

                        g[at] = a * (g[at] - (strength * y * k[(row * keys) + j]));
                    }

                    if (Operand == DeltaOperand.V)
                    {
                        result.Data[(row * values) + i] = strength * y;
                    }
                    else if (Operand == DeltaOperand.B)
                    {
                        result.Data[row] += w * y;
                    }
                    else if (Operand == DeltaOperand.D)
                    {
                        result.Data[row] -= v[(row * values) + i] * strength * y;
                    }
                }
            }
        }

        return result;
    }

    /// <summary>Those of all operands count with q: what is written and what goes back, and three products with a state.</summary>
    public override Size Flops(Node node) => Operand == DeltaOperand.Q ? node.Length * node.Inputs[2].Shape[3] * 18 : Size.Zero;
}

/// <summary>A delta rule in doubles. A sequence is a head of a sample, a state rows [value][key].</summary>
internal sealed class DeltaMeaning(IReadOnlyList<NdArray> operands)
{
    private readonly int _heads = operands[0].Shape[2];

    public int Sequences => operands[0].Shape[0] * _heads;

    public int Positions => operands[0].Shape[1];

    public int Keys => operands[0].Shape[3];

    public int Values => operands[2].Shape[3];

    /// <summary>Which row of the operands a position is.</summary>
    public int Row(int sequence, int t) => (((sequence / _heads * Positions) + t) * _heads) + (sequence % _heads);

    /// <summary>What is left of the state before.</summary>
    public double Factor(int row) => operands.Count > 4 ? Math.Exp(operands[4].Data[row]) : 1;

    /// <summary>The states: zeros, and those after each position.</summary>
    public double[][] States(int sequence)
    {
        (double[] k, double[] v) = (operands[1].Data, operands[2].Data);
        var states = new double[Positions + 1][];
        states[0] = new double[Keys * Values];
        for (int t = 0; t < Positions; t++)
        {
            int row = Row(sequence, t);
            double a = Factor(row);
            double[] state = states[t + 1] = new double[Keys * Values];
            for (int i = 0; i < Values; i++)
            {
                double w = v[(row * Values) + i];
                for (int j = 0; j < Keys; j++)
                {
                    w -= a * states[t][(i * Keys) + j] * k[(row * Keys) + j];
                }

                for (int j = 0; j < Keys; j++)
                {
                    state[(i * Keys) + j] =
                        (a * states[t][(i * Keys) + j]) + (operands[3].Data[row] * w * k[(row * Keys) + j]);
                }
            }
        }

        return states;
    }
}
