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
/// Linear attention without its feature map: of q and k [b, n, h, d] and v [b, n, h, e] the result [b, n, h, e] is
/// o_t = Σ_s (q_t·k_s) v_s over the positions s that t sees. The sum is q_tᵀS_t with the state S_t = Σ_s k_s v_sᵀ, so
/// it takes time linear in n. Katharopoulos et al. 2020, "Transformers are RNNs", equations 9 to 12; chunk by chunk as
/// in Hua et al. 2022, "Transformer Quality in Linear Time".
/// </summary>
/// <remarks>The form Σ_{t sees s} (q_t·k_s)(v_s·ō_t) is linear in each of q, k, v and ō, and symmetric: whoever is
/// differentiated takes the place of the result. So the three gradients are the same op.</remarks>
/// <param name="Intra">What a position sees of those near it.</param>
/// <param name="Reverse">Whether it sees later positions instead of earlier ones.</param>
/// <param name="Chunk">Positions of a chunk. It means something for <see cref="Intra.PreviousChunks"/>; otherwise it is
/// how the sum is cut.</param>
internal sealed record OuterScanOp(Intra Intra, bool Reverse, int Chunk) : Op
{
    public override string Name => "outerscan";

    public override string Attributes =>
        Intra.ToString().ToLowerInvariant() + (Reverse ? " reverse" : "")
        + " chunk=" + Chunk.ToString(CultureInfo.InvariantCulture);

    public override Placement? Placement => new(Skeleton.OuterScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 3);
        Expect.That(Chunk > 0, this, "expects a chunk of one position or more");
        (Node q, Node k, Node v) = (inputs[0], inputs[1], inputs[2]);
        Expect.Rank(this, q, 4);
        Expect.Shape(this, k, q.Shape[0], q.Shape[1], q.Shape[2], q.Shape[3]);
        Expect.Rank(this, v, 4);
        Expect.Shape(this, v, q.Shape[0], q.Shape[1], q.Shape[2], v.Shape[3]);
        foreach (Size constant in new[] { q.Shape[2], q.Shape[3], v.Shape[3] })
        {
            Expect.That(constant.IsConstant, this, $"expects constant heads and features, not '{constant}'");
        }

        return (v.Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        axis is 0 or 2 || (axis == 3 && input == 2) ? AxisReach.Same(axis) : AxisReach.Whole;

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        (Node q, Node k, Node v) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
        OuterScanOp back = this with { Reverse = !Reverse };
        return new Node?[]
        {
            graph.Add(this, cotangent, v, k), graph.Add(back, v, cotangent, q), graph.Add(back, k, q, cotangent),
        };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        (NdArray q, NdArray k, NdArray v) = (inputs[0], inputs[1], inputs[2]);
        (int batch, int n, int heads, int d, int e) = (q.Shape[0], q.Shape[1], q.Shape[2], q.Shape[3], v.Shape[3]);
        NdArray result = NdArray.Zeros(v.Shape);
        for (int i = 0; i < batch * n * heads; i++)
        {
            (int b, int t, int head) = (i / (n * heads), i / heads % n, i % heads);
            for (int s = 0; s < n; s++)
            {
                if (!Sees(t, s))
                {
                    continue;
                }

                int j = (((b * n) + s) * heads) + head;
                double score = 0;
                for (int x = 0; x < d; x++)
                {
                    score += q.Data[(i * d) + x] * k.Data[(j * d) + x];
                }

                for (int x = 0; x < e; x++)
                {
                    result.Data[(i * e) + x] += score * v.Data[(j * e) + x];
                }
            }
        }

        return result;
    }

    /// <summary>Two products with a state for each position, and what it takes to add to the state.</summary>
    public override Size Flops(Node node) => node.Length * node.Inputs[0].Shape[3] * 4;

    private bool Sees(int t, int s)
    {
        (int late, int early) = Reverse ? (s, t) : (t, s);
        return Intra switch
        {
            Intra.Inclusive => early <= late,
            Intra.Exclusive => early < late,
            _ => early / Chunk < late / Chunk,
        };
    }
}
