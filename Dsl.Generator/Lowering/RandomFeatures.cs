using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
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

    /// <summary>Weights that all underflow give 0/ε and not 0/0; beside others it is nothing.</summary>
    private const double SmallestWeight = 1e-30;

    /// <summary>How much higher each segment's exponents are than those of the one before it, so that the largest is of
    /// its own. With 50,000 segments in a row the largest is off by 16 in floats, which no result shows.</summary>
    private const double SegmentsApart = 1e4;

    /// <summary>Σ (φ(q)·φ(k)) v over Σ φ(q)·φ(k). The factor m^-½ of features cancels. What is carried are the sums, of keys so
    /// far.</summary>
    public Node Mix(
        Graph g, Node q, Node k, Node v, Node directions, Node? segments = null, CarriedState? carried = null) =>
        Causal && Kernel == PerformerKernel.Softmax ? SoFar(g, q, k, v, directions, segments, carried) : LinearAttention.Mix(
            g, Features(g, q, directions, isQuery: true), Features(g, k, directions, isQuery: false), v, Heads,
            FeatureMap.Identity, Causal, normalizes: true, SmallestWeight, segments, carried);

    /// <summary>φ without its factor, [b, n, heads·m].</summary>
    public Node Features(Graph g, Node x, Node directions, bool isQuery)
    {
        (Node rows, Node along, double scale) = Along(g, x, directions);
        Node features = Kernel == PerformerKernel.Relu
            ? g.Pointwise("add", g.Pointwise("relu", along), g.Constant(ReluOffset))
            : Exponentials(g, rows, along, isQuery, scale);
        return OfPositions(g, x, features);
    }

    /// <summary>w·x̃ with x̃ = x·scale, [b, n·heads, m], and the rows that it is of.</summary>
    private (Node Rows, Node Along, double Scale) Along(Graph g, Node x, Node directions)
    {
        Node rows = LinearAttention.ByHead(g, x, Heads);
        double scale = System.Math.Pow(rows.Shape[2].Constant, -0.25);
        return (rows, g.Contract("brd,md->brm", g.Pointwise("mul", rows, g.Constant(scale)), directions), scale);
    }

    private Node OfPositions(Graph g, Node x, Node features) =>
        g.Reshape(features, new[] { x.Shape[0], x.Shape[1], features.Shape[2] * Heads });

    /// <summary>
    /// The causal layer: exponents of keys are measured from the largest so far of each feature, M, to which sums of
    /// earlier positions are brought down by a decay of e to its steps. Queries have M added, and are measured from the
    /// largest of that. So one feature of each query is 1, and meets a sum of 1 or more: nothing that counts underflows, of
    /// whatever length keys and queries are. All shifts cancel in the ratio, so they are constants to the gradient.
    /// </summary>
    private Node SoFar(Graph g, Node q, Node k, Node v, Node directions, Node? segments, CarriedState? carried)
    {
        var earlier = FeatureSums.Take(
            g, carried, Heads, directions.Shape[0].Constant, v.Shape[2].Constant / Heads);
        (Node rows, Node along, double scale) = Along(g, k, directions);
        Value key = new(g, OfPositions(g, k, g.Pointwise("sub", along, Spread(g, Half(g, rows, scale), along))));
        Value constant = new(g, g.Add(new StopGradientOp(), key));
        Value? begun = segments is null ? null
            : new Value(g, Segments.Spread(g, Segments.Begun(g, segments, earlier is not null), key.Node.Shape));
        Value largest = LargestSoFar(g, constant, begun, earlier);

        // Before the first position there is nothing to forget: any finite number will do.
        Value before = new(g, PositionFunctions.Shift(g, largest, key.Node.Shape[2]));
        Value log = (before - largest).Apply("min", key.Constant(0));
        if (segments is not null)
        {
            log += new Value(g, Segments.Spread(g, Segments.Logs(g, segments), key.Node.Shape));
        }

        Node keys = (key - largest).Apply("exp");
        Node sought = new Value(g, OfPositions(g, q, Along(g, q, directions).Along)) + largest;
        Node byHead = LinearAttention.ByHead(g, sought, Heads);
        Node most = Largest(g, g.Add(new StopGradientOp(), byHead), 2);
        Value queries = new(g, g.Pointwise("exp", g.Pointwise("sub", byHead, Spread(g, most, byHead))));
        Node sum = DecayAttention.Mix(g, g.Reshape(queries, sought.Shape), keys, v, log, Heads, exclusive: false);
        Node sums = DecayAttention.Sums(g, keys, log, Heads, exclusive: false);
        if (earlier is not null)
        {
            (sum, sums) = earlier.Add(sum, sums, g.Reshape(queries, sought.Shape), largest, begun);
        }

        if (carried is not null)
        {
            FeatureSums.Leave(carried, key, v, Heads, begun, segments, earlier);
        }

        Value products = queries * new Value(g, LinearAttention.ByHead(g, sums, Heads));
        Value weights = new Value(g, g.Sum(products, 2)) + SmallestWeight;
        Node values = LinearAttention.ByHead(g, sum, Heads);
        Node result = g.Reshape(g.Pointwise("div", values, Spread(g, weights, values)), v.Shape);

        // What is hidden is of a segment of its own: nobody else has seen it.
        return segments is null ? result : Segments.Hide(g, result, segments);
    }

    /// <summary>The largest of each feature up to each position, of its segment.</summary>
    private static Value LargestSoFar(Graph g, Value x, Value? begun, FeatureSums? earlier)
    {
        Value? apart = begun is { } number ? number * SegmentsApart : null;
        Value all = new(g, g.Add(
            new CumSumOp(1, Exclusive: false, Reverse: false) { Largest = true }, apart is { } above ? x + above : x));
        all = earlier is null ? all : earlier.OrLarger(all);
        return apart is { } less ? all - less : all;
    }

    private Node Exponentials(Graph g, Node rows, Node along, bool isQuery, double scale)
    {
        Node largest = Largest(g, g.Add(new StopGradientOp(), along), 2);
        if (isQuery && Epsilon == 0)
        {
            // |x|²/2 is a factor of the whole row then, and cancels with the shift.
            return g.Pointwise("exp", g.Pointwise("sub", along, Spread(g, largest, along)));
        }

        Node shift = isQuery ? largest : OfHeads(g, largest, rows);
        Node exponent = g.Pointwise("sub", along, Spread(g, g.Pointwise("add", Half(g, rows, scale), shift), along));
        Node power = g.Pointwise("exp", exponent);
        return Epsilon == 0 ? power : g.Pointwise("add", power, g.Constant(Epsilon));
    }

    /// <summary>|x̃|²/2 of each row.</summary>
    private static Node Half(Graph g, Node rows, double scale) =>
        g.Pointwise("mul", g.Sum(g.Pointwise("square", rows), 2), g.Constant(scale * scale / 2));

    /// <summary>The largest of each head over all its positions, [b, n·heads].</summary>
    private Node OfHeads(Graph g, Node largest, Node rows)
    {
        var positions = new[] { rows.Shape[0], rows.Shape[1] / Heads, Dsl.Size.Of(Heads) };
        Node of = Largest(g, g.Reshape(largest, positions), 1);
        return g.Reshape(g.Spread(of, positions, s_positions), largest.Shape);
    }

    private static Node Largest(Graph g, Node x, int axis) =>
        g.Add(new ReduceOp(ReduceKind.Max, new[] { axis }.ToEquatable()), x);

    private static Node Spread(Graph g, Node x, Node like) => g.Spread(x, like.Shape, s_features);
}
