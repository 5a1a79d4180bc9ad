using System;
using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Layers;

/// <summary>
/// A diagonal state space layer (Gu et al. 2022, "On the Parameterization and Initialization of Diagonal State Space Models",
/// arXiv:2206.11893), [b, n, c] -> [b, n, c]: each channel has complex states of its own; then an activation, and a product
/// with a gate that mixes channels.
/// </summary>
internal sealed class S4DLayer : ICarryingLayer
{
    public string Kind => "S4D";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("StateWidth", ArgumentKind.Size, "64", Minimum: 2),
        new LayerArgument("Spectrum", ArgumentKind.Choice, "Linear"),
        new LayerArgument("Discretization", ArgumentKind.Choice, "ZeroOrderHold"),
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
        (double least, double most) = StateSpaceArguments.Steps(context);
        Node? segments = Projections.Segments(context);
        StateSpaceForm form = StateSpaceArguments.Form(context, segments);
        string steps = FormattableString.Invariant($"Uniform({Math.Log(least):R}, {Math.Log(most):R})");
        Value step = Of(context.SlowParameter("LogStep", steps, channels)).Apply("exp");
        Value decay = -Of(context.SlowParameter("LogDecay", "Constant(-0.6931472f)", channels, states)).Apply("exp");
        string spectrum = $"Frequencies(global::Dsl.StateSpectrum.{context.Choice("Spectrum")}, {states.ToString(CultureInfo.InvariantCulture)})";
        Value frequency = Of(context.SlowParameter("Frequency", spectrum, channels, states));
        var rule = (Discretization)Enum.Parse(typeof(Discretization), context.Choice("Discretization"));
        (ComplexValue pole, ComplexValue gain) = StateSpaces.Discretize(new ComplexValue(decay, frequency), step, rule);
        Node y = StateSpaces.Scan(
            g, x, pole, Weight("Weight") * gain, segments, form: form, carried: StateSpaceArguments.Carried(context));
        if (context.Bool("Bidirectional"))
        {
            y = g.Pointwise("add", y, StateSpaces.Scan(g, x, pole, Weight("LaterWeight") * gain, segments, reverse: true, form));
        }

        Node skip = context.ScaleAlong(x, 2, context.Parameter("Skip", "Normal(1)", decays: false, channels));
        y = context.Activate(g.Pointwise("add", y, skip));
        return context.Bool("Mix") ? StateSpaceArguments.Gated(context, y, channels) : y;

        Value Of(Node node) => new(g, node);

        // A state stands for its conjugate, too: twice the real part.
        ComplexValue Weight(string name) => new ComplexValue(
            Of(context.Parameter(name + "Real", "Normal(1)", decays: false, channels, states)),
            Of(context.Parameter(name + "Imaginary", "Normal(1)", decays: false, channels, states))) * 2;
    }
}

/// <summary>
/// The linear recurrent unit (Orvieto et al. 2023, "Resurrecting Recurrent Neural Networks for Long Sequences", arXiv:2303.06349,
/// section 3), [b, n, c] -> [b, n, c]: complex states that all channels share, between two products.
/// </summary>
internal sealed class LruLayer : ICarryingLayer
{
    private static readonly int[] s_rows = { 0 };

