using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using Spectre.Console;

namespace Samples.Scaling;

/// <summary>The verb <c>scaling</c>: how time and memory of attention layers grow with the length of
/// sequences.</summary>
internal static class ScalingVerb
{
    public static Command Command()
    {
        var options = new ScalingOptions();
        Command command = options.AddTo(
            new Command("scaling", "Measures how attention layers grow with the length of sequences."));
        command.SetAction(result => Verb.Run(() => Run(AnsiConsole.Console, options.Read(result))));
        return command;
    }

    private static int Run(IAnsiConsole console, ScalingArguments arguments)
    {
        var clock = new ScalingClock(arguments.Device);
        var table = new ScalingTable(console);
        console.WriteNote(
            $"{arguments.Device}, {clock.Name} time: forward and backward, batch 1, width {ScalingLayer.Width}");
        table.WriteLengths(arguments.Longest);
        var curves = new List<ScalingCurve>();
        foreach (ScalingLayer layer in arguments.Layers)
        {
            curves.Add(ScalingCurve.Measure(layer, arguments));
            table.Write(curves[^1], arguments.Longest);
        }

        console.WriteNote($"");
        console.WriteNote($"position by position, in a session with room for as many");
        table.WritePositions(arguments.Longest);
        var steps = new List<PositionCosts>();
        foreach (ScalingLayer layer in arguments.Layers)
        {
            if (PositionCosts.Measure(layer, arguments) is { } costs)
            {
                steps.Add(costs);
                table.Write(costs);
            }
        }

        ResultFile.Write(arguments.Json, writer => Write(writer, arguments, clock, curves, steps));
        ScalingPlot.Write(arguments.Plot, curves, arguments.Device.ToString());
        console.WriteNote($"");
        console.WriteNote($"curves in {arguments.Plot}");
        return 0;
    }

    private static void Write(
        Utf8JsonWriter writer,
        ScalingArguments arguments,
        ScalingClock clock,
        List<ScalingCurve> curves,
        List<PositionCosts> steps)
    {
        writer.WriteString("device", arguments.Device.ToString());
        writer.WriteString("clock", clock.Name);
        WriteNumbers(writer, "slopes", curves.Select(static c => (c.Name, c.Slope)));
        WriteNumbers(writer, "memorySlopes", curves.Select(static c => (c.Name, c.MemorySlope)));
        WriteNumbers(writer, "stoppedBefore", curves.Select(static c => (c.Name, (double?)c.Stop?.Length)));
        WriteEach(writer, "milliseconds", curves, static c => c.Name, static c =>
            c.Points.Select(static p => (Key(p.Length), (double?)p.Milliseconds)));
        WriteEach(writer, "bytes", curves, static c => c.Name, static c =>
            c.Points.Select(static p => (Key(p.Length), (double?)p.Bytes)));
        WriteEach(writer, "stepMicroseconds", steps, static s => s.Name, static s =>
            s.Costs.Select(static c => (Key(c.Position), (double?)c.Microseconds)));
        WriteEach(writer, "keptBytes", steps, static s => s.Name, static s =>
            s.Costs.Select(static c => (Key(c.Position), (double?)c.KeptBytes)));
    }

    private static void WriteEach<T>(
        Utf8JsonWriter writer,
        string name,
        List<T> layers,
        Func<T, string> layerName,
        Func<T, IEnumerable<(string Name, double? Value)>> numbers)
    {
        writer.WriteStartObject(name);
        foreach (T layer in layers)
        {
            WriteNumbers(writer, layerName(layer), numbers(layer));
        }

        writer.WriteEndObject();
    }

    /// <summary>What has no value is left out.</summary>
    private static void WriteNumbers(
        Utf8JsonWriter writer, string name, IEnumerable<(string Name, double? Value)> numbers)
    {
        writer.WriteStartObject(name);
        foreach ((string key, double? value) in numbers)
        {
            if (value is { } number)
            {
                writer.WriteNumber(key, number);
            }
        }

        writer.WriteEndObject();
    }

    private static string Key(int number) => number.ToString(CultureInfo.InvariantCulture);
}
