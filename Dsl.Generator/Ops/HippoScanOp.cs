using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>
/// Each channel's past by coefficients of an orthogonal basis (Gu et al. 2020, "HiPPO", arXiv:2008.07669): of u [b, n, c], [b, n, c·N].
/// With a transition, [N, N + 1], rows of Ā with B̄ behind each, c_t = Ā·c_{t-1} + B̄·u_t. Scaled, it has none: c_t = (I -
/// A/2t)⁻¹((I + A/2t)·c_{t-1} + B/t·u_t) with A and B of HiPPO-LegS and t counted from 1. Then perhaps memories to
/// begin with, [b, c, N], scaled [b, c, N + 1] with how many positions they have taken in behind them. A last operand,
/// floats [b, n], is 0 where memories begin anew, else 1: at the first position, too.
/// </summary>
/// <remarks>The map is linear in u and the first coefficients, and its gradient the transposed map, of coefficients'
/// gradients (<see cref="HippoStartOp"/>); nothing is kept for it. The transition is not learned, and a number of
/// positions has no gradient.</remarks>
/// <param name="Order">N.</param>
/// <param name="Scaled">Whether it is HiPPO-LegS.</param>
/// <param name="Transposed">Whether it is the transposed map: of memories to begin with it needs the numbers of
/// positions, so it takes them where it is scaled.</param>
/// <param name="Starts">Whether there are memories to begin with.</param>
internal sealed record HippoScanOp(int Order, bool Scaled, bool Transposed = false, bool Starts = false) : Op
{
    public override string Name => "hipposcan";

    public override string Attributes =>
        $"{Order}" + (Scaled ? " scaled" : "") + (Transposed ? " transposed" : "") + (Starts ? " from a start" : "");

    private int StartAt => Scaled ? 1 : 2;

    private int ResetsAt => StartAt + (Starts ? 1 : 0);

