using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Ops;

/// <summary>
/// Uniform numbers in [0, 1), each a function of the step's key, of the site and of its element's position in row-major
/// order. A leaf: whoever needs a number draws it, so the backward pass draws again what the forward pass drew and no
/// mask is stored.
/// </summary>
/// <param name="Site">Which draw of the function, in the order of its calls.</param>
/// <param name="Dims">The extents.</param>
internal sealed record RandomOp(int Site, EquatableArray<Size> Dims) : LeafOp
{
    private const uint Multiplier = 0xD256D193;
    private const uint Weyl = 0x9E3779B9;
    private const int Rounds = 10;

    public override string Name => "random";

    public override string Attributes => Site.ToString(CultureInfo.InvariantCulture);

    /// <summary>x with each element set to 0 with a probability, else scaled so that the expectation stays.</summary>
    public static Node Dropout(Graph graph, Node x, double rate, int site)
    {
        // A body compares floats.
        double least = (float)rate;
        Node random = graph.Add(new RandomOp(site, x.Shape.ToEquatable()));
        Node keep = graph.Pointwise("lessequal", graph.Fill(least, x.Shape), random);
        Node scaled = graph.Pointwise("mul", x, graph.Constant(1 / (1 - rate)));
        return graph.Pointwise("select", keep, scaled, graph.Fill(0, x.Shape));
    }

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        (Dims.ToImmutableArray(), DType.Float);

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        throw new InvalidOperationException("Random numbers need the step's key.");

    /// <summary>The numbers under a key: Philox2x32-10 of the counter (position, site).</summary>
    public NdArray Draw(int[] shape, (int Word0, int Word1) key)
    {
        NdArray result = NdArray.Zeros(shape);
        for (int i = 0; i < result.Data.Length; i++)
        {
            uint c0 = (uint)i;
            uint c1 = (uint)(Site ^ key.Word1);
            uint k = (uint)key.Word0;
            for (int round = 0; round < Rounds; round++)
            {
                ulong product = (ulong)Multiplier * c0;
                (c0, c1) = ((uint)(product >> 32) ^ k ^ c1, unchecked((uint)product));
                k = unchecked(k + Weyl);
            }

            result.Data[i] = (c0 >> 8) / 16777216.0;
        }

        return result;
    }
}
