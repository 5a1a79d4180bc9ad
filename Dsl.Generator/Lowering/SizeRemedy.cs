using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Lowering;

/// <summary>What to write when shapes that should be equal are not.</summary>
internal static class SizeRemedy
{
    private const int MostMultiple = 256;

    /// <summary>Where only the rounding of a division tells two extents apart, the multiple that makes them
    /// equal.</summary>
    public static string Of(IReadOnlyList<Size> expected, IReadOnlyList<Size> actual, int except = -1)
    {
        if (expected.Count == actual.Count)
        {
            foreach (int axis in Enumerable.Range(0, expected.Count).Where(a => a != except
                && !expected[a].Equals(actual[a])))
            {
                (Size wanted, Size have) = (expected[axis], actual[axis]);
                foreach (string symbol in wanted.Symbols.Union(have.Symbols))
                {
                    if (Multiple(wanted, have, symbol) is { } multiple)
                    {
                        return $"'{wanted}' and '{have}' are equal only for some '{symbol}': "
                            + $"declare the axis as \"{multiple}*{symbol}\", or use PadTo or CropTo";
                    }
                }
            }
        }

        return "give both the same shape"
            + (except < 0 ? ", or extents of 1 where one is to be repeated" : $" except along axis {except}");
    }

    private static int? Multiple(Size a, Size b, string symbol)
    {
        for (int multiple = 2; multiple <= MostMultiple; multiple++)
        {
            Size times = Size.Symbol(symbol) * multiple;
            if (a.Substitute(s => s == symbol ? times : null).Equals(b.Substitute(s => s == symbol ? times : null)))
            {
                return multiple;
            }
        }

        return null;
    }
}
