using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// A causal convolution whose kernel may be as long as the sequence: of x [b, n, h] and k [m, h], y_t = Σ_j k_j·x_{t-j}
/// of each channel. By Fourier transforms, whose work is n·log n for any m: Gu et al. 2021, "Efficiently Modeling Long
/// Sequences with Structured State Spaces", arXiv:2111.00396, section 3.
/// </summary>
/// <param name="Reverse">Whether a position sees later positions instead of earlier ones: y_t = Σ_j
/// k_j·x_{t+j}.</param>
internal sealed record LongConvolutionOp(bool Reverse) : Op
{
    public override string Name => "longconvolution";

    public override string Attributes => Reverse ? "reverse" : "";

    public override Placement? Placement => new(Skeleton.Spectral, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        Expect.Rank(this, inputs[0], 3);
        Expect.Rank(this, inputs[1], 2);
        Expect.Shape(this, inputs[1], inputs[1].Shape[0], inputs[0].Shape[2]);
        Expect.That(inputs[0].Shape[2].IsConstant, this, "expects constant channels");
        return (inputs[0].Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        (input, axis) switch
        {
            (0, 1) or (1, 0) => AxisReach.Whole,
            (0, _) => AxisReach.Same(axis),
            _ => AxisReach.Same(2),
        };

    /// <summary>That of x is the same from the other end.</summary>
    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[]
    {
        graph.Add(this with { Reverse = !Reverse }, cotangent, node.Inputs[1]),
        graph.Add(new LongConvolutionTapsOp(node.Inputs[1].Shape[0], Reverse), node.Inputs[0], cotangent),
    };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray result = NdArray.Zeros(inputs[0].Shape);
        Walk(inputs[0].Shape, inputs[1].Shape[0], Reverse, (at, other, tap) =>
            result.Data[at] += inputs[1].Data[tap] * inputs[0].Data[other]);
        return result;
    }

    /// <summary>Visits each element of y with one of x and one of k that it is made of.</summary>
    public static void Walk(IReadOnlyList<int> shape, int taps, bool reverse, Action<int, int, int> visit)
    {
        (int n, int channels) = (shape[1], shape[2]);
        for (int row = 0; row < shape[0] * n; row++)
        {
            int seen = reverse ? n - (row % n) : (row % n) + 1;
            for (int i = 0; i < Math.Min(taps, seen) * channels; i++)
            {
                (int tap, int channel) = (i / channels, i % channels);
                visit((row * channels) + channel, ((reverse ? row + tap : row - tap) * channels) + channel, i);
            }
        }
    }

    /// <summary>Of each element: two transforms of twice the length, at some 40 operations for each element of
    /// sequences of a few thousand positions.</summary>
    public override Size Flops(Node node) => node.Length * 120;
}

/// <summary>
/// The gradient of a <see cref="LongConvolutionOp"/> by its kernel: of x and ȳ [b, n, h], [m, h]: Σ ȳ_t·x_{t-j} over
/// samples and positions, for each distance j.
/// </summary>
/// <param name="Taps">m.</param>
/// <param name="Reverse">Whether it is Σ ȳ_t·x_{t+j}.</param>
internal sealed record LongConvolutionTapsOp(Size Taps, bool Reverse) : Op
{
    public override string Name => "longconvolutiontaps";

    public override string Attributes => Taps.ToString() + (Reverse ? " reverse" : "");

    public override Placement? Placement => new(Skeleton.Spectral, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        Expect.Rank(this, inputs[0], 3);
        Expect.Shape(this, inputs[1], inputs[0].Shape[0], inputs[0].Shape[1], inputs[0].Shape[2]);
        return (ImmutableArray.Create(Taps, inputs[0].Shape[2]), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => AxisReach.Whole;

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        throw new InvalidOperationException($"'{Name}' has no gradient: it is part of one.");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        int taps = valueOf(Taps);
        NdArray result = NdArray.Zeros(new[] { taps, inputs[0].Shape[2] });
        LongConvolutionOp.Walk(inputs[0].Shape, taps, Reverse, (at, other, tap) =>
            result.Data[tap] += inputs[1].Data[at] * inputs[0].Data[other]);
        return result;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length * 120;
}
