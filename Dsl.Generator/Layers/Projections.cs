using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;

namespace Dsl.Generator.Layers;

/// <summary>What the layers of sequences have in common: products of positions with weights, [b, n, in] -> [b, n, units].</summary>
internal static class Projections
{
    /// <summary>Requires a sequence [b, n, c] with a constant c, which it gives.</summary>
    public static int RequireSequence(LayerContext context, Node x) => x.Rank == 3 && x.Shape[2].IsConstant
        ? x.Shape[2].Constant
        : throw context.Mismatch(
            x, "a sequence 'b, n, c' with a constant c", "give the layer a tensor of rank 3 with a constant last extent");

    /// <summary>The ints among the inputs, numbers of segments [b, n] of the first one; or null.</summary>
    public static Node? Segments(LayerContext context)
    {
        Node x = context.Inputs[0];
        Node? segments = context.Inputs.Skip(1).FirstOrDefault(static i => i.DType == DType.Int);
        return segments is null || segments.Shape.SequenceEqual(x.Shape.Take(2)) ? segments
            : throw context.Mismatch(segments, $"'{x.Shape[0]}, {x.Shape[1]}'", "segments are a number for each position");
    }

    /// <summary>Requires that there are no ints among the inputs.</summary>
    /// <param name="context">The call.</param>
    /// <param name="why">Why the layer cannot keep segments apart, a clause.</param>
    public static void RefuseSegments(LayerContext context, string why)
    {
        if (context.Inputs.Skip(1).Any(static i => i.DType == DType.Int))
        {
            throw new ProblemException(ProblemIds.NoSegments, context.Site, context.Name, context.Kind, why);
        }
    }

    /// <summary>x·Wᵀ with a parameter of its own, and an offset where there is one.</summary>
    public static Node Project(LayerContext context, Node x, string weight, int units, string? bias = null)
    {
        int fanIn = x.Shape[2].Constant;
        string init = LayerContext.KaimingUniform(fanIn);
        Node y = context.Graph.Contract("btk,ok->bto", x, context.Parameter(weight, init, decays: true, units, fanIn));
        return bias is null ? y : context.AddAlong(y, 2, context.Parameter(bias, init, decays: false, units));
    }

    /// <summary>gain·x + offset with a gain and an offset for each feature.</summary>
    public static Node Affine(LayerContext context, Node x, string name)
    {
        int width = x.Shape[2].Constant;
        Node scaled = context.ScaleAlong(x, 2, context.Parameter(name + "Gain", "Normal(0.02)", decays: false, width));
        return context.AddAlong(scaled, 2, context.Parameter(name + "Offset", "Zeros()", decays: false, width));
    }

    /// <summary>x·sigmoid(x).</summary>
    public static Node Silu(Graph g, Node x) => g.Pointwise("mul", x, g.Pointwise("sigmoid", x));

    /// <summary>Turns queries or keys [b, n, heads·d] by their positions.</summary>
    public static Node Rotate(LayerContext context, Node x, int heads, double angleBase, bool halves = true)
    {
        Graph g = context.Graph;
        Node rows = g.Reshape(x, new[] { x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads });
        return g.Reshape(PositionFunctions.Rotate(g, rows, angleBase, halves, from: 0), x.Shape);
    }
}
