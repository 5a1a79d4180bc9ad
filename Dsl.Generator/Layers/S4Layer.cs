using System;
using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Layers;

/// <summary>
/// A structured state space layer (Gu et al. 2021, "Efficiently Modeling Long Sequences with Structured State Spaces",
/// arXiv:2111.00396), [b, n, c] -> [b, n, c]: the state matrix of each channel is diagonal plus a part of rank one;
/// then an activation, and a product with a gate that mixes channels.
/// </summary>
internal sealed class S4Layer : ICarryingLayer
{
    public string Kind => "S4";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("StateWidth", ArgumentKind.Size, "64", Minimum: 2),
        new LayerArgument("MinStep", ArgumentKind.Number, "0.001"),
        new LayerArgument("MaxStep", ArgumentKind.Number, "0.1"),
        new LayerArgument("Bidirectional", ArgumentKind.Bool, "false"),
        new LayerArgument("Activation", ArgumentKind.Activation, "Gelu"),
        new LayerArgument("Mix", ArgumentKind.Bool, "true"),
        new LayerArgument("Form", ArgumentKind.Choice, "Cheapest"),
    };

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        int channels = Projections.RequireSequence(context, x);
        int states = StateSpaceArguments.Pairs(context);
        if (states > LowRankParts.MostStates)
        {
            throw context.OutOfRange(
                "StateWidth", (2 * states).ToString(CultureInfo.InvariantCulture),
                FormattableString.Invariant($"an even number up to {2 * LowRankParts.MostStates}"))
                .Offer(context.Write("StateWidth", 2 * LowRankParts.MostStates));
        }

        (double least, double most) = StateSpaceArguments.Steps(context);
        Node? segments = Projections.Segments(context);
        StateSpaceForm form = StateSpaceArguments.Form(context, segments);
        string pairs = states.ToString(CultureInfo.InvariantCulture);
        string steps = FormattableString.Invariant($"Uniform({Math.Log(least):R}, {Math.Log(most):R})");
        Value step = new Value(g, context.SlowParameter("LogStep", steps, channels)).Apply("exp");
        Value decay = -Slow("LogDecay", "Constant(-0.6931472f)").Apply("exp");
        var a = new ComplexValue(decay, Slow("Frequency", $"Frequencies(global::Dsl.StateSpectrum.LegS, {pairs})"));

        // The phase of an eigenvector is free: at first all of these are real.
        var low = new ComplexValue(
            Slow("LowRankReal", $"LegSLowRank({pairs})"), Slow("LowRankImaginary", "Zeros()"));
        var input = new ComplexValue(Slow("InputReal", $"LegSInput({pairs})"), Slow("InputImaginary", "Zeros()"));
        Node y = Read("Weight", reverse: false, StateSpaceArguments.Carried(context));
        if (context.Bool("Bidirectional"))
        {
            y = g.Pointwise("add", y, Read("LaterWeight", reverse: true));
        }

        Node skip = context.ScaleAlong(x, 2, context.Parameter("Skip", "Normal(1)", decays: false, channels));
        y = context.Activate(g.Pointwise("add", y, skip));
        return context.Bool("Mix") ? StateSpaceArguments.Gated(context, y, channels) : y;

        Value Slow(string name, string initializer) =>
            new(g, context.SlowParameter(name, initializer, channels, states));

        Node Read(string weight, bool reverse, CarriedState? carried = null)
        {
            var c = new ComplexValue(Weight(weight + "Real"), Weight(weight + "Imaginary"));
            return StateSpaces.Scan(g, x, StateSpaces.Couple(a, low, input, c, step), segments, reverse, form, carried);
        }

        Value Weight(string name) => new(g, context.Parameter(name, "Normal(1)", decays: false, channels, states));
    }
}
