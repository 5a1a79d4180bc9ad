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

    /// <summary>The symbols to declare as multiples, and of what, after which extents are equal; null when that is not
    /// all.</summary>
    public static IReadOnlyDictionary<string, int>? Multiples(
        IReadOnlyList<Size> expected, IReadOnlyList<Size> actual, int except = -1)
    {
        var multiples = new Dictionary<string, int>(System.StringComparer.Ordinal);
        for (int axis = 0; axis < expected.Count && expected.Count == actual.Count; axis++)
        {
            (Size wanted, Size have) = (expected[axis], actual[axis]);
            if (axis == except || wanted.Equals(have))
            {
                continue;
            }

            string? symbol = wanted.Symbols.Union(have.Symbols).FirstOrDefault(s => Multiple(wanted, have, s) is not null);
            if (symbol is null)
            {
                return null;
            }

            multiples[symbol] = Multiple(wanted, have, symbol)!.Value;
        }

        return multiples.Count > 0 ? multiples : null;
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
