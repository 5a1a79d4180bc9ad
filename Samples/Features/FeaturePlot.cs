using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using ScottPlot;
using ScottPlot.MultiplotLayouts;
using ScottPlot.Palettes;

namespace Samples.Features;

/// <summary>Draws embeddings as points of the plane, a panel for each kind (as Liu et al. 2016, "Large-margin softmax",
/// figure 2, and 2017, "SphereFace", figure 2, do).</summary>
internal static class FeaturePlot
{
    private const int SideOfEach = 620;
    private const int Columns = 3;

    /// <summary>Points that are drawn of each panel: all of them would cover each other.</summary>
    private const int Points = 4000;

    private static readonly Category10 s_palette = new();

    /// <summary>Writes a PNG; its folder is made when it is missing.</summary>
    public static void Write(FileInfo file, IReadOnlyList<FeatureResult> results)
    {
        var all = new Multiplot();
        all.RemovePlot(all.GetPlots()[0]);
        for (int i = 0; i < results.Count; i++)
        {
            // Colours are the same everywhere; one legend hides fewer points.
            all.AddPlot(Draw(results[i], legend: i == 0));
        }

        int columns = Math.Min(Columns, results.Count);
        int rows = (results.Count + columns - 1) / columns;
        all.Layout = new Grid(rows, columns);
        file.Directory?.Create();
        all.SavePng(file.FullName, SideOfEach * columns, SideOfEach * rows);
    }

    private static Plot Draw(FeatureResult result, bool legend)
    {
        var plot = new Plot();
        int count = Math.Min(Points, result.Digits.Length);
        double reach = Reach(result.Embeddings);
        for (int digit = 0; digit < FeatureTrunk.Classes; digit++)
        {
            Color color = s_palette.GetColor(digit);
            int[] own = [.. Enumerable.Range(0, count).Where(i => result.Digits[i] == digit)];
            var points = plot.Add.ScatterPoints(
                own.Select(i => (double)result.Embeddings[2 * i]).ToArray(),
                own.Select(i => (double)result.Embeddings[(2 * i) + 1]).ToArray());
            points.Color = color;
            points.MarkerSize = 3;
            points.LegendText = digit.ToString(CultureInfo.InvariantCulture);

            // Where the class's row points to.
            (double x, double y) = (result.Rows[2 * digit], result.Rows[(2 * digit) + 1]);
            double scale = reach / Math.Max(Math.Sqrt((x * x) + (y * y)), 1e-12);
            var row = plot.Add.Line(0, 0, scale * x, scale * y);
            row.LineColor = color.WithOpacity(0.5);
            row.LineWidth = 1;
        }

        (double within, double between) = (result.Spread.Within, result.Spread.Between);
        plot.Title(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Kind.Label}: {result.Accuracy:P1} right, {within:F1}° within, {between:F1}° apart"));
        plot.Axes.SquareUnits();
        plot.Axes.SetLimits(-1.1 * reach, 1.1 * reach, -1.1 * reach, 1.1 * reach);
        plot.Legend.Alignment = Alignment.LowerRight;
        plot.Legend.IsVisible = legend;

        return plot;
    }

    /// <summary>Nearly the largest distance from the origin: a few points beyond it do not make the others small.</summary>
    private static double Reach(float[] embeddings)
    {
        double[] lengths =
        [
            .. Enumerable.Range(0, embeddings.Length / 2)
                .Select(i => Math.Sqrt((embeddings[2 * i] * embeddings[2 * i])
                    + (embeddings[(2 * i) + 1] * embeddings[(2 * i) + 1])))
                .Order()
        ];
        return lengths[(int)(0.995 * (lengths.Length - 1))];
    }
}
