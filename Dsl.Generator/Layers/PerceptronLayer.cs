using System.Collections.Generic;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Layers;

/// <summary>y = activation(x·Wᵀ + b) over the last axis: [..., in] -> [..., units]; Weight [units, in], Bias
/// [units].</summary>
internal sealed class PerceptronLayer : ILayer
{
    /// <summary>The letters of leading axes: samples, then positions in them.</summary>
    private const string Leading = "btsuvwxyz";

    public string Kind => "Perceptron";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Units", ArgumentKind.Size, null),
        new LayerArgument("Bias", ArgumentKind.Bool, "true"),
        new LayerArgument("Activation", ArgumentKind.Activation, "None"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        if (x.Rank == 0 || x.Rank > Leading.Length || !x.Shape[x.Rank - 1].IsConstant)
        {
            throw context.Mismatch(x, "'…, in' with a constant last extent",
                "give the last axis of the input a constant extent");
        }

        int units = context.Size("Units");
        int fanIn = x.Shape[x.Rank - 1].Constant;
        string init = LayerContext.KaimingUniform(fanIn);
        string leading = Leading.Substring(0, x.Rank - 1);
        Node weight = context.Parameter("Weight", init, decays: true, units, fanIn);
        Node y = context.Graph.Contract($"{leading}k,ok->{leading}o", x, weight);
        if (context.Bool("Bias"))
        {
            y = context.AddAlong(y, y.Rank - 1, context.Parameter("Bias", init, decays: false, units));
        }

        return context.Activate(y);
    }
}
