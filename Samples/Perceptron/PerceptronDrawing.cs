using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Text;
using Models.Perceptrons;

namespace Samples.Perceptron;

/// <summary>Draws points of two classes and the lines of perceptrons as an SVG file, which is text.</summary>
internal static class PerceptronDrawing
{
    private const double Extent = 7;
    private const double Scale = 80;

    private static readonly string[] Colours =
        ["#0a7d32", "#c0392b", "#8e44ad", "#2471a3", "#d68910", "#148f77", "#7b241c", "#5d6d7e"];

    /// <summary>The whole file.</summary>
    /// <param name="points">Two coordinates each, in 0 … 7.</param>
    /// <param name="classes">0 or 1 for each point.</param>
    /// <param name="lines">Perceptrons of two inputs by name.</param>
    public static string Draw(double[][] points, int[] classes, IReadOnlyList<(string Name, PerceptronRule Unit)> lines)
    {
        var svg = new StringBuilder();
        double side = Extent * Scale;
        Append(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-30 -10 {side + 290} {side + 40}\"");
        Append(svg, $" font-family=\"sans-serif\" font-size=\"14\">\n");
        Append(svg, $"<rect width=\"{side}\" height=\"{side}\" fill=\"#fff\" stroke=\"#888\"/>\n");
        for (int i = 0; i <= Extent; i++)
        {
            Append(svg, $"<text x=\"{i * Scale}\" y=\"{side + 18}\" text-anchor=\"middle\">{i}</text>");
            Append(svg, $"<text x=\"-8\" y=\"{side - (i * Scale) + 5}\" text-anchor=\"end\">{i}</text>\n");
        }

        for (int i = 0; i < points.Length; i++)
        {
            string fill = classes[i] == 1 ? "#222" : "#fff";
            Append(svg, $"<circle cx=\"{points[i][0] * Scale:0.#}\" cy=\"{side - (points[i][1] * Scale):0.#}\" ");
            Append(svg, $"r=\"5\" fill=\"{fill}\" stroke=\"#222\"/>\n");
        }

        for (int i = 0; i < lines.Count; i++)
        {
            string colour = Colours[i % Colours.Length];
            double y = 20 + (i * 24);
            int width = i == 0 ? 4 : 2;
            if (Clip(lines[i].Unit) is var (x1, y1, x2, y2))
            {
                Append(svg, $"<line x1=\"{x1 * Scale:0.#}\" y1=\"{side - (y1 * Scale):0.#}\" x2=\"{x2 * Scale:0.#}\" ");
                Append(svg, $"y2=\"{side - (y2 * Scale):0.#}\" stroke=\"{colour}\" stroke-width=\"{width}\"/>\n");
            }

            Append(svg, $"<line x1=\"{side + 20}\" y1=\"{y}\" x2=\"{side + 50}\" y2=\"{y}\" ");
            Append(svg, $"stroke=\"{colour}\" stroke-width=\"3\"/>");
            Append(svg, $"<text x=\"{side + 60}\" y=\"{y + 5}\">{WebUtility.HtmlEncode(lines[i].Name)}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The part of the line w·x + b = T inside the square; null when the line misses it or there is no
    /// line.</summary>
    private static (double X1, double Y1, double X2, double Y2)? Clip(PerceptronRule unit)
    {
        double a = unit.Weights[0];
        double b = unit.Weights[1];
        double c = unit.Threshold - unit.Bias;
        var ends = new List<(double X, double Y)>();
        foreach (double edge in (double[])[0, Extent])
        {
            AddWhenInside(ends, edge, (c - (a * edge)) / b);
            AddWhenInside(ends, (c - (b * edge)) / a, edge);
        }

        // The ends that are farthest apart: a line through a corner meets two edges there.
        (double, double, double, double)? longest = null;
        double length = 1e-9;
        foreach ((double x1, double y1) in ends)
        {
            foreach ((double x2, double y2) in ends)
            {
                double distance = Math.Abs(x1 - x2) + Math.Abs(y1 - y2);
                (longest, length) = distance > length ? ((x1, y1, x2, y2), distance) : (longest, length);
            }
        }

        return longest;
    }

    private static void AddWhenInside(List<(double X, double Y)> ends, double x, double y)
    {
        if (x is >= 0 and <= Extent && y is >= 0 and <= Extent)
        {
            ends.Add((x, y));
        }
    }

    private static void Append(StringBuilder svg, FormattableString text) =>
        svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
