namespace Dsl.Generator.ReceptiveFields;

/// <summary>
/// What a node sees of one axis: positions that follow one of the node's own axes, or all there are.
/// </summary>
/// <param name="Axis">The axis of the node whose positions they follow; -1 for the whole axis.</param>
/// <param name="Reach">Which positions; null for the whole axis.</param>
internal sealed record AxisReach(int Axis, Reach? Reach)
{
    /// <summary>Every element sees the whole axis: a sum over it, a product along it, a reshape that tears it
    /// apart.</summary>
    public static AxisReach Whole { get; } = new(-1, null);

    public bool IsWhole => Reach is null;

    /// <summary>A reach along an axis of the node; the whole axis when there is none.</summary>
    public static AxisReach Along(int axis, Reach? reach) => reach is null ? Whole : new AxisReach(axis, reach);

    /// <summary>Position i of the node's axis sees position i.</summary>
    public static AxisReach Same(int axis) => new(axis, Reach.Same);

    /// <summary>Position i of the node's axis sees position i - shift; the whole axis when the shift depends on
    /// sizes.</summary>
    public static AxisReach Shifted(int axis, Size shift) =>
        shift.IsConstant ? new(axis, Reach.Window(1, 1, shift.Constant, 1)) : Whole;

    /// <summary>The axis of the node that an axis of its operand became, or the whole axis when
    /// <paramref name="axis"/> is
    /// negative.</summary>
    public static AxisReach SameOrWhole(int axis) => axis < 0 ? Whole : Same(axis);
}
