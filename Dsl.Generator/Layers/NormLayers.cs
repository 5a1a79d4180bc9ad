using System.Collections.Generic;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;

namespace Dsl.Generator.Layers;

/// <summary>y = gain·(x - mean)/√(variance + ε) + bias along one axis; Gain and Bias have its extent.</summary>
internal sealed class LayerNormLayer : ILayer
{
    public string Kind => "LayerNorm";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Axis", ArgumentKind.Axis, "-1"),
        new LayerArgument("Epsilon", ArgumentKind.Number, "1E-05"),
        new LayerArgument("Bias", ArgumentKind.Bool, "true"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        int axis = context.Axis("Axis", x);
        int width = context.Extent(x, axis);
        Node y = Normalization.Standardize(context.Graph, x, axis, context.Epsilon());
        y = context.ScaleAlong(y, axis, context.Parameter("Gain", "Ones()", decays: false, width));
        return context.Bool("Bias")
            ? context.AddAlong(y, axis, context.Parameter("Bias", "Zeros()", decays: false, width))
            : y;
    }
}

/// <summary>y = gain·x/√(mean x² + ε) along one axis; Gain has its extent.</summary>
internal sealed class RmsNormLayer : ILayer
{
    public string Kind => "RmsNorm";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Axis", ArgumentKind.Axis, "-1"),
        new LayerArgument("Epsilon", ArgumentKind.Number, "1E-06"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        int axis = context.Axis("Axis", x);
        int width = context.Extent(x, axis);
        Node y = Normalization.DivideByRootMeanSquare(context.Graph, x, axis, context.Epsilon());
        return context.ScaleAlong(y, axis, context.Parameter("Gain", "Ones()", decays: false, width));
    }
}

/// <summary>y = gain·x/max(|x|/√d, ε) along the last axis, whose extent is d; Gain [1].</summary>
internal sealed class ScaleNormLayer : ILayer
{
    public string Kind => "ScaleNorm";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Epsilon", ArgumentKind.Number, "1E-05"),
        new LayerArgument("RootMean", ArgumentKind.Bool, "true"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        if (x.Rank == 0)
        {
            throw context.Mismatch(x, "rank 1 or more", "give the layer a tensor with an axis to normalise");
        }

        double epsilon = context.Epsilon(Normalization.SmallestLength);
        Node y = Normalization.DivideByLength(context.Graph, x, x.Rank - 1, epsilon, context.Bool("RootMean"));
        Node gain = context.Parameter("Gain", "Ones()", decays: false, 1);
        return context.Graph.Pointwise("mul", y, context.Graph.BroadcastTo(gain, y.Shape));
    }
}

/// <summary>
/// Mean 0 and variance 1 over groups of channels and all positions: [b, c, ...] -> the same; Gain and Bias [c].
/// </summary>
internal sealed class GroupNormLayer : ILayer
{
    public string Kind => "GroupNorm";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Groups", ArgumentKind.Size, null),
        new LayerArgument("Epsilon", ArgumentKind.Number, "1E-05"),
        new LayerArgument("Affine", ArgumentKind.Bool, "true"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        if (x.Rank < 2)
        {
            throw context.Mismatch(x, "'b, c, ...' with a constant c", "give the layer a tensor of rank 2 or more");
        }

        int channels = context.Extent(x, 1);
        int groups = context.Size("Groups");
        context.RequireDivides(groups, channels, "input");
        return NormalizedChannels.Lower(context, x, groups);
    }
}

/// <summary>Mean 0 and variance 1 of every channel of every sample: [b, c, positions...] -> the same.</summary>
internal sealed class InstanceNormLayer : ILayer
{
    public string Kind => "InstanceNorm";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Epsilon", ArgumentKind.Number, "1E-05"),
        new LayerArgument("Affine", ArgumentKind.Bool, "false"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        return x.Rank > 2
            ? NormalizedChannels.Lower(context, x, context.Extent(x, 1))
            : throw context.Mismatch(
                x, "'b, c, ...' with axes of positions", "give the layer a tensor of rank 3 or more");
    }
}

/// <summary>What group and instance normalisation share.</summary>
internal static class NormalizedChannels
{
    public static Node Lower(LayerContext context, Node x, int groups)
    {
        int channels = x.Shape[1].Constant;
        Node y = Normalization.StandardizeGroups(context.Graph, x, groups, context.Epsilon());
        if (!context.Bool("Affine"))
        {
            return y;
        }

        y = context.ScaleAlong(y, 1, context.Parameter("Gain", "Ones()", decays: false, channels));
        return context.AddAlong(y, 1, context.Parameter("Bias", "Zeros()", decays: false, channels));
    }
}
