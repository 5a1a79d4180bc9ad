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
/// A/2t)⁻¹((I + A/2t)·c_{t-1} + B/t·u_t) with A and B of HiPPO-LegS and t counted from 1. A last operand, floats [b, n], is 0
/// where memories begin anew, else 1.
/// </summary>
/// <remarks>The map is linear in u, and its gradient the transposed map, of coefficients' gradients; nothing is kept for it.
/// The transition is not learned.</remarks>
/// <param name="Order">N.</param>
/// <param name="Scaled">Whether it is HiPPO-LegS.</param>
/// <param name="Transposed">Whether it is the transposed map.</param>
internal sealed record HippoScanOp(int Order, bool Scaled, bool Transposed = false) : Op
{
    public override string Name => "hipposcan";

    public override string Attributes => $"{Order}" + (Scaled ? " scaled" : "") + (Transposed ? " transposed" : "");

    public override Placement? Placement => new(Skeleton.HippoScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        Infer(this, Order, Scaled, Transposed, inputs);

    /// <summary>The rule of this op and of its recurrent form.</summary>
    public static (ImmutableArray<Size> Shape, DType DType) Infer(
        Op op, int order, bool scaled, bool transposed, IReadOnlyList<Node> inputs)
    {
        int always = scaled ? 1 : 2;
        Expect.Floats(op, inputs, inputs.Count == always + 1 ? always + 1 : always);
        Node x = inputs[0];
        Expect.Rank(op, x, 3);
        Expect.That(order is > 0 and <= HippoParts.MostOrder, op, $"expects an order up to {HippoParts.MostOrder}");
        Expect.That(x.Shape[2].IsConstant, op, "expects constant channels");
        Expect.That(!transposed || x.Shape[2].Constant % order == 0, op, "expects all coefficients of each channel");
        if (!scaled)
        {
            Expect.Shape(op, inputs[1], order, order + 1);
        }

        DiagonalScanOp.ExpectResets(op, inputs, always);
        Size channels = transposed ? x.Shape[2].Constant / order : x.Shape[2] * order;
        return (ImmutableArray.Create(x.Shape[0], x.Shape[1], channels), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        axis == 0 && (input == 0 || input == (Scaled ? 1 : 2)) ? AxisReach.Same(0) : AxisReach.Whole;

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        var operands = new List<Node>(node.Inputs) { [0] = cotangent };
        var gradients = new Node?[node.Inputs.Length];
        gradients[0] = graph.Add(this with { Transposed = !Transposed }, operands.ToArray());
        return gradients;
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray x = inputs[0];
        NdArray? goesOn = inputs.Count > (Scaled ? 1 : 2) ? inputs[inputs.Count - 1] : null;
        (int batch, int n) = (x.Shape[0], x.Shape[1]);
        int channels = Transposed ? x.Shape[2] / Order : x.Shape[2];
        NdArray result = NdArray.Zeros(new[] { batch, n, Transposed ? channels : channels * Order });
        for (int row = 0; row < batch * channels; row++)
        {
            // The last memory that a position is in begins there.
            (int sample, int channel) = (row / channels, row % channels);
            int begin = 0;
            for (int t = 0; t <= n; t++)
            {
                if (t == n || (t > begin && goesOn?.Data[(sample * n) + t] == 0))
                {
                    Memory(inputs, result, sample, channel, begin, t);
                    begin = t;
                }
            }
        }

        return result;
    }

    /// <summary>One channel of one sample between two borders.</summary>
    private void Memory(IReadOnlyList<NdArray> inputs, NdArray result, int sample, int channel, int begin, int end)
    {
        (NdArray x, int n) = (inputs[0], inputs[0].Shape[1]);
        var state = new double[Order];
        for (int step = begin; step < end; step++)
        {
            int t = Transposed ? begin + end - 1 - step : step;
            int value = (((sample * n) + t) * (Transposed ? result : x).Shape[2]) + channel;
            int first = (((sample * n) + t) * (Transposed ? x : result).Shape[2]) + (channel * Order);
            for (int k = 0; k < Order && Transposed; k++)
            {
                state[k] += x.Data[first + k];
            }

            double given = 0;
            (state, given) = Scaled ? ScaledTurn(state, t - begin + 1, Transposed ? 0 : x.Data[value])
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
    private (double[] Next, double Given) ScaledTurn(double[] c, int t, double u)
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
