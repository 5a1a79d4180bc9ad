using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using Spectre.Console;

namespace Samples.Hippo;

/// <summary>The verb <c>hippo</c>: remembers a signal by a few coefficients while it comes in, and draws what they tell.</summary>
internal static class HippoVerb
{
    public static Command Command()
    {
        Option<int> pairs = NumberOption.Count("--pairs", "Half of the coefficients of each memory.", 16, 1, 128);
        Option<int> steps = NumberOption.Count("--steps", "Values of the signal.", 4000, 10);
        var plot = new Option<FileInfo>("--plot")
        {
            Description = "Where the picture goes.",
            DefaultValueFactory = static _ => new FileInfo(Path.Combine("artifacts", "hippo.png")),
        };
        var json = new Option<FileInfo?>("--json")
        {
            Description = "Writes one JSON object with the results to this file.",
        };
        var command = new Command("hippo", "Remembers a signal by a few coefficients, and draws what they tell of it.")
        {
            pairs, steps, plot, json,
        };
        command.SetAction(result => Verb.Run(() => Run(
            AnsiConsole.Console, 2 * result.GetValue(pairs), result.GetValue(steps), result.GetValue(plot)!, result.GetValue(json))));
        return command;
    }

    private static int Run(IAnsiConsole console, int order, int steps, FileInfo plot, FileInfo? json)
    {
        IReadOnlyList<HippoCurve> curves = HippoCurve.All(order, steps);
        Table table = new Table().AddColumn("measure").AddColumn("at").AddColumn("back to").AddColumn("root mean squared error");
        foreach (HippoCurve curve in curves)
        {
            table.AddRow(
                curve.Measure.ToString(),
                curve.Time.ToString("F2", CultureInfo.InvariantCulture),
                curve.Times[0].ToString("F2", CultureInfo.InvariantCulture),
                curve.Error.ToString("0.0e+0", CultureInfo.InvariantCulture));
        }

        console.Write(table);
        HippoPlot.Write(plot, curves, order);
        console.WriteNote($"{plot}");
        ResultFile.Write(json, writer =>
        {
            writer.WriteNumber("order", order);
            writer.WriteNumber("steps", steps);
            writer.WriteStartArray("errors");
            foreach (HippoCurve curve in curves)
            {
                writer.WriteStartObject();
                writer.WriteString("measure", curve.Measure.ToString());
                writer.WriteNumber("time", curve.Time);
                writer.WriteNumber("error", curve.Error);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
        return 0;
    }
}
