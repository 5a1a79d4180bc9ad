using Dsl.Generator.Graphs;

namespace Dsl.Generator.Layers;

/// <summary>
/// What a layer with heads makes of its sequences: Query [b, n, heads·d], Key and Value [b, m, keyHeads·d], and of what its
/// heads give [b, n, heads·d] its result [b, n, c]. It reads the arguments Heads, Width and Bias.
/// </summary>
internal sealed record HeadProjections(int Heads, int KeyHeads, int Width, Node Query, Node Key, Node Value)
{
    /// <summary>The projections of a sequence, and of another one for keys and values where there is one.</summary>
    public static HeadProjections Of(LayerContext context, Node x, Node? other = null, int keyHeads = 0)
    {
        Node source = other ?? x;
        (int heads, int width) = HeadsOf(context, x);
        Projections.RequireSequence(context, source);
        keyHeads = keyHeads == 0 ? heads : keyHeads;
        return new HeadProjections(
            heads,
            keyHeads,
            width,
            Project(context, x, "Query", heads * width),
            Project(context, source, "Key", keyHeads * width),
            Project(context, source, "Value", keyHeads * width));
    }

    /// <summary>The projections of a sequence whose queries are its keys, too.</summary>
    public static HeadProjections Shared(LayerContext context, Node x)
    {
        (int heads, int width) = HeadsOf(context, x);
        Node queries = Project(context, x, "QueryKey", heads * width);
        return new HeadProjections(
            heads, heads, width, queries, queries, Project(context, x, "Value", heads * width));
    }

    /// <summary>How many heads there are, and how wide each is.</summary>
    public static (int Heads, int Width) HeadsOf(LayerContext context, Node x)
    {
        int channels = Projections.RequireSequence(context, x);
        int heads = context.Size("Heads");
        int width = context.Size("Width");
        if (width == 0)
        {
            context.RequireDivisor("Heads", heads, channels);
            width = channels / heads;
        }

        return (heads, width);
    }

    /// <summary>The layer's result, with as many features as its first input.</summary>
    public static Node Output(LayerContext context, Node mixed) =>
        Project(context, mixed, "Output", context.Tensor(0).Shape[2].Constant);

    /// <summary>A projection with an offset where the layer has those.</summary>
    public static Node Project(LayerContext context, Node x, string weight, int units) =>
        Projections.Project(context, x, weight, units, context.Bool("Bias") ? weight + "Bias" : null);
}
