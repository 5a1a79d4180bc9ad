using System;
using System.Numerics;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Host;

namespace Dsl.Runtime.Tests.Gpu;

/// <content>Diagonal state spaces.</content>
internal static partial class ScanCases
{
    private static GpuCase Diagonal(
        int seed, int batch, int positions, int channels, int states, bool reverse, bool resets, bool hasState)
    {
        var c = new GpuCase(seed);
        int u = c.Input(batch * positions * channels), modes = channels * states;
        int re = c.Contents(Poles(c, modes)), im = c.Contents(Poles(c, modes));
        int wRe = c.Input(modes), wIm = c.Input(modes), y = c.Output(batch * positions * channels);
        int goesOn = c.Contents(Borders(c, batch * positions)), state = c.Input(batch * channels * states * 2);
        string[] names = ["u", "re", "im", "wre", "wim", "y", .. resets ? (string[])["on"] : [], .. hasState ? (string[])["state"] : []];
        return c.Runs(
            new DiagonalScanKernel(
                "scan", names, ScanReference.DiagonalShape(batch, positions, channels, states, reverse, resets)),
            [u, re, im, wRe, wIm, y, .. resets ? (int[])[goesOn] : [], .. hasState ? (int[])[state] : []],
            [],
            m =>
            {
                double[] before = [.. m];
                m.AsSpan(y, batch * positions * channels).Clear();
                ScanReference.Diagonal(
                    (batch, positions, channels, states),
                    reverse,
                    at => m[u + at],
                    mode => new(m[re + mode], m[im + mode]),
                    (b, t) => !resets || m[goesOn + (b * positions) + t] != 0,
                    s => hasState ? new Complex(
                        before[state + ScanReference.RealAt(s, states)], before[state + ScanReference.RealAt(s, states) + states]) : 0,
                    (at, mode, x, _) => m[y + at] += (new Complex(m[wRe + mode], m[wIm + mode]) * x).Real,
                    (s, x) =>
                    {
                        if (hasState)
                        {
                            int real = state + ScanReference.RealAt(s, states);
                            (m[real], m[real + states]) = (x.Real, x.Imaginary);
                        }
                    });
            });
    }

    private static GpuCase DiagonalSums(
        int seed, int batch, int positions, int channels, int states, bool reverse, bool resets)
    {
        var c = new GpuCase(seed);
        int modes = channels * states;
        int y = c.Input(batch * positions * channels), u = c.Input(batch * positions * channels);
        int re = c.Contents(Poles(c, modes)), im = c.Contents(Poles(c, modes)), sums = c.Output(4 * modes);
        int goesOn = c.Contents(Borders(c, batch * positions));
        return c.Runs(
            new DiagonalScanSumsKernel(
                "sums", ["y", "u", "re", "im", "sums", .. resets ? (string[])["on"] : []],
                ScanReference.DiagonalShape(batch, positions, channels, states, reverse, resets)),
            [y, u, re, im, sums, .. resets ? (int[])[goesOn] : []],
            [],
            m =>
            {
                m.AsSpan(sums, 4 * modes).Clear();
                ScanReference.Diagonal(
                    (batch, positions, channels, states),
                    reverse,
                    at => m[u + at],
                    mode => new(m[re + mode], m[im + mode]),
                    (b, t) => !resets || m[goesOn + (b * positions) + t] != 0,
                    static _ => 0,
                    (at, mode, x, z) =>
                    {
                        double[] terms = [x.Real, x.Imaginary, z.Real, z.Imaginary];
                        for (int part = 0; part < 4; part++)
                        {
                            m[sums + (part * modes) + mode] += m[y + at] * terms[part];
                        }
                    },
                    static (_, _) => { });
            });
    }
}
