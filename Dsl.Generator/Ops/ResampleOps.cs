using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>How an image is resampled, both axes alike; <see cref="ResampleAxis"/> says what that means.</summary>
/// <param name="Mode">Which source pixels are read.</param>
/// <param name="AlignCorners">Whether the middles of the corner pixels stay in place, not their edges.</param>
/// <param name="Scale">The scale that positions are computed with; <c>default</c>: the quotient of the extents.</param>
internal sealed record ResampleRule(ResampleMode Mode, bool AlignCorners = false, Ratio Scale = default)
{
    /// <summary>How many times larger one of two symbolic extents is looked for.</summary>
    private const int LargestQuotient = 64;

    public override string ToString() =>
        Mode.ToString().ToLowerInvariant()
        + (AlignCorners ? " aligncorners" : "") + (Scale.Numerator == 0 ? "" : $" scale={Scale}");

    /// <summary>The weights [result, source] along one axis.</summary>
    public double[,] Matrix(int source, int result)
    {
        ResampleAxis axis = ResampleAxis.Of(Mode, AlignCorners, source, result, Scale);
        var matrix = new double[result, source];
        for (int r = 0; r < result; r++)
        {
            for (int s = axis.First(r); s < axis.End(r); s++)
            {
                matrix[r, s] = axis.Weight(r, s);
            }
        }

        return matrix;
    }

    /// <summary>What a result pixel sees along one axis. The whole axis where the extents have no constant
    /// quotient.</summary>
    public Reach? Field(Size source, Size result)
    {
        // A scale that is an integer is the quotient of the extents; aligned corners know no other scale.
        bool isGiven = Scale.Numerator > 0 && (!AlignCorners || Scale.Denominator == 1);
        if ((isGiven ? new Fraction(Scale.Denominator, Scale.Numerator) : Quotient(source, result)) is not { } scale)
        {
            return null;
        }

        (int before, int after) = Mode switch
        {
            ResampleMode.Linear => (1, 1),
            ResampleMode.Cubic => (2, 2),
            _ => (1, 0),
        };
        return Mode switch
        {
            // Bins of equal size; others overlap by what the extents leave over.
            ResampleMode.Area => scale.IsInteger
                ? Reach.Window((int)scale.Numerator, (int)scale.Numerator, 0, 1) : null,
            ResampleMode.Nearest => Reach.Resize(scale, Fraction.Zero, before, after),
            ResampleMode.NearestExact => Reach.Resize(scale, scale * Fraction.Half, before, after),
            _ when AlignCorners => Reach.ResizeCorners(scale, before, after),
            _ => Reach.Resize(scale, (scale - 1) * Fraction.Half, before, after),
        };
    }

    private static Fraction? Quotient(Size source, Size result)
    {
        if (source.IsConstant && result.IsConstant)
        {
            return new Fraction(source.Constant, result.Constant);
        }

        for (int times = 1; times <= LargestQuotient; times++)
        {
            if (result.Equals(source * times) || source.Equals(result * times))
            {
                return result.Equals(source * times) ? new Fraction(1, times) : new Fraction(times);
            }
        }

        return null;
    }

    /// <summary>Pixels of a result that a result pixel reads, along one axis.</summary>
    public int Taps => Mode switch
    {
        ResampleMode.Linear => 2,
        ResampleMode.Cubic => 4,
        _ => 1,
    };
}

/// <summary>Images at another size: y = A·x·Bᵀ in every plane, <c>[b, c, h, w] -> [b, c, Height, Width]</c>.</summary>
/// <param name="Rule">What A and B are.</param>
/// <param name="Height">The height of the result.</param>
/// <param name="Width">The width of the result.</param>
internal sealed record ResampleOp(ResampleRule Rule, Size Height, Size Width) : Op
{
    public override string Name => "resample";

    public override string Attributes => $"{Rule} to {Height},{Width}";

    public override Placement? Placement => new(Skeleton.Resample, OperandForm.Image) { YieldsImage = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Rank(this, inputs[0], 4);
        return (GraphLists.Dims(inputs[0].Shape[0], inputs[0].Shape[1], Height, Width), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => axis < 2
        ? AxisReach.Same(axis)
        : AxisReach.Along(axis, Rule.Field(node.Inputs[0].Shape[axis], node.Shape[axis]));

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node x = node.Inputs[0];
        return new Node?[] { graph.Add(new ResampleGradientOp(Rule, x.Shape[2], x.Shape[3]), cotangent) };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray x = inputs[0];
        NdArray y = NdArray.Zeros(node.Shape.Map(valueOf));
        Planes.Visit(Rule, x.Shape, y.Shape, (source, result, weight) => y.Data[result] += weight * x.Data[source]);
        return y;
    }

    public override Size Flops(Node node) => node.Length * (2 * Rule.Taps * Rule.Taps);
}

/// <summary>The adjoint of <see cref="ResampleOp"/>: dy [b, c, i, j] -> [b, c, Height, Width], Aᵀ·dy·B in every
/// plane.</summary>
/// <param name="Rule">The rule of the forward op.</param>
/// <param name="Height">The height of its input.</param>
/// <param name="Width">The width of its input.</param>
internal sealed record ResampleGradientOp(ResampleRule Rule, Size Height, Size Width) : Op
{
    public override string Name => "resamplegradient";

    public override string Attributes => $"{Rule} to {Height},{Width}";

    public override Placement? Placement => new(Skeleton.ResampleGradient, OperandForm.Image) { YieldsImage = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Rank(this, inputs[0], 4);
        return (GraphLists.Dims(inputs[0].Shape[0], inputs[0].Shape[1], Height, Width), DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node dy = node.Inputs[0];
        return new Node?[] { graph.Add(new ResampleOp(Rule, dy.Shape[2], dy.Shape[3]), cotangent) };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray dy = inputs[0];
        NdArray dx = NdArray.Zeros(node.Shape.Map(valueOf));
        Planes.Visit(Rule, dx.Shape, dy.Shape, (source, result, weight) => dx.Data[source] += weight * dy.Data[result]);
        return dx;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length * (2 * Rule.Taps * Rule.Taps);
}

/// <summary>Walks over the planes of images, for evaluation.</summary>
internal static class Planes
{
    /// <summary>Visits every pair of a source and a result pixel with its weight, unless that is 0.</summary>
    public static void Visit(ResampleRule rule, int[] source, int[] result, Action<int, int, double> visit)
    {
        double[,] down = rule.Matrix(source[2], result[2]);
        double[,] across = rule.Matrix(source[3], result[3]);
        for (int plane = 0; plane < source[0] * source[1]; plane++)
        {
            for (int at = 0; at < result[2] * result[3]; at++)
            {
                foreach (int row in Enumerable.Range(0, source[2]).Where(r => down[at / result[3], r] != 0))
                {
                    foreach (int column in Enumerable.Range(0, source[3]).Where(c => across[at % result[3], c] != 0))
                    {
                        visit(
                            (((plane * source[2]) + row) * source[3]) + column,
                            (plane * result[2] * result[3]) + at,
                            down[at / result[3], row] * across[at % result[3], column]);
                    }
                }
            }
        }
    }
}
