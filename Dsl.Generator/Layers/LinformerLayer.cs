using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;

namespace Dsl.Generator.Layers;

/// <summary>Multi-head attention to sums of positions, with its projections: [b, n, c] -> [b, n, c]. Query, Key, Value
/// [heads·d, c], Output [c, heads·d], Weight and ValueWeight [length, rank] or [heads, length, rank].</summary>
internal sealed class LinformerLayer : ILayer
{
    public string Kind => "Linformer";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Heads", ArgumentKind.Size, null),
        new LayerArgument("Length", ArgumentKind.Size, null),
        new LayerArgument("Rank", ArgumentKind.Size, "256"),
        new LayerArgument("Width", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Sharing", ArgumentKind.Choice, "HeadWise"),
        new LayerArgument("Bias", ArgumentKind.Bool, "false"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        Projections.RequireSequence(context, x);
        Projections.RefuseSegments(context, "its keys are sums of positions of all segments");
        int length = context.Size("Length");
        if (x.Shape[1].IsConstant && x.Shape[1].Constant > length)
        {
            throw context.OutOfRange(
                "Length", length.ToString(CultureInfo.InvariantCulture),
                $"at least {x.Shape[1]}, a row of weights for each position of the input")
                .Offer(context.Write("Length", x.Shape[1].Constant));
        }

        int rank = context.Size("Rank");
        string sharing = context.Choice("Sharing");
        var parts = HeadProjections.Of(context, x);
        int[] dims = sharing == "None" ? new[] { parts.Heads, length, rank } : new[] { length, rank };
        string init = LayerContext.KaimingUniform(rank);
        Node keySums = context.Parameter("Weight", init, decays: true, dims);
        Node valueSums = sharing == "KeyValue" ? keySums : context.Parameter("ValueWeight", init, decays: true, dims);
        Node mixed = LowRankAttention.Mix(context.Graph, parts.Query, parts.Key, parts.Value, parts.Heads, keySums, valueSums);
        return HeadProjections.Output(context, mixed);
    }
}
