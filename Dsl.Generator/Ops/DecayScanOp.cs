using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>
/// Linear attention that forgets: of q and k [b, n, h, d], v [b, n, h, e] and logarithms l of a decay, o_t = q_tᵀS_t with
/// S_t = eˡₜ ⊙ S_{t-1} + k_t v_tᵀ, or o_t = q_tᵀS_{t-1}. l is [b, n, h], [b, n, h, d] or [b, n, h, e]; l = -∞ forgets all
/// that was before. Retention: Sun et al. 2023, arXiv:2307.08621, equation 6. RWKV-6: Peng et al. 2024, arXiv:2404.05892,
/// equation 18.
/// </summary>
/// <remarks>The form Σ w(t, s)(q_t·k_s)(v_s·ō_t) is linear in each of q, k, v and ō, and symmetric but for the side whose
/// features decay: whoever is differentiated takes the place of the result, so the gradients are the same op. The weight
/// w(t, s) is e to the sum of l over the positions between, so that of l at i gathers all pairs around i: those of t from i
/// on, less those of s from i on.</remarks>
/// <param name="Decay">What decays by itself.</param>
/// <param name="Exclusive">Whether a position sees the state before its own key, value and decay.</param>
/// <param name="Reverse">Whether a position sees later positions instead of earlier ones.</param>
internal sealed record DecayScanOp(DecayAxis Decay, bool Exclusive, bool Reverse) : Op
{
    public override string Name => "decayscan";

    public override string Attributes =>
        Decay.ToString().ToLowerInvariant() + (Exclusive ? " exclusive" : "") + (Reverse ? " reverse" : "");

    public override Placement? Placement => new(Skeleton.DecayScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        Infer(this, Decay, inputs);

    /// <summary>The rule of this op and of its recurrent form.</summary>
    public static (ImmutableArray<Size> Shape, DType DType) Infer(Op op, DecayAxis decay, IReadOnlyList<Node> inputs)
    {
        Expect.Floats(op, inputs, 4);
        (Node q, Node k, Node v, Node l) = (inputs[0], inputs[1], inputs[2], inputs[3]);
        Expect.Rank(op, q, 4);
        Expect.Shape(op, k, q.Shape[0], q.Shape[1], q.Shape[2], q.Shape[3]);
        Expect.Rank(op, v, 4);
        Expect.Shape(op, v, q.Shape[0], q.Shape[1], q.Shape[2], v.Shape[3]);
        if (decay == DecayAxis.Head)
        {
            Expect.Shape(op, l, q.Shape[0], q.Shape[1], q.Shape[2]);
        }
        else
        {
            Size features = decay == DecayAxis.Key ? q.Shape[3] : v.Shape[3];
            Expect.Shape(op, l, q.Shape[0], q.Shape[1], q.Shape[2], features);
        }

        foreach (Size constant in new[] { q.Shape[2], q.Shape[3], v.Shape[3] })
        {
            Expect.That(constant.IsConstant, op, $"expects constant heads and features, not '{constant}'");
        }

        return (v.Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => axis is 0 or 2
        || (axis == 3 && (input == 2 || (input == 3 && Decay == DecayAxis.Value))) ? AxisReach.Same(axis) : AxisReach.Whole;

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        (Node q, Node k, Node v, Node l) = (node.Inputs[0], node.Inputs[1], node.Inputs[2], node.Inputs[3]);
        DecayAxis other = Decay switch
        {
            DecayAxis.Key => DecayAxis.Value,
            DecayAxis.Value => DecayAxis.Key,
            _ => Decay,
        };
        Node ofQ = graph.Add(this with { Decay = other }, cotangent, v, k, l);
        Node ofK = graph.Add(this with { Decay = other, Reverse = !Reverse }, v, cotangent, q, l);
        Node ofV = graph.Add(this with { Reverse = !Reverse }, k, q, cotangent, l);
        (Node results, Node sources) = Decay == DecayAxis.Value
            ? (graph.Pointwise("mul", node, cotangent), graph.Pointwise("mul", v, ofV))
            : (graph.Pointwise("mul", q, ofQ), graph.Pointwise("mul", k, ofK));
        if (Decay == DecayAxis.Head)
        {
            (results, sources) = (graph.Sum(results, 3), graph.Sum(sources, 3));
        }

        (Node late, Node early) = Reverse ? (sources, results) : (results, sources);
        Node ofL = graph.Add(
            new CumSumOp(1, Exclusive: false, Reverse: true), graph.Pointwise("sub", late, early));
        return new Node?[] { ofQ, ofK, ofV, Exclusive ? graph.Pointwise("sub", ofL, late) : ofL };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        (NdArray q, NdArray k, NdArray v, NdArray l) = (inputs[0], inputs[1], inputs[2], inputs[3]);
        (int n, int heads, int d, int e) = (q.Shape[1], q.Shape[2], q.Shape[3], v.Shape[3]);
        NdArray result = NdArray.Zeros(v.Shape);
        var state = new double[d * e];
        for (int sequence = 0; sequence < q.Shape[0] * heads; sequence++)
        {
            Array.Clear(state, 0, state.Length);
            for (int step = 0; step < n; step++)
            {
                int At(int t) => (((sequence / heads * n) + t) * heads) + (sequence % heads);
                int t = Reverse ? n - 1 - step : step;
                int decays = Reverse && !Exclusive ? t + 1 : t;
                for (int i = 0; i < d * e; i++)
                {
                    (int key, int value) = (i / e, i % e);
                    int log = decays == n ? 0 : Decay switch
                    {
                        DecayAxis.Key => (At(decays) * d) + key,
                        DecayAxis.Value => (At(decays) * e) + value,
                        _ => At(decays),
                    };
                    double before = state[i];
                    state[i] = (decays == n ? 0 : before * Math.Exp(l.Data[log]))
                        + (k.Data[(At(t) * d) + key] * v.Data[(At(t) * e) + value]);
                    result.Data[(At(t) * e) + value] += q.Data[(At(t) * d) + key] * (Exclusive ? before : state[i]);
                }
            }
        }

        return result;
    }

    /// <summary>Of each element of the state: its decay, what it gains, and what it gives.</summary>
    public override Size Flops(Node node) => node.Length * node.Inputs[0].Shape[3] * 5;
}
