using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Models.Face.Evaluation;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Samples.Identify;

/// <summary>Draws false rejects against false accepts, both axes logarithmic: the lower, the better.</summary>
internal static class DetPlot
{
    private const int Width = 1000;
    private const int Height = 750;

    /// <summary>Writes a PNG with the curve of each kind's first seed; its folder is made when it is missing.</summary>
    public static void Write(FileInfo file, IReadOnlyList<IdentifyResult> results, string data)
    {
        var plot = new Plot();
        double least = 1.0 / results[0].Scores[0].Curve.Impostors;
        foreach (IdentifyResult result in results)
        {
            // The logarithm of no false accepts or rejects is nowhere.
            OperatingPoint[] points =
            [
                .. result.Scores[0].Curve.Points.Where(p => p.FalseAccepts >= least && p.FalseRejects > 0)
            ];
            var line = plot.Add.ScatterLine(
                points.Select(static p => Math.Log10(p.FalseAccepts)).ToArray(),
                points.Select(static p => Math.Log10(p.FalseRejects)).ToArray());
            line.LineWidth = 2;
            line.LegendText = string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Label}: EER {result.Scores[0].Curve.EqualErrorRate:P1}");
        }

        plot.Title($"Verification of unseen characters ({data})");
        plot.XLabel("false accepts");
        plot.YLabel("false rejects");
        plot.Axes.Bottom.TickGenerator = Powers(-7);
        plot.Axes.Left.TickGenerator = Powers(-4);
        plot.Axes.SetLimits(Math.Max(-5, Math.Floor(Math.Log10(least))), 0, -2.5, 0);
        plot.Grid.MajorLineColor = Colors.Black.WithOpacity(0.2);
        plot.Grid.MinorLineColor = Colors.Black.WithOpacity(0.06);
        plot.Grid.MinorLineWidth = 1;
        plot.ShowLegend(Alignment.LowerLeft);
        file.Directory?.Create();
        plot.SavePng(file.FullName, Width, Height);
    }

    private static NumericManual Powers(int lowest)
    {
        var ticks = new NumericManual();
        for (int power = lowest; power <= 0; power++)
        {
            ticks.AddMajor(power, Math.Pow(10, power).ToString("0.#######", CultureInfo.InvariantCulture));
            for (int digit = 2; digit < 10; digit++)
            {
                ticks.AddMinor(power + Math.Log10(digit));
            }
        }

        return ticks;
    }
}
