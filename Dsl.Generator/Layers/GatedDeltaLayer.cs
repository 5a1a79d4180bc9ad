using System;
using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Kernels;

namespace Dsl.Generator.Layers;

/// <summary>
/// The gated delta rule (Yang et al. 2024, "Gated Delta Networks: Improving Mamba2 with Delta Rule", arXiv:2412.06464, section 3.4),
/// [b, n, c] -> [b, n, c]: linear attention of heads whose state replaces what it says of a key, as much as the input says, and
/// forgets at a pace that the input says. Query, Key [heads·d, c], Value, Gate [heads·e, c], Strength, Step [heads, c], StepBias,
/// LogDecay [heads], Output [c, heads·e].
/// </summary>
internal sealed class GatedDeltaLayer : ICarryingLayer
{
    /// <summary>The least length that queries and keys are divided by.</summary>
    private const double LeastLength = 1e-6;

    public string Kind => "GatedDelta";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Heads", ArgumentKind.Size, null),
        new LayerArgument("Width", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("ValueWidth", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("MinStep", ArgumentKind.Number, "0.001"),
        new LayerArgument("MaxStep", ArgumentKind.Number, "0.1"),
        new LayerArgument("Bias", ArgumentKind.Bool, "false"),
        new LayerArgument("Epsilon", ArgumentKind.Number, "1E-05"),
    };

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        (int heads, int width) = HeadProjections.HeadsOf(context, x);
        int valueWidth = context.Size("ValueWidth") is > 0 and var given ? given : 2 * width;
        RequireFew(context, "Width", width);
        RequireFew(context, "ValueWidth", valueWidth);
        Node? segments = Projections.Segments(context);
        Node q = Unit(g, Projections.Silu(g, HeadProjections.Project(context, x, "Query", heads * width)), heads);
        Node k = Unit(g, Projections.Silu(g, HeadProjections.Project(context, x, "Key", heads * width)), heads);
        Node v = Projections.Silu(g, HeadProjections.Project(context, x, "Value", heads * valueWidth));
        Node gate = HeadProjections.Project(context, x, "Gate", heads * valueWidth);
        Node strength = g.Pointwise("sigmoid", Projections.Project(context, x, "Strength", heads));
        Node mixed = DeltaAttention.Mix(
            g, q, k, v, strength, heads, Decay(context, x, heads), segments, context.Carried);
        Node rows = LinearAttention.ByHead(g, mixed, heads);
        Node normal = g.Reshape(Normalization.DivideByRootMeanSquare(g, rows, 2, context.Epsilon()), mixed.Shape);
        return HeadProjections.Output(context, g.Pointwise("mul", Projections.Silu(g, gate), normal));
    }

    /// <summary>Logarithms of what heads keep, as the state space of Mamba has them: minus a rate times a step that the input
    /// says.</summary>
    private static Node Decay(LayerContext context, Node x, int heads)
    {
        Graph g = context.Graph;
        (double least, double most) = StateSpaceArguments.Steps(context);
        string bias = FormattableString.Invariant($"StepBias({least:R}, {most:R})");
        Node step = context.AddAlong(
            Projections.Project(context, x, "Step", heads), 2, context.SlowParameter("StepBias", bias, heads));
        string indices = FormattableString.Invariant($"LogOfIndex({heads})");
        Value rate = -new Value(g, context.SlowParameter("LogDecay", indices, heads)).Apply("exp");
        return context.ScaleAlong(g.Pointwise("softplus", step), 2, rate);
    }

    /// <summary>Rows of unit length for each head.</summary>
    private static Node Unit(Graph g, Node x, int heads) => g.Reshape(
        Normalization.DivideByLength(g, LinearAttention.ByHead(g, x, heads), 2, LeastLength, rootMean: false), x.Shape);

    private static void RequireFew(LayerContext context, string name, int features)
    {
        if (features > DeltaScanParts.MostFeatures)
        {
            throw context.OutOfRange(
                name, features.ToString(CultureInfo.InvariantCulture),
                FormattableString.Invariant($"at most {DeltaScanParts.MostFeatures} features of a head"))
                .Offer(context.Write(name, DeltaScanParts.MostFeatures));
        }
    }
}
