using System;
using System.Linq;
using Dsl.Plans;

namespace Dsl.Sessions;

/// <summary>Refuses sizes with which some value would be empty, and says from which size on it works; or sizes for
/// which there is not enough of something, such as weights for positions, and says up to which it does.</summary>
internal static class ExtentCheck
{
    private const int LargestTried = 1 << 16;

    /// <summary>Checks every extent; allocates nothing when all are large enough.</summary>
    /// <exception cref="ArgumentException">One is too small.</exception>
    public static void Require(Program program, SizeValues sizes)
    {
        for (int i = 0; i < program.Extents.Count; i++)
        {
            ExtentPlan plan = program.Extents[i];
            if (plan.Extent.Evaluate(sizes) < plan.Minimum)
            {
                throw new ArgumentException(Message(program, plan, sizes));
            }
        }
    }

    private static string Message(Program program, ExtentPlan plan, SizeValues sizes)
    {
        string what = $"'{plan.Name}' would have {plan.Axis} {plan.Extent.Evaluate(sizes)}";
        foreach (string symbol in plan.Extent.Symbols)
        {
            if (Nearest(program, sizes, symbol) is { } nearest)
            {
                foreach (TensorPlan input in program.Inputs)
                {
                    int axis = Array.FindIndex(input.Shape, d => d.Mentions(symbol));
                    if (axis >= 0)
                    {
                        long At(int value) => input.Shape[axis].Evaluate(name => name == symbol ? value : sizes[name]);
                        return $"{what}: the {NameOf(axis, input.Shape.Length)} of '{input.Name}' is {At(sizes[symbol])} and must be at "
                            + $"{(nearest < sizes[symbol] ? "most" : "least")} {At(nearest)}.";
                    }
                }
            }
        }

        return what + $", where {string.Join(", ", plan.Extent.Symbols.Select(s => $"{s} = {sizes[s]}"))}.";
    }

    /// <summary>The value of one symbol, nearest below or else above its own, with which all extents that it makes are
    /// large enough, the others as they are; null when there is none.</summary>
    private static int? Nearest(Program program, SizeValues sizes, string symbol)
    {
        ExtentPlan[] plans = [.. program.Extents.Where(p => p.Extent.Mentions(symbol))];
        bool Works(int value) =>
            plans.All(p => p.Extent.Evaluate(name => name == symbol ? value : sizes[name]) >= p.Minimum);
        for (int value = Math.Min(sizes[symbol], LargestTried); value >= 1; value--)
        {
            if (Works(value))
            {
                return value;
            }
        }

        for (int value = sizes[symbol]; value <= LargestTried; value++)
        {
            if (Works(value))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>What users call an axis: images are [b, c, height, width].</summary>
    internal static string NameOf(int axis, int rank) => (axis, rank) switch
    {
        (2, 4) => "height",
        (3, 4) => "width",
        (2, 3) => "length",
        _ => $"axis {axis}",
    };
}
