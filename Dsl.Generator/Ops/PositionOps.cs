using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Specs;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>Elements that are functions of their own place: leaves that nothing stores and every body computes. They
/// are in no buffer, so results and operands of products are made of them by a pointwise op.</summary>
/// <param name="Dims">The extents.</param>
internal abstract record PositionOp(EquatableArray<Size> Dims) : LeafOp
{
    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 0);
        return (Dims.ToImmutableArray(), DType.Float);
    }

    /// <summary>A tensor of the values that indices have.</summary>
    protected static NdArray Of(int[] shape, Func<int[], double> value)
    {
        NdArray result = NdArray.Zeros(shape);
        int[] strides = NdArray.StridesOf(shape);
        for (int i = 0; i < result.Data.Length; i++)
        {
            result.Data[i] = value(strides.Select((stride, axis) => i / stride % shape[axis]).ToArray());
        }

        return result;
    }
}

/// <summary>Each element is its index along one axis: 0, 1, 2, … Exact up to 2²⁴, where floats end.</summary>
/// <param name="Dims">The extents.</param>
/// <param name="Axis">The axis that is counted.</param>
internal sealed record IotaOp(EquatableArray<Size> Dims, int Axis) : PositionOp(Dims)
{
    public override string Name => "iota";

    public override string Attributes => "axis=" + Axis.ToString(CultureInfo.InvariantCulture);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.That(
            Axis >= 0 && Axis < Dims.Count, this, $"expects an axis below {Dims.Count} but gets {Axis}");
        return base.Infer(inputs);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        Of(node.Shape.Map(valueOf), index => index[Axis]);
}

/// <summary>
/// The angle by which rotary embeddings turn pair i at position p (Su et al. 2021, RoFormer, arXiv:2104.09864, eq. 34):
/// (p + From)·Base^(-i/pairs), of [positions, pairs]. It is known up to whole turns, in -π … π: read it through sine
/// and cosine.
/// </summary>
/// <remarks>
/// In floats p·Base^(-i/pairs) would be off by 6·10⁻⁸ of its size: 0.006 at position 100,000. Bodies therefore count
/// turns in integers: a frequency is a fraction of a turn in units of 2⁻⁶², and a product with a position that
/// overflows drops whole turns only. See <c>Dsl.Vectors.Rotation</c>.
/// </remarks>
/// <param name="Dims">Positions, pairs.</param>
/// <param name="Base">At least 1; 10,000 usually.</param>
/// <param name="From">The first position.</param>
internal sealed record AngleOp(EquatableArray<Size> Dims, double Base, int From) : PositionOp(Dims)
{
    private const double TwoTo32 = 4294967296;

    /// <summary>Positions before the first one, where that is known in a run only.</summary>
    public Size Earlier { get; init; } = Size.Zero;

    public override string Name => "angle";

    public override IEnumerable<Size> Sizes => new[] { Earlier };

    public override string Attributes => string.Format(
        CultureInfo.InvariantCulture, "base={0:R}{1}{2}", Base, From == 0 ? "" : $" from={From}",
        Earlier.Equals(Size.Zero) ? "" : $" behind={Earlier}");

    /// <summary>How many pairs there are.</summary>
    public int Pairs => (int)Dims[1].Constant;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.That(Dims.Count == 2 && Dims[1].IsConstant, this, "expects positions and a constant number of pairs");
        Expect.That(
            Base >= 1 && From >= 0, this, $"expects a base from 1 and a position from 0, not {Base} and {From}");
        return base.Infer(inputs);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        Of(node.Shape.Map(valueOf), index => Math.IEEERemainder(
            (index[0] + (double)From + valueOf(Earlier)) * Math.Pow(Base, -(double)index[1] / Pairs), 2 * Math.PI));

    /// <summary>The turns from one position to the next of pair 0.</summary>
    public static (int High, int Low) FirstFrequency => Words(1 / (2 * Math.PI));

    /// <summary>What a binary digit of a pair's number does to its frequency: Base^(-2^digit/pairs).</summary>
    public (int High, int Low) Factor(int digit) => Words(Math.Pow(Base, -Math.Pow(2, digit) / Pairs));

    /// <summary>How many binary digits the numbers of pairs have.</summary>
    public int Digits => Enumerable.Range(0, 31).First(digit => Pairs <= 1L << digit);

    /// <summary>A number below 1 in units of 2⁻⁶²: 32 bits and 30 more.</summary>
    private static (int High, int Low) Words(double fraction)
    {
        // 1 itself is as near as the words come to it.
        double scaled = Math.Min(fraction, 1 - Math.Pow(2, -53)) * TwoTo32;
        double high = Math.Floor(scaled);
        return (unchecked((int)(uint)high), (int)((scaled - high) * (1 << 30)));
    }
}

/// <summary>
/// Which row of a table of relative biases offset j - i uses (Raffel et al. 2020, T5, arXiv:1910.10683): element
/// j - i + Keys - 1 of [2·Keys - 1], a whole number. <see cref="RelativeBucket"/> says which.
/// </summary>
/// <param name="Keys">How many keys and queries there are.</param>
/// <param name="Buckets">The buckets, whose limits are constants of the body.</param>
internal sealed record BucketOp(Size Keys, RelativeBucket Buckets) : PositionOp(new[] { (Keys * 2) - 1 }.ToEquatable())
{
    public override string Name => "bucket";

    public override string Attributes => string.Format(
        CultureInfo.InvariantCulture, "of={0} max={1}{2}", Buckets.Count, Buckets.MaxDistance,
        Buckets.Causal ? " causal" : "");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        int keys = valueOf(Keys);
        return Of(node.Shape.Map(valueOf), index => Buckets.Of(index[0] - keys + 1));
    }
}