    public override Placement? Placement => new(Skeleton.HippoScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        Infer(this, Order, Scaled, Transposed, Starts, inputs);

    /// <summary>The rule of this op and of its recurrent form.</summary>
    public static (ImmutableArray<Size> Shape, DType DType) Infer(
        Op op, int order, bool scaled, bool transposed, bool starts, IReadOnlyList<Node> inputs)
    {
        int always = (scaled ? 1 : 2) + (starts ? 1 : 0);
        Expect.Floats(op, inputs, inputs.Count == always + 1 ? always + 1 : always);
        Node x = inputs[0];
        Expect.Rank(op, x, 3);
        Expect.That(order is > 0 and <= HippoParts.MostOrder, op, $"expects an order up to {HippoParts.MostOrder}");
        Expect.That(x.Shape[2].IsConstant, op, "expects constant channels");
        Expect.That(!transposed || x.Shape[2].Constant % order == 0, op, "expects all coefficients of each channel");
        Expect.That(!transposed || scaled || !starts, op, "expects a start only where it says how old memories are");
        if (!scaled)
        {
            Expect.Shape(op, inputs[1], order, order + 1);
        }

        Size channels = transposed ? x.Shape[2].Constant / order : x.Shape[2];
        if (starts)
        {
            Expect.Shape(op, inputs[always - 1], x.Shape[0], channels, scaled ? order + 1 : order);
        }

        DiagonalScanOp.ExpectResets(op, inputs, always);
        return (ImmutableArray.Create(x.Shape[0], x.Shape[1], transposed ? channels : channels * order), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        axis == 0 && (Scaled || input != 1) ? AxisReach.Same(0) : AxisReach.Whole;

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        List<Node> operands = new(node.Inputs) { [0] = cotangent };
        var gradients = new Node?[node.Inputs.Length];
        if (Starts && !Transposed)
        {
            // Of memories to begin with, the way back needs how old they are.
            if (!Scaled)
            {
                operands.RemoveAt(StartAt);
            }

            gradients[StartAt] = graph.Add(new HippoStartOp(Order, Scaled), operands.ToArray());
        }
        else if (Starts)
        {
            Node start = node.Inputs[StartAt];
            Size[] none = { start.Shape[0], start.Shape[1], Order };
            operands[StartAt] = graph.Concat(2, graph.Fill(0, none), graph.Slice(start, 2, Order, 1));
        }

        gradients[0] = graph.Add(
            this with { Transposed = !Transposed, Starts = Starts && Scaled }, operands.ToArray());
        return gradients;
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray result = NdArray.Zeros(node.Shape.Map(valueOf));
        Walk(inputs, result, static (_, _) => { });
        return result;
    }

    /// <summary>Goes through all memories.</summary>
    /// <param name="inputs">The operands.</param>
    /// <param name="result">What each position gets.</param>
    /// <param name="give">What is done with the last state that is visited of a channel of a sample, where the first
    /// position goes on: of the transposed map, the gradient of what it goes on from.</param>
    public void Walk(IReadOnlyList<NdArray> inputs, NdArray result, Action<int, double[]> give)
    {
        NdArray? goesOn = inputs.Count > ResetsAt ? inputs[ResetsAt] : null;
        int n = result.Shape[1];
        int channels = (Transposed ? result : inputs[0]).Shape[2];
        for (int row = 0; row < result.Shape[0] * channels; row++)
        {
            // The last memory that a position is in begins there.
            int first = row / channels * n;
            int begin = 0;
            for (int t = 0; t <= n; t++)
            {
                if (t == n || (t > begin && goesOn?.Data[first + t] == 0))
                {
                    bool isFirst = begin == 0 && (n == 0 || goesOn?.Data[first] != 0);
                    double[] last = Memory(inputs, result, row, isFirst && Starts, begin, t);
                    begin = t;
                    if (isFirst)
                    {
                        give(row, last);
                    }
                }
            }
        }
    }

    /// <summary>One channel of one sample between two borders; returns what is remembered then.</summary>
    private double[] Memory(IReadOnlyList<NdArray> inputs, NdArray result, int row, bool starts, int begin, int end)
    {
        (NdArray x, int n) = (inputs[0], result.Shape[1]);
        int channels = (Transposed ? result : x).Shape[2];
        (int sample, int channel) = (row / channels, row % channels);
        var state = new double[Order];
        double before = 0;
        if (starts)
        {
            int kept = row * (Scaled ? Order + 1 : Order);
            before = Scaled ? inputs[StartAt].Data[kept + Order] : 0;
            Array.Copy(inputs[StartAt].Data, kept, state, 0, Transposed ? 0 : Order);
        }

        for (int step = begin; step < end; step++)
        {
            int t = Transposed ? begin + end - 1 - step : step;
            int value = (((sample * n) + t) * channels) + channel;
            int first = value * Order;
            for (int k = 0; k < Order && Transposed; k++)
            {
                state[k] += x.Data[first + k];
            }

            double given = 0;
            (state, given) = Scaled ? ScaledTurn(state, before + t - begin + 1, Transposed ? 0 : x.Data[value])
                : Turn(inputs[1], state, Transposed ? 0 : x.Data[value]);
            if (Transposed)
            {
                result.Data[value] = given;
            }
            else
            {
                Array.Copy(state, 0, result.Data, first, Order);
            }
        }

        return state;
    }

    /// <summary>Ā·c + B̄·u; or Āᵀ·c, and B̄·c.</summary>
    private (double[] Next, double Given) Turn(NdArray transition, double[] c, double u)
    {
        var next = new double[Order];
        double given = 0;
        for (int i = 0; i < Order; i++)
        {
            for (int j = 0; j < Order; j++)
            {
                double a = transition.Data[(i * (Order + 1)) + j];
                next[Transposed ? j : i] += a * c[Transposed ? i : j];
            }

            double b = transition.Data[(i * (Order + 1)) + Order];
            given += b * c[i];
            next[i] += Transposed ? 0 : b * u;
        }

        return (next, given);
    }

    /// <summary>The same with (I - hA)⁻¹(I + hA) and (I - hA)⁻¹·2h·B, h = 1/2t, by substitution in the triangle A.</summary>
    private (double[] Next, double Given) ScaledTurn(double[] c, double t, double u)
    {
        double h = 0.5 / t;
        var middle = new double[Order];
        for (int step = 0; step < Order; step++)
        {
            int i = Transposed ? Order - 1 - step : step;
            double right = Transposed ? c[i] : c[i] + (h * Row(i, c)) + (2 * h * Root(i) * u);
            for (int done = 0; done < step; done++)
            {
                int j = Transposed ? Order - 1 - done : done;
                right += h * (Transposed ? A(j, i) : A(i, j)) * middle[j];
            }

            middle[i] = right / (1 - (h * A(i, i)));
        }

        if (!Transposed)
        {
            return (middle, 0);
        }

        var next = new double[Order];
        double given = 0;
        for (int i = 0; i < Order; i++)
        {
            next[i] = middle[i] + (h * Row(i, middle));
            given += 2 * h * Root(i) * middle[i];
        }

        return (next, given);

        double Row(int i, double[] of)
        {
            double sum = 0;
            for (int j = 0; j < Order; j++)
            {
                sum += (Transposed ? A(j, i) : A(i, j)) * of[j];
            }

            return sum;
        }
    }

    private static double Root(int n) => Math.Sqrt((2 * n) + 1);

    private static double A(int n, int k) => n > k ? -Root(n) * Root(k) : n == k ? -(n + 1) : 0;

    public override Size Flops(Node node)
    {
        Size coefficients = (Transposed ? node.Inputs[0] : node).Length;
        return coefficients * (Scaled ? 8 : 2 * (Order + 1));
    }
}
