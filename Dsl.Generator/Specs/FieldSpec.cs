using System;
using System.Linq;
using Dsl.Generator.ReceptiveFields;

namespace Dsl.Generator.Specs;

/// <summary>The receptive field of a layer in an image, as constants: symbolic heights and widths change none of
/// them.</summary>
/// <param name="Image">The input.</param>
/// <param name="Rows">Along its height.</param>
/// <param name="Columns">Along its width.</param>
internal sealed record FieldSpec(string Image, FieldAxisSpec Rows, FieldAxisSpec Columns)
{
    /// <summary><c>8x8 stride 2 padding 3</c>; two numbers where the axes differ, a range where the position matters,
    /// <c>all</c> for a whole axis.</summary>
    public override string ToString() => Rows.IsWhole && Columns.IsWhole
        ? "whole image"
        : $"{Rows.Size}x{Columns.Size} stride {Both(Rows.StrideText, Columns.StrideText)} "
            + $"padding {Both(Rows.PaddingText, Columns.PaddingText)}";

    private static string Both(string rows, string columns) => rows == columns ? rows : $"{rows},{columns}";
}

/// <summary>A receptive field along one axis: unit u sees the pixels u·Stride - Padding … u·Stride - Padding + size -
/// 1.</summary>
/// <param name="IsWhole">Every unit sees the whole axis; then nothing else is said.</param>
/// <param name="Smallest">The number of pixels from the first to the last one that every unit sees for sure.</param>
/// <param name="Largest">That number for the unit that sees farthest: the size.</param>
/// <param name="Stride">Pixels from a unit's field to the next one's, on average.</param>
/// <param name="LeastPadding">How far the field of unit 0 begins before the image, and the least over all
/// units.</param>
/// <param name="MostPadding">The most over all units.</param>
/// <param name="FirstStart">The middle of the field of unit 0, where pixel i lies from i to i + 1; the least over all
/// units, each less u·Stride.</param>
/// <param name="LastStart">The most over all units.</param>
internal sealed record FieldAxisSpec(
    bool IsWhole,
    long Smallest,
    long Largest,
    Fraction Stride,
    Fraction LeastPadding,
    Fraction MostPadding,
    Fraction FirstStart,
    Fraction LastStart)
{
    private static readonly FieldAxisSpec s_whole = new(
        true, 0, 0, Fraction.Zero, Fraction.Zero, Fraction.Zero, Fraction.Zero, Fraction.Zero);

    /// <summary><c>8</c>, <c>1..3</c> or <c>all</c>.</summary>
    public string Size => IsWhole ? "all" : Range(Smallest.ToString(), Largest.ToString());

    public string StrideText => IsWhole ? "-" : Stride.ToString();

    public string PaddingText => IsWhole ? "-" : Range(LeastPadding.ToString(), MostPadding.ToString());

    /// <summary><c>1/2</c>, or a range.</summary>
    public string StartText => IsWhole ? "-" : Range(FirstStart.ToString(), LastStart.ToString());

    /// <summary>The numbers of a reach, over all its phases.</summary>
    public static FieldAxisSpec Of(AxisReach seen)
    {
        if (seen.Reach is not { } reach)
        {
            return s_whole;
        }

        var units = Enumerable.Range(0, reach.Period)
            .Where(o => !reach.At(o).IsEmpty)
            .Select(o => (Shift: o * reach.Stride, Seen: reach.At(o), Edges: reach.Edges(o)))
            .ToList();
        return units.Count == 0
            ? s_whole
            : new FieldAxisSpec(
                false,
                units.Count < reach.Period ? 0 : units.Min(static u => Sure(u.Edges)),
                units.Max(static u => u.Seen.Span),
                reach.Stride,
                units.Min(static u => u.Shift - u.Edges.LatestFirst),
                units.Max(static u => u.Shift - u.Seen.First),
                units.Min(static u => Middle(u.Seen.First, u.Edges.EarliestLast) - u.Shift),
                units.Max(static u => Middle(u.Edges.LatestFirst, u.Seen.Last) - u.Shift));
    }

    /// <summary>A unit that sees anything sees a pixel.</summary>
    private static long Sure((long LatestFirst, long EarliestLast) edges) =>
        Math.Max(1, edges.EarliestLast - edges.LatestFirst + 1);

    private static Fraction Middle(long first, long last) => new Fraction(first + last + 1) * Fraction.Half;

    private static string Range(string least, string most) => least == most ? least : $"{least}..{most}";
}
