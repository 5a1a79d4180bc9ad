using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>Which kernel random features estimate; the members are those of the runtime's
/// <c>Dsl.PerformerKernel</c>.</summary>
internal enum PerformerKernel
{
    Softmax,
    Relu,
}

/// <summary>
/// Attention by random features (Choromanski et al. 2021, "Rethinking Attention with Performers"): φ(q)·φ(k) estimates
/// the kernel of a query and a key. Operands are [b, n, heads·width], directions [m, width].
/// </summary>
/// <param name="Heads">Heads.</param>
/// <param name="Kernel">Which kernel.</param>
/// <param name="Causal">Whether results may not depend on later keys.</param>
/// <param name="Epsilon">What is added to the features of softmax; 0 when causal.</param>
internal sealed record RandomFeatures(int Heads, PerformerKernel Kernel, bool Causal, double Epsilon)
{
    private const double ReluOffset = 1e-3;
    private static readonly int[] s_positions = { 1 };
    private static readonly int[] s_features = { 2 };

    /// <summary>What exponents of a causal layer's keys may reach: e^40 = 2.4e17 leaves sums and their squares room in
    /// floats.</summary>
    private const double LargestExponent = 40;

    /// <summary>Weights that all underflow give 0/ε and not 0/0; beside others it is nothing.</summary>
    private const double SmallestWeight = 1e-30;

    /// <summary>Σ (φ(q)·φ(k)) v over Σ φ(q)·φ(k). The factor m^-½ of features cancels.</summary>
    public Node Mix(Graph g, Node q, Node k, Node v, Node directions, Node? segments = null) => LinearAttention.Mix(
        g, Features(g, q, directions, isQuery: true), Features(g, k, directions, isQuery: false), v, Heads,
        FeatureMap.Identity, Causal, normalizes: true, SmallestWeight, segments);

    /// <summary>φ without its factor, [b, n, heads·m].</summary>
    public Node Features(Graph g, Node x, Node directions, bool isQuery)
    {
        Node rows = LinearAttention.ByHead(g, x, Heads);
        double scale = System.Math.Pow(rows.Shape[2].Constant, -0.25);
        Node along = g.Contract("brd,md->brm", g.Pointwise("mul", rows, g.Constant(scale)), directions);
        Node features = Kernel == PerformerKernel.Relu
            ? g.Pointwise("add", g.Pointwise("relu", along), g.Constant(ReluOffset))
            : Exponentials(g, rows, along, directions, isQuery, scale);
        return g.Reshape(features, new[] { x.Shape[0], x.Shape[1], features.Shape[2] * Heads });
    }

    private Node Exponentials(Graph g, Node rows, Node along, Node directions, bool isQuery, double scale)
    {
        Node largest = Largest(g, g.Add(new StopGradientOp(), along), 2);
        if (isQuery && Epsilon == 0)
        {
            // |x|²/2 is a factor of the whole row then, and cancels with the shift.
            return g.Pointwise("exp", g.Pointwise("sub", along, Spread(g, largest, along)));
        }

        Node half = g.Pointwise("mul", g.Sum(g.Pointwise("square", rows), 2), g.Constant(scale * scale / 2));
        Node shift = isQuery ? largest : Causal ? Bound(g, directions) : OfHeads(g, largest, rows);
        Node exponent = g.Pointwise("sub", along, Spread(g, g.Pointwise("add", half, shift), along));
        Node power = g.Pointwise("exp", exponent);
        return Epsilon == 0 ? power : g.Pointwise("add", power, g.Constant(Epsilon));
    }

    /// <summary>The largest of each head over all its positions, [b, n·heads].</summary>
    private Node OfHeads(Graph g, Node largest, Node rows)
    {
        var positions = new[] { rows.Shape[0], rows.Shape[1] / Heads, Dsl.Size.Of(Heads) };
        Node of = Largest(g, g.Reshape(largest, positions), 1);
        return g.Reshape(g.Spread(of, positions, s_positions), largest.Shape);
    }

    /// <summary>How far exponents w·x - |x|²/2 ≤ |w|²/2 may be above what is allowed. It does not depend on
    /// keys.</summary>
    private static Node Bound(Graph g, Node directions)
    {
        Node lengths = g.Sum(g.Pointwise("square", directions), 1);
        Node longest = Largest(g, lengths, 0);
        Node above = g.Pointwise("sub", g.Pointwise("mul", longest, g.Constant(0.5)), g.Constant(LargestExponent));
        return g.Add(new StopGradientOp(), g.Pointwise("max", above, g.Constant(0)));
    }

    private static Node Largest(Graph g, Node x, int axis) =>
        g.Add(new ReduceOp(ReduceKind.Max, new[] { axis }.ToEquatable()), x);

    private static Node Spread(Graph g, Node x, Node like) => g.Spread(x, like.Shape, s_features);
}
