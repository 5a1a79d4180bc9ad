using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Dsl.Generator.Scheduling;

/// <summary>Zeros around each image of a rank-4 buffer, so that a convolution never tests a border.</summary>
internal sealed record Halo(int Top, int Bottom, int Left, int Right)
{
    public static Halo None { get; } = new(0, 0, 0, 0);

    public bool IsEmpty => this == None;

    /// <summary>The halo that serves both.</summary>
    public Halo Union(Halo other) => new(
        System.Math.Max(Top, other.Top), System.Math.Max(Bottom, other.Bottom),
        System.Math.Max(Left, other.Left), System.Math.Max(Right, other.Right));

    public override string ToString() => $"{Top},{Bottom},{Left},{Right}";
}

/// <summary>The lower part of an index along an axis: the index is outer·Extent + digit.</summary>
internal sealed record Digit(int Extent, Size Stride);

/// <summary>
/// Where the elements of a tensor are: element (i, j, …) lies at origin + i·Strides[0] + j·Strides[1] + …. Logical axes keep
/// the user's order; the physical order shows in the strides. An axis may be split into digits with a stride each (a
/// channel that pixel shuffle makes a pixel); then its stride is that of what is left of the index.
/// </summary>
internal sealed class Layout
{
    private static readonly ImmutableDictionary<int, ImmutableArray<Digit>> s_even =
        ImmutableDictionary<int, ImmutableArray<Digit>>.Empty;

    private readonly ImmutableDictionary<int, ImmutableArray<Digit>> _digits;

    private Layout(
        ImmutableArray<Size> strides, Size length, Size origin, Halo halo,
        ImmutableDictionary<int, ImmutableArray<Digit>>? digits = null)
    {
        _digits = digits ?? s_even;
        Strides = strides;
        Length = length;
        Origin = origin;
        Halo = halo;
    }

    /// <summary>Elements between neighbours along each logical axis.</summary>
    public ImmutableArray<Size> Strides { get; }

    /// <summary>Elements in all, halo included.</summary>
    public Size Length { get; }

    /// <summary>Elements before the first one inside the halo.</summary>
    public Size Origin { get; }

    public Halo Halo { get; }

    /// <summary>The digits of an axis, outermost first; empty when its elements lie evenly.</summary>
    public ImmutableArray<Digit> Digits(int axis) =>
        _digits.TryGetValue(axis, out ImmutableArray<Digit> digits) ? digits : ImmutableArray<Digit>.Empty;

    /// <summary>Whether no axis has digits.</summary>
    public bool IsEven => _digits.IsEmpty;

    /// <summary>The smallest step along an axis: between neighbours of the last digit.</summary>
    public Size Step(int axis) => _digits.TryGetValue(axis, out ImmutableArray<Digit> digits) ? digits.Last().Stride
        : Strides[axis];

    /// <summary>Without gaps, the physical axes being the logical ones in the given order (outermost first).</summary>
    public static Layout Permuted(IReadOnlyList<Size> shape, IReadOnlyList<int> order)
    {
        var strides = new Size[shape.Count];
        Size length = Size.One;
        foreach (int axis in order.Reverse())
        {
            strides[axis] = length;
            length *= shape[axis];
        }

        return new Layout(strides.ToImmutableArray(), length, Size.Zero, Halo.None);
    }

    /// <summary>Row-major in the logical order, without gaps.</summary>
    public static Layout Dense(IReadOnlyList<Size> shape) => Permuted(shape, Enumerable.Range(0, shape.Count).ToArray());

    /// <summary>Logical b, c, h, w stored channel-last with a halo: [b][top + h + bottom][left + w + right][c].</summary>
    public static Layout Image(IReadOnlyList<Size> shape, Halo halo)
    {
        Size pixel = shape[1];
        Size row = (shape[3] + halo.Left + halo.Right) * pixel;
        Size image = (shape[2] + halo.Top + halo.Bottom) * row;
        return new Layout(
            ImmutableArray.Create(image, Size.One, row, pixel), shape[0] * image, (row * halo.Top) + (pixel * halo.Left), halo);
    }

    /// <summary>The same buffer seen with other axes: axis i is this layout's <paramref name="axes"/>[i], or new with extent 1.</summary>
    public Layout Select(IReadOnlyList<int> axes) =>
        new(axes.Select(a => a < 0 ? Length : Strides[a]).ToImmutableArray(), Length, Origin, Halo,
            Enumerable.Range(0, axes.Count).Where(i => _digits.ContainsKey(axes[i]))
                .ToImmutableDictionary(static i => i, i => _digits[axes[i]]));

    /// <summary>The same buffer seen with other axes, given by their strides.</summary>
    public Layout Strided(IEnumerable<Size> strides) => new(strides.ToImmutableArray(), Length, Origin, Halo);

    /// <summary>What begins at an index of an axis.</summary>
    public Layout Part(int axis, Size start) => new(Strides, Length, Origin + (start * Strides[axis]), Halo, _digits);

    /// <summary>Every so many elements of an axis.</summary>
    public Layout Scaled(int axis, int factor) =>
        new(Strides.SetItem(axis, Strides[axis] * factor), Length, Origin, Halo, _digits);

    /// <summary>An axis whose index ends in digits.</summary>
    public Layout Split(int axis, params Digit[] digits) =>
        new(Strides, Length, Origin, Halo, _digits.SetItem(axis, digits.ToImmutableArray()));

    public override string ToString() =>
        $"strides {string.Join(", ", Strides)}" + (Halo.IsEmpty ? "" : $" halo {Halo}");
}

/// <summary>A parameter's physical form: factored, permuted, without gaps.</summary>
internal sealed record Packing(string Parameter, ImmutableArray<int> Factors, ImmutableArray<int> Order)
{
    public bool Fits(Packing other) => Factors.SequenceEqual(other.Factors) && Order.SequenceEqual(other.Order);

    public override string ToString() => $"{Parameter} [{string.Join(",", Factors)}] as ({string.Join(",", Order)})";
}
