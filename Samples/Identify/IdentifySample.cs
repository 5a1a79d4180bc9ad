using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using Dsl;
using Dsl.Sessions;
using Spectre.Console;

namespace Samples.Identify;

/// <summary>The verb <c>identify</c>: trains embeddings of drawn characters by margin losses, and tells whether two
/// drawings of characters it never saw are of the same one.</summary>
internal static class IdentifySample
{
    public static Command Command()
    {
        var options = new IdentifyOptions();
        Command command = options.AddTo(new Command(
            "identify", "Trains embeddings by margin losses, and verifies characters that were not trained."));
        command.SetAction(result => Verb.Run(() => Run(AnsiConsole.Console, options.Read(result))));
        return command;
    }

    private static int Run(IAnsiConsole console, IdentifyArguments arguments)
    {
        // Everything is read before training, so that a missing file costs nothing.
        SampleArguments shared = arguments.Shared;
        GlyphData data = shared.Data is { } folder ? Omniglot.Read(folder) : DrawnGlyphs.Draw(shared.Seed);
        data = arguments.Select ? data.HeldOut(shared.Seed) : data;
        int steps = shared.Epochs * GlyphTraining.StepsOf(data.Train);
        console.WriteNote(
            $"{data.Name}: {data.Train.Count} characters train in {GlyphTraining.Turns} turns, {data.Verify.Count} verify");
        console.WriteNote($"{arguments.Shared.Device}: {steps:N0} steps of {GlyphTraining.Batch} drawings for each training");
        var results = new List<IdentifyResult>();
        foreach (IdentifyKind kind in arguments.Kinds)
        {
            results.Add(Train(console, arguments, data, kind));
        }

        console.Write(Table(results));
        DetPlot.Write(arguments.Plot, results, data.Name);
        console.WriteNote($"curves in {arguments.Plot}");
        ResultFile.Write(shared.Json, writer => Write(writer, arguments, data, steps, results));
        return 0;
    }

    private static IdentifyResult Train(
        IAnsiConsole console, IdentifyArguments arguments, GlyphData data, IdentifyKind kind)
    {
        var scores = new List<IdentifyScore>();
        double seconds = 0;
        foreach (ulong seed in arguments.Seeds)
        {
            var networks = new List<ModelSession>();
            try
            {
                for (int i = 0; i < arguments.Ensemble; i++)
                {
                    ulong own = unchecked(seed + (ulong)i);
                    networks.Add(NewNetwork(arguments, data, kind, own));
                    seconds += GlyphTraining.Run(
                        networks[i], kind.Pairs, data.Train, arguments.Shared.Epochs, own,
                        (epoch, loss) => console.WriteNote($"{kind.Name} seed {own} epoch {epoch}: mean loss {loss:F4}"));
                }

                IdentifyScore score = IdentifyScore.Measure(networks, data);
                scores.Add(score);
                (double errors, double accepts) = (score.Curve.EqualErrorRate, score.TrueAccepts);
                console.WriteNote(
                    $"{kind.Label} seed {seed}: EER {errors:P2}, TAR@0.001 {accepts:F3}, one-shot {score.OneShot:P2}");
            }
            finally
            {
                networks.ForEach(static n => n.Dispose());
            }
        }

        return new IdentifyResult(kind, arguments.Ensemble, scores, seconds / arguments.Seeds.Count);
    }

    private static ModelSession NewNetwork(IdentifyArguments arguments, GlyphData data, IdentifyKind kind, ulong seed)
    {
        IModel model = kind.Make();
        model.Parameters.Initialize(seed);
        var sizes = new Sizes { ["b"] = GlyphTraining.Batch };
        if (kind.Pairs)
        {
            sizes["p"] = GlyphTraining.Batch / 2;
        }

        return model.NewSession(new SessionOptions
        {
            Device = arguments.Shared.Device,
            Sizes = sizes,
            Optimizer = GlyphTraining.Optimizer(data.Train, arguments.Shared.Epochs, arguments.Rate),
        });
    }

    private static Table Table(IEnumerable<IdentifyResult> results)
    {
        Table table = new Table()
            .AddColumn("loss").AddColumn("EER %").AddColumn("TAR@0.001").AddColumn("one-shot %").AddColumn("s");
        foreach (IdentifyResult result in results)
        {
            table.AddRow(
                result.Label,
                Cell(result.EqualErrorRate, 100, "F2"),
                Cell(result.TrueAccepts, 1, "F3"),
                Cell(result.OneShot, 100, "F1"),
                result.Seconds.ToString("F0", CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static string Cell(Spread spread, double unit, string format) =>
        (unit * spread.Mean).ToString(format, CultureInfo.InvariantCulture)
        + " ± " + (unit * spread.Deviation).ToString(format, CultureInfo.InvariantCulture);

    private static void Write(
        Utf8JsonWriter writer, IdentifyArguments arguments, GlyphData data, int steps, IEnumerable<IdentifyResult> results)
    {
        writer.WriteString("data", data.Name);
        writer.WriteString("device", arguments.Shared.Device.ToString());
        writer.WriteNumber("epochs", arguments.Shared.Epochs);
        writer.WriteNumber("steps", steps);
        writer.WriteNumber("rate", arguments.Rate);
        writer.WriteNumber("ensemble", arguments.Ensemble);
        writer.WriteStartArray("seeds");
        foreach (ulong seed in arguments.Seeds)
        {
            writer.WriteNumberValue(seed);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("results");
        foreach (IdentifyResult result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", result.Kind.Name);
            writer.WriteString("settings", result.Kind.Settings);
            Write(writer, "eer", result.EqualErrorRate);
            Write(writer, "tarAtFar1e3", result.TrueAccepts);
            Write(writer, "oneShot", result.OneShot);
            writer.WriteNumber("seconds", result.Seconds);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, Spread spread)
    {
        writer.WriteNumber(name, spread.Mean);
        writer.WriteNumber(name + "Deviation", spread.Deviation);
    }
}
