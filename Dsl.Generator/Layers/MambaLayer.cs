using System;
using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Kernels;

namespace Dsl.Generator.Layers;

/// <summary>
/// The block of Mamba (Gu and Dao 2023, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", arXiv:2312.00752,
/// section 3.4), [b, n, c] -> [b, n, c]: a short causal convolution and a state space whose step, input and readout depend on the
/// input, with a gate, between two products.
/// </summary>
internal sealed class MambaLayer : ICarryingLayer
{
    /// <summary>Channels for each number of the low rank that steps are made of.</summary>
    private const int ChannelsOfRank = 16;

    public string Kind => "Mamba";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("StateWidth", ArgumentKind.Size, "16"),
        new LayerArgument("Kernel", ArgumentKind.Size, "4"),
        new LayerArgument("Expand", ArgumentKind.Size, "2"),
        new LayerArgument("StepRank", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("MinStep", ArgumentKind.Number, "0.001"),
        new LayerArgument("MaxStep", ArgumentKind.Number, "0.1"),
        new LayerArgument("Bias", ArgumentKind.Bool, "false"),
    };

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        int channels = Projections.RequireSequence(context, x);
        int states = context.Size("StateWidth");
        if (states > SelectiveScanParts.MostStates)
        {
            throw context.OutOfRange(
                "StateWidth", states.ToString(CultureInfo.InvariantCulture),
                FormattableString.Invariant($"at most {SelectiveScanParts.MostStates} states"))
                .Offer(context.Write("StateWidth", SelectiveScanParts.MostStates));
        }

        int width = context.Size("Expand") * channels;
        int rank = context.Size("StepRank") is > 0 and var given
            ? given : (channels + ChannelsOfRank - 1) / ChannelsOfRank;
        (double least, double most) = StateSpaceArguments.Steps(context);
        Node? segments = Projections.Segments(context);
        bool biased = context.Bool("Bias");
        Node both = Projections.Project(context, x, "Input", 2 * width, biased ? "InputBias" : null);
        int kernel = context.Size("Kernel");
        string uniform = LayerContext.KaimingUniform(kernel);
        Node taps = context.Parameter("Convolution", uniform, decays: true, width, kernel);
        Node u = CausalConvolution.Depthwise(g, g.Slice(both, 2, 0, width), taps, segments, context.Carried);
        u = Projections.Silu(g, context.AddAlong(u, 2, context.Parameter("ConvolutionBias", uniform, decays: false, width)));
        Node selected = Projections.Project(context, u, "Selection", rank + (2 * states));
        string small = FormattableString.Invariant($"Uniform({1 / Math.Sqrt(rank):R})");
        Node step = g.Contract(
            "btk,ok->bto", g.Slice(selected, 2, 0, rank), context.Parameter("Step", small, decays: true, width, rank));
        string bias = FormattableString.Invariant($"StepBias({least:R}, {most:R})");
        step = g.Pointwise("softplus", context.AddAlong(step, 2, context.Parameter("StepBias", bias, decays: false, width)));
        string indices = FormattableString.Invariant($"LogOfIndex({states})");
        Value decay = -new Value(g, context.Parameter("LogDecay", indices, decays: false, width, states)).Apply("exp");
        Node y = StateSpaces.Select(
            g, u, step, decay, g.Slice(selected, 2, rank, states), g.Slice(selected, 2, rank + states, states), segments,
            context.Carried);
        Node skip = context.ScaleAlong(u, 2, context.Parameter("Skip", "Ones()", decays: false, width));
        Node gate = Projections.Silu(g, g.Slice(both, 2, width, width));
        y = g.Pointwise("mul", g.Pointwise("add", y, skip), gate);
        return Projections.Project(context, y, "Output", channels, biased ? "OutputBias" : null);
    }
}
