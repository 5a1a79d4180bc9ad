using System;
using System.Collections.Generic;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;

namespace Dsl.Generator.Layers;

/// <summary>
/// Time mixing of RWKV-6 (Peng et al. 2024, "Eagle and Finch", arXiv:2404.05892, section 4), [b, n, c] -> [b, n, c]: linear
/// attention whose decay of each feature depends on the input. What it sees of a position is mixed with the one before.
/// </summary>
internal sealed class Rwkv6Layer : ICarryingLayer
{
    private const string SmallWeights = "Normal(0.01)";

    /// <summary>What is mixed, in the order of the rows of MixDown.</summary>
    private static readonly string[] s_mixed = { "Decay", "Key", "Value", "Receptance", "Gate" };

    public string Kind => "Rwkv6";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("HeadWidth", ArgumentKind.Size, "64"),
        new LayerArgument("MixRank", ArgumentKind.Size, "32"),
        new LayerArgument("DecayRank", ArgumentKind.Size, "64"),
        new LayerArgument("Epsilon", ArgumentKind.Number, "0.00064"),
    };

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        int channels = Projections.RequireSequence(context, x);
        int headWidth = context.Size("HeadWidth");
        context.RequireDivisor("HeadWidth", headWidth, channels);
        int heads = channels / headWidth;
        Node? segments = Projections.Segments(context);
        var mix = new TokenMix(context, x, segments);
        int rank = context.Size("MixRank");
        Node down = g.Pointwise(
            "tanh", Project(mix.Of("Mix"), "MixDown", s_mixed.Length * rank, channels, "Zeros()"));
        Node receptance = Projections.Project(context, Mixed("Receptance"), "Receptance", channels);
        Node key = Projections.Project(context, Mixed("Key"), "Key", channels);
        Node value = Projections.Project(context, Mixed("Value"), "Value", channels);
        Node gate = Projections.Silu(g, Projections.Project(context, Mixed("Gate"), "Gate", channels));
        int decayRank = context.Size("DecayRank");
        Node change = Project(
            g.Pointwise("tanh", Project(Mixed("Decay"), "DecayDown", decayRank, channels, "Zeros()")),
            "DecayUp", channels, decayRank, SmallWeights);
        Node strength = context.AddAlong(change, 2, context.Parameter("DecayBase", "Evenly(-6, -1)", decays: false, channels));
        Node decay = g.Pointwise("neg", g.Pointwise("exp", strength));
        Node? state = context.Carried?.Take(heads, headWidth, headWidth);
        Node past = receptance;
        if (segments is not null)
        {
            // The state is read before it decays, so the first position of a segment must not read it, and forgets it.
            bool carries = state is not null;
            Node goesOn = Segments.Spread(g, Segments.GoesOn(g, segments, carries), x.Shape);
            past = g.Pointwise("mul", receptance, goesOn);
            decay = g.Pointwise("add", decay, Segments.Spread(g, Segments.Logs(g, segments, carries), x.Shape));
            value = Segments.Hide(g, value, segments);
        }

        Node bonus = context.Parameter("Bonus", "Evenly(0, 1)", decays: false, heads, headWidth);
        Node mixed = DecayAttention.MixWithBonus(g, past, receptance, key, value, decay, bonus, heads, state);
        context.Carried?.Leave(DecayAttention.State(g, key, value, decay, heads, state));
        Node rows = LinearAttention.ByHead(g, mixed, heads);
        Node normal = g.Reshape(Normalization.Standardize(g, rows, 2, context.Epsilon()), mixed.Shape);
        normal = context.ScaleAlong(normal, 2, context.Parameter("NormGain", "Ones()", decays: false, channels));
        normal = context.AddAlong(normal, 2, context.Parameter("NormOffset", "Zeros()", decays: false, channels));
        return Projections.Project(context, g.Pointwise("mul", normal, gate), "Output", channels);

        Node Mixed(string name)
        {
            int row = Array.IndexOf(s_mixed, name);
            return mix.Of(name + "Mix", Project(
                g.Slice(down, 2, row * rank, rank), name + "MixUp", channels, rank, SmallWeights));
        }

        Node Project(Node of, string weight, int units, int inputs, string init) =>
            g.Contract("btk,ok->bto", of, context.Parameter(weight, init, decays: true, units, inputs));
    }
}

