using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Dsl;
using Dsl.StateSpaces;
using ScottPlot;
using ScottPlot.MultiplotLayouts;

namespace Samples.Hippo;

/// <summary>Draws a signal and what memories tell of it, one below the other.</summary>
internal static class HippoPlot
{
    private const int Width = 1200;
    private const int HeightOfEach = 330;
    private const int Points = 1000;

    /// <summary>Writes a PNG; its folder is made when it is missing.</summary>
    public static void Write(FileInfo file, IReadOnlyList<HippoCurve> curves, int order)
    {
        var all = new Multiplot();
        all.RemovePlot(all.GetPlots()[0]);
        HippoMeasure[] measures = [.. curves.Select(static c => c.Measure).Distinct()];
        foreach (HippoMeasure measure in measures)
        {
            all.AddPlot(Draw(measure, [.. curves.Where(c => c.Measure == measure)], order));
        }

        all.Layout = new Rows();
        file.Directory?.Create();
        all.SavePng(file.FullName, Width, HeightOfEach * measures.Length);
    }

    private static Plot Draw(HippoMeasure measure, IReadOnlyList<HippoCurve> curves, int order)
    {
        var plot = new Plot();
        double[] times = [.. Enumerable.Range(0, Points + 1).Select(static i => i / (double)Points)];
        var signal = plot.Add.ScatterLine(times, [.. times.Select(HippoCurve.SignalAt)]);
        signal.LegendText = "signal";
        signal.LineWidth = 5;
        signal.Color = Colors.LightGray;
        foreach (HippoCurve curve in curves)
        {
            var told = plot.Add.ScatterLine(curve.Times, curve.Told);
            told.LineWidth = 2;
            told.LegendText = string.Create(
                CultureInfo.InvariantCulture, $"told at {curve.Time:F2}, error {curve.Error:0.0e+0}");
            var now = plot.Add.VerticalLine(curve.Time);
            now.Color = told.Color.WithOpacity(0.5);
            now.LinePattern = LinePattern.Dashed;
        }

        plot.Title(string.Create(CultureInfo.InvariantCulture, $"HiPPO-{measure}, {order} coefficients"));
        plot.XLabel("time");
        plot.Axes.SetLimitsY(-2.2, 2.2);
        plot.ShowLegend(Edge.Right);
        return plot;
    }
}