    public string Kind => "Lru";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("StateWidth", ArgumentKind.Size, null),
        new LayerArgument("MinRadius", ArgumentKind.Number, "0"),
        new LayerArgument("MaxRadius", ArgumentKind.Number, "1"),
        new LayerArgument("MaxPhase", ArgumentKind.Number, "6.2831855"),
    };

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        int channels = Projections.RequireSequence(context, x);
        int states = context.Size("StateWidth");
        double least = context.Number("MinRadius", static r => r is >= 0 and < 1, "a number of at least 0 and below 1");
        double most = context.Number(
            "MaxRadius", r => r > least && r <= 1, FormattableString.Invariant($"a number above MinRadius, {least}, and up to 1"));
        double phase = context.Number("MaxPhase", static p => p > 0 && p <= 2 * Math.PI + 1e-6, "a positive number up to 2π");
        Node? segments = Projections.Segments(context);
        string ring = FormattableString.Invariant($"({least:R}, {most:R})");
        Value decay = Of("LogDecay", "RingDecay" + ring).Apply("exp");
        Value angle = Of("LogPhase", FormattableString.Invariant($"LogOfUniform(0, {phase:R})")).Apply("exp");
        Value scale = Of("LogScale", "RingScale" + ring).Apply("exp");
        ComplexValue pole = new ComplexValue(-decay, angle).Exp();
        string into = FormattableString.Invariant($"Normal({1 / Math.Sqrt(2.0 * channels):R})");
        string outOf = FormattableString.Invariant($"Normal({1 / Math.Sqrt(states):R})");
        var input = new ComplexValue(
            Weight("InputReal", into, states, channels), Weight("InputImaginary", into, states, channels)) * Rows(scale);
        var output = new ComplexValue(
            Weight("OutputReal", outOf, channels, states), Weight("OutputImaginary", outOf, channels, states));

        // Both parts in one product each way: Re(C·h) is that with the conjugate's parts side by side.
        Node state = StateSpaces.Recur(
            g, Project(x, g.Concat(0, input.Re, input.Im)), pole, segments, context.Carried);
        Node y = Project(state, g.Concat(1, output.Conjugate.Re, output.Conjugate.Im));
        return g.Pointwise(
            "add", y, context.ScaleAlong(x, 2, context.Parameter("Skip", "Normal(1)", decays: false, channels)));

        Value Of(string name, string initializer) =>
            new(g, context.SlowParameter(name, initializer, states));

        Value Weight(string name, string initializer, int units, int inputs) =>
            new(g, context.Parameter(name, initializer, decays: true, units, inputs));

        Value Rows(Value of) => new(g, g.Broadcast(of, new Size[] { states, channels }, s_rows));

        Node Project(Node of, Node weight) => g.Contract("btk,ok->bto", of, weight);
    }
}

/// <summary>What state space layers have in common.</summary>
internal static class StateSpaceArguments
{
    /// <summary>States of a channel, of which half of each conjugate pair is there.</summary>
    public static int Pairs(LayerContext context)
    {
        int width = context.Size("StateWidth");
        return width % 2 == 0 ? width / 2 : throw context.OutOfRange(
            "StateWidth", width.ToString(CultureInfo.InvariantCulture),
                "an even number: states come in conjugate pairs")
            .Offer(context.Write("StateWidth", width + 1));
    }

    /// <summary>The range of steps that a layer begins with.</summary>
    public static (double Least, double Most) Steps(LayerContext context)
    {
        double least = context.Number("MinStep", static s => s > 0 && s <= 1e6, "a positive number");
        double most = context.Number(
            "MaxStep", s => s >= least && s <= 1e6,
            FormattableString.Invariant($"a number of at least MinStep, {least}"));
        return (least, most);
    }

    /// <summary>The state that the recurrence goes on from, if any.</summary>
    public static CarriedState? Carried(LayerContext context) => context.Carried is null || !context.Bool("Bidirectional")
        ? context.Carried
        : throw context.OutOfRange("Bidirectional", "true", "false: a state has what lies before, and nothing behind")
            .Offer(context.Omit("Bidirectional"));

    /// <summary>How the recurrence is to be computed.</summary>
    public static StateSpaceForm Form(LayerContext context, Node? segments)
    {
        var form = (StateSpaceForm)Enum.Parse(typeof(StateSpaceForm), context.Choice("Form"));
        return segments is null || form != StateSpaceForm.Convolution ? form : throw context.OutOfRange(
            "Form", "Convolution", "another form: a convolution does not begin anew with segments").Offer(context.Omit("Form"));
    }

    /// <summary>A product with twice the channels, half of them the gate of the others.</summary>
    public static Node Gated(LayerContext context, Node y, int channels)
    {
        Graph g = context.Graph;
        Node both = Projections.Project(context, y, "Output", 2 * channels, "OutputBias");
        return g.Pointwise(
            "mul", g.Slice(both, 2, 0, channels), g.Pointwise("sigmoid", g.Slice(both, 2, channels, channels)));
    }
}
