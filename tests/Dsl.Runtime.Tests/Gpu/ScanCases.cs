using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Host;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>Scans: every reach in both directions, ragged chunks, states that need several blocks of columns; running
/// sums along any axis.</summary>
internal static partial class ScanCases
{
    internal static IEnumerable<(string Name, Func<int, GpuCase> Make)> Build()
    {
        foreach (var (batch, positions, heads, keys, values, chunk) in new[]
        {
            (1, 1, 1, 1, 1, 1), (2, 37, 3, 5, 7, 4), (2, 333, 3, 5, 7, 20), (1, 50, 2, 33, 70, 20), (1, 33, 2, 300, 40, 16),
            (2, 0, 2, 3, 3, 4), (2, 450, 1, 5, 7, 200), (1, 300, 2, 33, 40, 130), (1, 90, 1, 3, 3, 256), (2, 0, 1, 3, 3, 256),
        })
        {
            string shape = $"{batch}x{positions}x{heads} {keys}->{values} by {chunk}";
            foreach (Intra intra in new[] { Intra.Inclusive, Intra.Exclusive, Intra.PreviousChunks })
            {
                yield return ($"OuterScan {intra} {shape}", seed =>
                    Outer(seed, batch, positions, heads, keys, values, chunk, intra, false));
                yield return ($"OuterScan {intra} {shape} reverse", seed =>
                    Outer(seed, batch, positions, heads, keys, values, chunk, intra, true));
            }
        }

        foreach (var (batch, positions, heads, keys, values) in new[]
        {
            (1, 1, 1, 1, 1), (2, 37, 3, 5, 7), (2, 333, 3, 5, 7), (1, 20, 2, 200, 70), (1, 75, 2, 1, 150), (2, 0, 2, 3, 3),
        })
        {
            for (int i = 0; i < 12; i++)
            {
                (bool exclusive, bool reverse, DecayAxis decay) = ((i & 1) != 0, (i & 2) != 0, (DecayAxis)(i / 4));
                yield return (
                    $"DecayScan {decay} {batch}x{positions}x{heads} {keys}->{values}{(exclusive ? " exclusive" : "")}"
                        + (reverse ? " reverse" : ""),
                    seed => Decay(seed, batch, positions, heads, keys, values, decay, exclusive, reverse, seed % 2 == 0));
            }
        }

        foreach (var (batch, positions, channels, states) in new[]
        {
            (1, 1, 1, 1), (2, 37, 3, 5), (2, 333, 3, 5), (1, 70, 40, 32), (1, 20, 5, 300), (2, 0, 3, 3),
        })
        {
            foreach (var (reverse, resets) in new[] { (false, false), (true, false), (false, true), (true, true) })
            {
                string shape = $"{batch}x{positions}x{channels} {states} states"
                    + (reverse ? " reverse" : "") + (resets ? " resets" : "");
                yield return ($"DiagonalScan {shape}", seed =>
                    Diagonal(seed, batch, positions, channels, states, reverse, resets, seed % 2 == 0));
                yield return ($"DiagonalScan sums {shape}", seed =>
                    DiagonalSums(seed, batch, positions, channels, states, reverse, resets));
            }
        }

        foreach (var (batch, positions, channels, states) in new[]
        {
            (1, 1, 1, 1), (2, 37, 3, 5), (2, 333, 3, 5), (1, 200, 40, 70), (1, 70, 40, 16), (1, 35, 5, 130), (2, 0, 3, 3),
        })
        {
            foreach (bool resets in new[] { false, true })
            {
                string shape = $"{batch}x{positions}x{channels} {states} states" + (resets ? " resets" : "");
                yield return ($"SelectiveScan {shape}", seed =>
                    Selective(seed, batch, positions, channels, states, resets, seed % 2 == 0));
                yield return ($"SelectiveScan gradient {shape}", seed =>
                    SelectiveGradient(seed, batch, positions, channels, states, resets));
            }
        }

        foreach (var (batch, positions, channels, states) in new[]
        {
            (1, 1, 1, 1), (2, 37, 3, 5), (1, 70, 40, 32), (1, 35, 5, 128), (2, 0, 3, 3),
        })
        {
            foreach (var (reverse, resets) in new[] { (false, false), (true, false), (false, true), (true, true) })
            {
                LowRankScanShape shape = LowRankReference.Shape(batch, positions, channels, states, reverse, resets);
                string text = $"{batch}x{positions}x{channels} {states} states"
                    + (reverse ? " reverse" : "") + (resets ? " resets" : "");
                yield return ($"LowRankScan {text}", seed => LowRank(seed, shape, seed % 2 == 0));
                yield return ($"LowRankScan gradient {text}", seed => LowRankGradient(seed, shape));
            }
        }

        foreach (var (batch, positions, channels, order) in new[]
        {
            (1, 1, 1, 1), (2, 37, 3, 5), (1, 20, 2, 64), (1, 9, 3, 130), (2, 0, 3, 3),
        })
        {
            for (int i = 0; i < 8; i++)
            {
                HippoScanShape shape = HippoReference.Shape(
                    batch, positions, channels, order, (i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
                string text = $"{batch}x{positions}x{channels} {order} coefficients" + (shape.Scaled ? " scaled" : "")
                    + (shape.Transposed ? " transposed" : "") + (shape.Resets ? " resets" : "");
                yield return ($"HippoScan {text}", seed => Hippo(seed, shape, batch, positions, seed % 2 == 0));
                if (shape.Scaled || !shape.Transposed)
                {
                    yield return (
                        $"HippoScan from a start {text}",
                        seed => HippoStarts(seed, shape with { Starts = true }, batch, positions));
                }

                if (shape.Transposed)
                {
                    yield return (
                        $"HippoScan to a start {text}",
                        seed => HippoStarts(
                            seed, shape with { Starts = shape.Scaled, ToStart = true }, batch, positions));
                }
            }
        }

        foreach (var (batch, positions, channels) in new[] { (1, 1, 1), (2, 37, 3), (3, 20, 130), (2, 0, 3) })
        {
            for (int i = 0; i < 8; i++)
            {
                LinearScanShape shape = LinearReference.Shape(
                    batch, positions, channels, (i & 1) != 0, (i & 2) != 0, constant: (i & 4) != 0);
                string text = $"{batch}x{positions}x{channels}" + (shape.Complex ? " complex" : "")
                    + (shape.Adjoint ? " adjoint" : "") + ((i & 4) != 0 ? " constant" : "");
                yield return ($"LinearScan {text}", seed => Linear(seed, shape, batch, positions, seed % 2 == 0));
            }
        }

        foreach (var states in States())
        {
            yield return states;
        }

        LowRankScanShape response = LowRankReference.Shape(1, 37, 3, 5, impulse: true);
        yield return ("LowRankScan response 37x3 5 states", seed => LowRank(seed, response, false));
        yield return ("LowRankScan gradient of a response 37x3 5 states", seed => LowRankGradient(seed, response));

        foreach (var (batch, positions, channels, taps) in new[]
        {
            (1, 1, 1, 1), (2, 37, 3, 37), (3, 300, 50, 300), (2, 50, 3, 7), (2, 20, 3, 31), (2, 0, 3, 3), (1, 2, 70, 2),
        })
        {
            foreach (bool reverse in new[] { false, true })
            {
                string shape = $"{batch}x{positions}x{channels} by {taps}" + (reverse ? " reverse" : "");
                yield return ($"Spectral {shape}", seed =>
                    Spectral(seed, batch, positions, channels, taps, reverse, isOfKernel: false));
                yield return ($"Spectral taps {shape}", seed =>
                    Spectral(seed, batch, positions, channels, taps, reverse, isOfKernel: true));
            }
        }

        foreach (var delta in DeltaCases())
        {
            yield return delta;
        }

        foreach (var (outer, length, inner) in new[] { (1, 1, 1), (3, 50, 77), (70, 9, 1), (2, 0, 3), (2, 700, 3), (1, 333, 1) })
        {
            yield return ($"CumulativeSum {outer}x{length}x{inner}", seed =>
                Sum(seed, outer, length, inner, false, false));
            yield return ($"CumulativeSum {outer}x{length}x{inner} exclusive", seed =>
                Sum(seed, outer, length, inner, true, false));
            yield return ($"CumulativeSum {outer}x{length}x{inner} reverse", seed =>
                Sum(seed, outer, length, inner, false, true));
            yield return ($"CumulativeSum {outer}x{length}x{inner} largest", seed =>
                Sum(seed, outer, length, inner, false, false, largest: true));
        }
    }

    private static GpuCase Outer(
        int seed, int batch, int positions, int heads, int keys, int values, int chunk, Intra intra, bool reverse)
    {
        // In reverse the features of the result are not neighbours.
        int feature = reverse ? heads : 1;
        var c = new GpuCase(seed);
        int q = c.Input(batch * positions * heads * keys), k = c.Input(batch * positions * heads * keys);
        int v = c.Input(batch * positions * heads * values), o = c.Output(batch * positions * heads * values);
        var shape = new OuterScanShape
        {
            Batch = batch,
            Positions = positions,
            Heads = heads,
            Keys = keys,
            Values = values,
            Chunk = chunk,
            Intra = intra,
            Reverse = reverse,
            QBatch = positions * heads * keys,
            QPosition = heads * keys,
            QHead = keys,
            KBatch = positions * heads * keys,
            KPosition = keys,
            KHead = positions * keys,
            VBatch = positions * heads * values,
            VPosition = heads * values,
            VHead = values,
            OBatch = positions * heads * values,
            OPosition = heads * values,
            OHead = reverse ? 1 : values,
            OFeature = feature,
        };
        return c.Runs(
            new OuterScanKernel<NoTile, NoTile>("scan", ["q", "k", "v", "o"], shape),
            [q, k, v, o],
            [],
            m => ScanReference.Run(
                (batch, positions, heads, keys, values),
                (t, s) => ScanReference.Sees(intra, reverse, chunk, t, s),
                (b, t, h, x) => m[q + (((((b * positions) + t) * heads) + h) * keys) + x],
                (b, t, h, x) => m[k + (((((b * heads) + h) * positions) + t) * keys) + x],
                (b, t, h, x) => m[v + (((((b * positions) + t) * heads) + h) * values) + x],
                (b, t, h, x, y) => m[
                    o + (((b * positions) + t) * heads * values) + (h * (reverse ? 1 : values)) + (x * feature)] = y));
    }

    private static GpuCase Decay(
        int seed, int batch, int positions, int heads, int keys, int values, DecayAxis decay, bool exclusive, bool reverse,
        bool hasState)
    {
        var c = new GpuCase(seed);
        int logs = decay switch { DecayAxis.Key => keys, DecayAxis.Value => values, _ => 1 };
        int rows = batch * positions * heads;
        int q = c.Input(rows * keys), k = c.Input(rows * keys), v = c.Input(rows * values), l = c.Input(rows * logs);
        int o = c.Output(rows * values), state = c.Input(batch * heads * keys * values);
        var shape = new DecayScanShape
        {
            Batch = batch,
            Positions = positions,
            Heads = heads,
            Keys = keys,
            Values = values,
            Decay = decay,
            Exclusive = exclusive,
            Reverse = reverse,
            QBatch = positions * heads * keys,
            QPosition = keys,
            QHead = positions * keys,
            KBatch = positions * heads * keys,
            KPosition = heads * keys,
            KHead = keys,
            VBatch = positions * heads * values,
            VPosition = heads * values,
            VHead = values,
            DBatch = positions * heads * logs,
            DPosition = heads * logs,
            DHead = logs,
            OBatch = positions * heads * values,
            OPosition = heads * values,
            OHead = values,
        };
        string[] names = ["q", "k", "v", "l", "o", "state"];
        int At(int b, int t, int h) => (((b * positions) + t) * heads) + h;
        int StateAt(int b, int h, int x, int y) => state + (((((b * heads) + h) * keys) + x) * values) + y;
        return c.Runs(
            new DecayScanKernel("scan", hasState ? names : names[..5], shape),
            hasState ? [q, k, v, l, o, state] : [q, k, v, l, o],
            [],
            m =>
            {
                double[] before = [.. m];
                ScanReference.Decay(
                    (batch, positions, heads, keys, values),
                    exclusive,
                    reverse,
                    (b, t, h, x) => m[q + (((((b * heads) + h) * positions) + t) * keys) + x],
                    (b, t, h, x) => m[k + (At(b, t, h) * keys) + x],
                    (b, t, h, y) => m[v + (At(b, t, h) * values) + y],
                    (b, t, h, x, y) =>
                        m[l + (At(b, t, h) * logs) + (decay == DecayAxis.Key ? x : decay == DecayAxis.Value ? y : 0)],
                    (b, h, x, y) => hasState ? before[StateAt(b, h, x, y)] : 0,
                    (b, t, h, y, value) => m[o + (At(b, t, h) * values) + y] = value,
                    (b, h, x, y, value) => m[StateAt(b, h, x, y)] = hasState ? value : before[StateAt(b, h, x, y)]);
            });
    }

    private static GpuCase Spectral(
        int seed, int batch, int positions, int channels, int taps, bool reverse, bool isOfKernel)
    {
        var c = new GpuCase(seed);
        int rows = batch * positions * channels;
        SpectralShape shape = SpectralReference.Shape(batch, positions, channels, taps, reverse);
        int x = c.Input(rows), k = isOfKernel ? c.Output(taps * channels) : c.Input(taps * channels);
        int y = isOfKernel ? c.Input(rows) : c.Output(rows);
        int scratch = c.Scratch(SpectralParts.Scratch(positions, taps, channels).Constant);
        string[] names = ["x", "k", "y", "scratch"];
        return c.Runs(
            isOfKernel ? new SpectralTapsKernel("taps", names, shape) : new SpectralKernel("spectral", names, shape),
            [x, k, y, scratch],
            [],
            m =>
            {
                m.AsSpan(isOfKernel ? k : y, isOfKernel ? taps * channels : rows).Clear();
                SpectralReference.Run((batch, positions, channels, taps), reverse, (at, other, tap) =>
                {
                    if (isOfKernel)
                    {
                        m[k + tap] += m[y + at] * m[x + other];
                    }
                    else
                    {
                        m[y + at] += m[k + tap] * m[x + other];
                    }
                });
            });
    }

    private static float[] Between(GpuCase c, int count, double from, double to) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(from + ((to - from) * c.Random.NextDouble())))];

