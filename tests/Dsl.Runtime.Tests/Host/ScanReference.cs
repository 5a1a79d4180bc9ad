using System;
using System.Numerics;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Host;

/// <summary>A scan by its definition, in double: every position with every other one.</summary>
internal static class ScanReference
{
    /// <summary>Where the real part of a state lies among [batch, channel, part, state]; the imaginary one is
    /// <paramref name="states"/> further on.</summary>
    /// <param name="state">Which of [batch, channel, state].</param>
    /// <param name="states">States of a channel.</param>
    public static int RealAt(int state, int states) => (state / states * states * 2) + (state % states);

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

    /// <summary>A scan with decay, state by state; <paramref name="log"/> is of sample, position, head, key and value.
    /// Calls <paramref name="store"/> as above, and <paramref name="keep"/> with sample, head, key, value and the last
    /// state.</summary>
    public static void Decay(
        (int Batch, int Positions, int Heads, int Keys, int Values) extents,
        bool exclusive,
        bool reverse,
        Func<int, int, int, int, double> q,
        Func<int, int, int, int, double> k,
        Func<int, int, int, int, double> v,
        Func<int, int, int, int, int, double> log,
        Func<int, int, int, int, double> initial,
        Action<int, int, int, int, double> store,
        Action<int, int, int, int, double> keep)
    {
        (int batch, int n, int heads, int keys, int values) = extents;
        for (int i = 0; i < batch * heads * values; i++)
        {
            (int b, int h, int y) = (i / (heads * values), i / values % heads, i % values);
            var state = new double[keys];
            for (int x = 0; x < keys; x++)
            {
                state[x] = initial(b, h, x, y);
            }

            for (int step = 0; step < n; step++)
            {
                int t = reverse ? n - 1 - step : step;
                int decays = reverse && !exclusive ? t + 1 : t;
                double sum = 0;
                for (int x = 0; x < keys; x++)
                {
                    double before = state[x];
                    state[x] = (before * (decays < n ? Math.Exp(log(b, decays, h, x, y)) : 1)) + (k(b, t, h, x) * v(b, t, h, y));
                    sum += q(b, t, h, x) * (exclusive ? before : state[x]);
                }

                store(b, t, h, y, sum);
            }

            for (int x = 0; x < keys; x++)
            {
                keep(b, h, x, y, state[x]);
            }
        }
    }

    /// <summary>Extents and strides of a diagonal scan whose operands are row-major.</summary>
    public static DiagonalScanShape DiagonalShape(
        int batch, int positions, int channels, int states, bool reverse, bool resets) => new()
    {
        Batch = batch,
        Positions = positions,
        Channels = channels,
        States = states,
        Reverse = reverse,
        Resets = resets,
        UBatch = positions * channels,
        UPosition = channels,
        YBatch = positions * channels,
        YPosition = channels,
    };

    /// <summary>A diagonal scan, state by state. <paramref name="u"/> is of an element [sample, position, channel], <paramref name="pole"/>
    /// and <paramref name="initial"/> are of a state, <paramref name="goesOn"/> of a sample and a position. Calls
    /// <paramref name="visit"/> with an element, the state's number in its sample, x and z = ∂x/∂λ, and <paramref name="keep"/>
    /// with a state's number and what it ends as.</summary>
    public static void Diagonal(
        (int Batch, int Positions, int Channels, int States) extents,
        bool reverse,
        Func<int, double> u,
        Func<int, Complex> pole,
        Func<int, int, bool> goesOn,
        Func<int, Complex> initial,
        Action<int, int, Complex, Complex> visit,
        Action<int, Complex> keep)
    {
        (int batch, int n, int channels, int states) = extents;
        for (int i = 0; i < batch * channels * states; i++)
        {
            (int b, int mode) = (i / (channels * states), i % (channels * states));
            (Complex x, Complex z) = (initial(i), 0);
            for (int step = 0; step < n; step++)
            {
                int t = reverse ? n - 1 - step : step;
                int border = reverse ? t + 1 : t;
                if (border < n && !goesOn(b, border))
                {
                    (x, z) = (0, 0);
                }

                int at = (((b * n) + t) * channels) + (mode / states);
                (x, z) = ((pole(mode) * x) + u(at), (pole(mode) * z) + x);
                visit(at, mode, x, z);
            }

            keep(i, x);
        }
    }
}
