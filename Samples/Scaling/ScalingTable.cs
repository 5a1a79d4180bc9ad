using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Spectre.Console;

namespace Samples.Scaling;

/// <summary>Shows what was measured: two lines for each layer, written as soon as they are known.</summary>
/// <param name="console">Gets the lines.</param>
internal sealed class ScalingTable(IAnsiConsole console)
{
    private const int NameWidth = 12;
    private const int UnitWidth = 9;
    private const int ColumnWidth = 10;

    /// <summary>Above the curves.</summary>
    public void WriteLengths(int longest) => Write(
        "", "n", [.. ScalingCurve.Lengths(longest).Select(static n => Text(n, "#,0")), "slope"]);

    /// <summary>Time and memory of a layer.</summary>
    public void Write(ScalingCurve curve, int longest)
    {
        int missing = ScalingCurve.Lengths(longest).Count() - curve.Points.Count;
        IEnumerable<string> none = Enumerable.Repeat("-", missing);
        Write(
            curve.Name,
            "ms",
            [.. curve.Points.Select(static p => Text(p.Milliseconds)), .. none, Slope(curve.Slope)]);
        Write(
            "",
            "MiB",
            [.. curve.Points.Select(static p => Text(p.Bytes / 1048576.0)), .. none, Slope(curve.MemorySlope)]);
        if (curve.Stop is var (length, milliseconds))
        {
            console.WriteNote(
                $"{"",NameWidth}stops before {length:N0}: a step would take {milliseconds / 1000:F1} s, see --limit");
        }
    }

    /// <summary>Above the costs.</summary>
    public void WritePositions(int longest) => Write(
        "", "position", [.. PositionCosts.Positions(longest).Select(static p => Text(p, "#,0"))]);

    /// <summary>Time and memory of a layer position by position.</summary>
    public void Write(PositionCosts costs)
    {
        Write(costs.Name, "µs", [.. costs.Costs.Select(static c => Text(c.Microseconds))]);
        Write("", "KiB kept", [.. costs.Costs.Select(static c => Text(c.KeptBytes / 1024.0))]);
    }

    private void Write(string name, string unit, string[] cells)
    {
        var line = new StringBuilder(name.PadRight(NameWidth)).Append(unit.PadRight(UnitWidth));
        foreach (string cell in cells)
        {
            line.Append(' ').Append(cell.PadLeft(ColumnWidth - 1));
        }

        console.WriteTable(line.ToString());
    }

    private static string Slope(double? slope) => slope is { } value ? Text(value, "0.00") : "-";

    /// <summary>Three figures, all of those before the point.</summary>
    private static string Text(double value) =>
        Text(value, value switch { < 10 => "0.00", < 100 => "0.0", _ => "#,0" });

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