/// <summary>
/// Time mixing of RWKV-4 (Peng et al. 2023, "RWKV: Reinventing RNNs for the Transformer Era", arXiv:2305.13048, equations 11 to 17),
/// [b, n, c] -> [b, n, c]: each feature attends to earlier positions by their keys and their distance.
/// </summary>
internal sealed class Rwkv4Layer : ICarryingLayer
{
    public string Kind => "Rwkv4";

    public IReadOnlyList<LayerArgument> Arguments { get; } = Array.Empty<LayerArgument>();

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        int channels = Projections.RequireSequence(context, x);
        Node? segments = Projections.Segments(context);
        var mix = new TokenMix(context, x, segments);
        Node key = Projections.Project(context, mix.Of("KeyMix"), "Key", channels);
        Node value = Projections.Project(context, mix.Of("ValueMix"), "Value", channels);
        Node receptance = Projections.Project(context, mix.Of("ReceptanceMix"), "Receptance", channels);
        Node decay = context.Parameter("Decay", "Evenly(-5, 3)", decays: false, channels);
        Node bonus = context.Parameter("Bonus", "Constant(-1.2f)", decays: false, channels);
        Node mixed = WkvAttention.Mix(g, key, value, decay, bonus, segments, context.Carried);
        return Projections.Project(
            context, g.Pointwise("mul", g.Pointwise("sigmoid", receptance), mixed), "Output", channels);
    }
}

/// <summary>
/// Channel mixing of RWKV (Peng et al. 2023, arXiv:2305.13048, equations 18 to 20), [b, n, c] -> [b, n, c]: a perceptron of each
/// position mixed with the one before, with a gate.
/// </summary>
internal sealed class RwkvChannelMixLayer : ICarryingLayer
{
    private const int UsualFactor = 4;

    public string Kind => "RwkvChannelMix";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Width", ArgumentKind.Size, "0", Minimum: 0),
    };

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        int channels = Projections.RequireSequence(context, x);
        int width = context.Size("Width") is > 0 and var given ? given : UsualFactor * channels;
        var mix = new TokenMix(context, x, Projections.Segments(context));
        Node key = Projections.Project(context, mix.Of("KeyMix"), "Key", width);
        Node value = Projections.Project(context, g.Pointwise("square", g.Pointwise("relu", key)), "Value", channels);
        Node receptance = Projections.Project(context, mix.Of("ReceptanceMix"), "Receptance", channels);
        return g.Pointwise("mul", g.Pointwise("sigmoid", receptance), value);
    }
}

/// <summary>A sequence mixed with itself one position earlier, feature by feature: weight·x_t + (1 - weight)·x_{t-1}.</summary>
internal sealed class TokenMix
{
    private static readonly int[] s_features = { 2 };

    private readonly LayerContext _context;
    private readonly Node _before;
    private readonly Node _change;

    public TokenMix(LayerContext context, Node x, Node? segments)
    {
        _context = context;
        Graph g = context.Graph;
        Node? first = context.Carried?.Take(1, x.Shape[2].Constant);
        _before = PositionFunctions.Shift(g, x, x.Shape[2], segments, first);
        _change = g.Pointwise("sub", x, _before);
        context.Carried?.Leave(g.Slice(x, 1, x.Shape[1] - 1, 1));
    }

    /// <summary>By a parameter of its own, and what is added to it at each position.</summary>
    public Node Of(string parameter, Node? more = null)
    {
        Graph g = _context.Graph;
        Node vector = _context.Parameter(parameter, "Evenly(0, 1)", decays: false, _change.Shape[2].Constant);
        Node weight = g.Broadcast(vector, _change.Shape, s_features);
        weight = more is null ? weight : g.Pointwise("add", weight, more);
        return g.Pointwise("add", _before, g.Pointwise("mul", _change, weight));
    }
}
