using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using ScottPlot;
using ScottPlot.MultiplotLayouts;
using ScottPlot.TickGenerators;

namespace Samples.Scaling;

/// <summary>Draws time and memory against length, both axes logarithmic, side by side.</summary>
internal static class ScalingPlot
{
    private const int Width = 1700;
    private const int Height = 650;

    private static readonly MarkerShape[] s_markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleDown, MarkerShape.OpenCircle, MarkerShape.OpenSquare, MarkerShape.OpenTriangleUp,
        MarkerShape.OpenDiamond, MarkerShape.OpenTriangleDown,
    ];

    /// <summary>Writes a PNG; its folder is made when it is missing.</summary>
    public static void Write(FileInfo file, IReadOnlyList<ScalingCurve> curves, string device)
    {
        var both = new Multiplot();
        both.RemovePlot(both.GetPlots()[0]);
        both.AddPlot(Draw(
            curves,
            $"Training step, width {ScalingLayer.Width}, batch 1 ({device})",
            "milliseconds (forward and backward)",
            static p => p.Milliseconds,
            static c => c.Slope));
        both.AddPlot(Draw(
            curves,
            "Memory of the session",
            "MiB (parameters, gradients, arena)",
            static p => p.Bytes / 1048576.0,
            static c => c.MemorySlope));
        both.Layout = new Columns();
        file.Directory?.Create();
        both.SavePng(file.FullName, Width, Height);
    }

    private static Plot Draw(
        IReadOnlyList<ScalingCurve> curves,
        string title,
        string unit,
        Func<ScalingPoint, double> value,
        Func<ScalingCurve, double?> slope)
    {
        var plot = new Plot();
        for (int i = 0; i < curves.Count; i++)
        {
            ScalingCurve curve = curves[i];
            var line = plot.Add.Scatter(
                curve.Points.Select(static p => Math.Log10(p.Length)).ToArray(),
                curve.Points.Select(p => Math.Log10(value(p))).ToArray());
            line.LineWidth = 2;
            line.MarkerSize = 9;
            line.MarkerShape = s_markers[i % s_markers.Length];
            line.LegendText = slope(curve) is { } power
                ? string.Create(CultureInfo.InvariantCulture, $"{curve.Name}: slope {power:F2}") : curve.Name;
        }

        plot.Title(title);
        plot.XLabel("positions n");
        plot.YLabel(unit);
        plot.Axes.Bottom.TickGenerator = Lengths(curves);
        plot.Axes.Left.TickGenerator = Values(curves, value);
        plot.Grid.MajorLineColor = Colors.Black.WithOpacity(0.2);
        plot.Grid.MinorLineColor = Colors.Black.WithOpacity(0.06);
        plot.Grid.MinorLineWidth = 1;
        plot.ShowLegend(Edge.Right);
        return plot;
    }

    private static NumericManual Lengths(IReadOnlyList<ScalingCurve> curves)
    {
        var ticks = new NumericManual();
        foreach (int length in curves.SelectMany(static c => c.Points).Select(static p => p.Length).Distinct())
        {
            ticks.AddMajor(Math.Log10(length), length.ToString("#,0", CultureInfo.InvariantCulture));
        }

        return ticks;
    }

    /// <summary>1, 2 and 5 of every power of ten with their numbers: a curve seldom spans many powers.</summary>
    private static NumericManual Values(IReadOnlyList<ScalingCurve> curves, Func<ScalingPoint, double> value)
    {
        double[] values = [.. curves.SelectMany(static c => c.Points).Select(value)];
        var ticks = new NumericManual();
        double last = Math.Ceiling(Math.Log10(values.Max()));
        for (double power = Math.Floor(Math.Log10(values.Min())); power <= last; power++)
        {
            for (int digit = 1; digit < 10; digit++)
            {
                double at = digit * Math.Pow(10, power);
                if (digit is 1 or 2 or 5)
                {
                    ticks.AddMajor(Math.Log10(at), at.ToString("#,0.#####", CultureInfo.InvariantCulture));
                }
                else
                {
                    ticks.AddMinor(Math.Log10(at));
                }
            }
        }

        return ticks;
    }
}