    /// <summary>Parts of poles inside the unit circle.</summary>
    private static float[] Poles(GpuCase c, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)((c.Random.NextDouble() * 1.3) - 0.65))];

    /// <summary>1, and 0 where states begin anew.</summary>
    private static float[] Borders(GpuCase c, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => c.Random.Next(10) == 0 ? 0f : 1f)];

    private static GpuCase Sum(
        int seed, int outer, int length, int inner, bool exclusive, bool reverse, bool largest = false)
    {
        var c = new GpuCase(seed);
        int from = c.Input(outer * length * inner), to = c.Output(outer * length * inner);
        var shape = new CumulativeSumShape
        {
            Outer = outer,
            Length = length,
            Inner = inner,
            FromOuter = length * inner,
            FromStep = inner,
            ToOuter = length * inner,
            ToStep = inner,
            Exclusive = exclusive,
            Reverse = reverse,
            Largest = largest,
        };
        return c.Runs(
            new CumulativeSumKernel("sum", ["from", "to"], shape),
            [from, to],
            [],
            m =>
            {
                for (int column = 0; column < outer * inner; column++)
                {
                    double sum = largest ? double.NegativeInfinity : 0;
                    for (int i = 0; i < length; i++)
                    {
                        int step = reverse ? length - 1 - i : i;
                        int at = (((column / inner * length) + step) * inner) + (column % inner);
                        double next = largest ? Math.Max(sum, m[from + at]) : sum + m[from + at];
                        m[to + at] = exclusive ? sum : next;
                        sum = next;
                    }
                }
            });
    }
}
