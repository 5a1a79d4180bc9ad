using System.Collections.Generic;
using System.Linq;

namespace Dsl.Benchmarks;

/// <summary>What repeated measurements of one quantity gave, in its unit.</summary>
/// <param name="Median">The upper median.</param>
/// <param name="Min">The lowest.</param>
/// <param name="Max">The highest.</param>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new(sorted[sorted.Length / 2], sorted[0], sorted[^1]);
    }
}
