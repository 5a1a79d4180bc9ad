using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Layers;

/// <summary>
/// y = activation(gain·(x - mean)/√(variance + ε) + bias) for each channel of [b, c], [b, c, l] or [b, c, h, w]; Gain,
/// Bias, RunningMean and RunningVariance [c].
/// </summary>
internal sealed class BatchNormLayer : ILayer
{
    private static readonly int[] s_channels = { 1 };

    public string Kind => "BatchNorm";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Momentum", ArgumentKind.Number, "0.1"),
        new LayerArgument("Epsilon", ArgumentKind.Number, "1E-05"),
        new LayerArgument("Activation", ArgumentKind.Activation, "None"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        if (x.Rank is < 2 or > 4 || !x.Shape[1].IsConstant)
        {
            throw context.Mismatch(
                x,
                "'b, c', 'b, c, l' or 'b, c, h, w' with a constant c",
                "give the layer a tensor of rank 2, 3 or 4 with a constant second extent");
        }

        Graph g = context.Graph;
        int channels = x.Shape[1].Constant;
        double momentum = context.Number("Momentum", static m => m is >= 0 and <= 1, "a number from 0 to 1");
        double epsilon = context.Number("Epsilon", static e => e > 0, "a number above 0");
        Node gain = context.Parameter("Gain", "Ones()", decays: false, channels);
        Node bias = context.Parameter("Bias", "Zeros()", decays: false, channels);
        Node mean = context.State("RunningMean", "Zeros()", channels);
        Node variance = context.State("RunningVariance", "Ones()", channels);
        if (context.IsTraining)
        {
            int[] axes = Enumerable.Range(0, x.Rank).Where(static a => a != 1).ToArray();
            Node batchMean = g.Add(new MomentsOp(MomentKind.Mean, axes.ToEquatable()), x);
            Node batchVariance = g.Add(new MomentsOp(MomentKind.Variance, axes.ToEquatable()), x);
            Size count = axes.Select(a => x.Shape[a]).Product();
            Node unbiased = g.Pointwise("mul", batchVariance, Correction(g, count));
            context.Next("RunningMean", Blend(g, mean, batchMean, momentum));
            context.Next("RunningVariance", Blend(g, variance, unbiased, momentum));
            (mean, variance) = (batchMean, batchVariance);
        }

        // The deviation first: x·scale + offset would subtract two large numbers where the mean is large.
        Node deviation = g.Pointwise("sub", x, g.Broadcast(mean, x.Shape, s_channels));
        Node inverse = g.Pointwise("rsqrt", g.Pointwise("add", variance, g.Constant(epsilon)));
        Node scale = g.Broadcast(g.Pointwise("mul", gain, inverse), x.Shape, s_channels);
        return context.Activate(context.AddAlong(g.Pointwise("mul", deviation, scale), 1, bias));
    }

    /// <summary>n/(n - 1), and 1 for a single element.</summary>
    private static Node Correction(Graph g, Size count) => g.Pointwise(
        "div", g.SizeValue(count), g.Pointwise("max", g.SizeValue(count - 1), g.Constant(1)));

    private static Node Blend(Graph g, Node old, Node batch, double momentum) => g.Pointwise(
        "add",
        g.Pointwise("mul", old, g.Constant(1 - momentum)),
        g.Pointwise("mul", batch, g.Constant(momentum)));
}
