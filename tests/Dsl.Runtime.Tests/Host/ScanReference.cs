using System;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>A scan by its definition, in double: every position with every other one.</summary>
internal static class ScanReference
{
    public static bool Sees(Intra intra, bool reverse, int chunk, int t, int s)
    {
        (int late, int early) = reverse ? (s, t) : (t, s);
        return intra switch
        {
            Intra.Inclusive => early <= late,
            Intra.Exclusive => early < late,
            _ => early / chunk < late / chunk,
        };
    }

    /// <summary>Calls <paramref name="store"/> with sample, position, head, feature and value of every
    /// result.</summary>
    public static void Run(
        (int Batch, int Positions, int Heads, int Keys, int Values) extents,
        Func<int, int, bool> sees,
        Func<int, int, int, int, double> q,
        Func<int, int, int, int, double> k,
        Func<int, int, int, int, double> v,
        Action<int, int, int, int, double> store)
    {
        (int batch, int n, int heads, int keys, int values) = extents;
        var sums = new double[values];
        for (int i = 0; i < batch * n * heads; i++)
        {
            (int b, int t, int h) = (i / (n * heads), i / heads % n, i % heads);
            Array.Clear(sums);
            for (int s = 0; s < n; s++)
            {
                if (!sees(t, s))
                {
                    continue;
                }

                double score = 0;
                for (int x = 0; x < keys; x++)
                {
                    score += q(b, t, h, x) * k(b, s, h, x);
                }

                for (int x = 0; x < values; x++)
                {
                    sums[x] += score * v(b, s, h, x);
                }
            }

            for (int x = 0; x < values; x++)
            {
                store(b, t, h, x, sums[x]);
            }
        }
    }
}
