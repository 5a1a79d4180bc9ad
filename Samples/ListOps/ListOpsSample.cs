using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Dsl;
using Dsl.Sessions;
using Spectre.Console;

namespace Samples.ListOps;

/// <summary>The verb <c>listops</c>: trains encoders to tell the value of a nested list of operations.</summary>
internal static class ListOpsSample
{
    public static Command Command()
    {
        var options = new ListOpsOptions();
        Command command = options.AddTo(
            new Command("listops", "Trains encoders to tell the value of nested lists of operations."));
        command.SetAction(result => Verb.Run(() => Run(AnsiConsole.Console, options.Read(result))));
        return command;
    }

    private static int Run(IAnsiConsole console, ListOpsArguments arguments)
    {
        // Everything is read before training, so that a missing file costs nothing.
        SampleArguments shared = arguments.Shared;
        var data = new ListOpsData(ListOpsData.Read(shared.Data?.FullName, shared.Seed), arguments.Length);
        console.WriteNote(
            $"{data.Train.Count:N0} expressions train, {data.Test.Count:N0} test; the longest has {data.Longest} tokens");
        if (data.LeftOut > 0)
        {
            console.WriteNote($"{data.LeftOut} with more than {arguments.Length} tokens are left out");
        }

        var results = new List<ListOpsResult>();
        foreach ((string name, Func<IModel> make) in ListOpsModels.All)
        {
            if (arguments.Model == ListOpsModels.Everything || arguments.Model == name)
            {
                console.WriteNote($"{name}");
                results.Add(Train(console, arguments, data, name, make()));
            }
        }

        Write(console, data, results);
        ResultFile.Write(shared.Json, writer =>
        {
            writer.WriteString("device", shared.Device.ToString());
            writer.WriteNumber("epochs", shared.Epochs);
            writer.WriteNumber("mostFrequent", data.MostFrequent);
            writer.WriteNumber("leftOut", data.LeftOut);
            writer.WriteStartArray("results");
            foreach (ListOpsResult result in results)
            {
                writer.WriteStartObject();
                writer.WriteString("name", result.Name);
                writer.WriteNumber("accuracy", result.Accuracy);
                writer.WriteNumber("loss", result.Loss);
                writer.WriteNumber("seconds", result.Seconds);
                writer.WriteNumber("processorSeconds", result.ProcessorSeconds);
                writer.WriteNumber("millisecondsPerStep", result.Milliseconds);
                writer.WriteNumber("parameters", result.Parameters);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
        return 0;
    }

    private static ListOpsResult Train(
        IAnsiConsole console, ListOpsArguments arguments, ListOpsData data, string name, IModel model)
    {
        SampleArguments shared = arguments.Shared;
        model.Parameters.Initialize(shared.Seed);
        int steps = shared.Epochs * ((data.Train.Count + arguments.Batch - 1) / arguments.Batch);
        int rise = Math.Max(1, steps / 20);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = shared.Device,
            Sizes = new Sizes { ["b"] = arguments.Batch, ["n"] = data.Longest },
            Optimizer = new AdamW(
                Schedule.Cosine(arguments.Rate, Math.Max(1, steps - rise), arguments.Rate / 10).WarmUp(rise))
            {
                WeightDecay = 0.01f,
                ClipNorm = 1f,
            },
        });
        var trainer = new Trainer(session, data.Train, null, new TrainerOptions
        {
            Epochs = shared.Epochs,
            BatchSize = arguments.Batch,
            Seed = shared.Seed,
            GroupByLength = true,
        });
        ProfileView.Show(console, session, shared.Profile);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        TrainingView.Run(console, trainer, steps);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double processor = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        Evaluation test = Trainer.Evaluate(session, data.Test, arguments.Batch);
        return new ListOpsResult(
            name, test.Accuracy, test.Loss, seconds, processor, 1000 * seconds / steps, model.Parameters.Length);
    }

    private static void Write(IAnsiConsole console, ListOpsData data, List<ListOpsResult> results)
    {
        Table table = new Table().AddColumn("encoder");
        foreach (string column in new[] { "parameters", "accuracy", "seconds", "CPU s", "ms/step" })
        {
            table.AddColumn(column, static c => c.RightAligned());
        }

        foreach (ListOpsResult r in results)
        {
            table.AddRow(
                r.Name,
                r.Parameters.ToString("#,0", CultureInfo.InvariantCulture),
                Percent(r.Accuracy),
                r.Seconds.ToString("F1", CultureInfo.InvariantCulture),
                r.ProcessorSeconds.ToString("F1", CultureInfo.InvariantCulture),
                r.Milliseconds.ToString("F2", CultureInfo.InvariantCulture));
        }

        table.AddRow("most frequent class", "", Percent(data.MostFrequent), "", "", "");
        console.Write(table);
    }

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    /// <summary>What became of an encoder.</summary>
    /// <param name="Name">Of <see cref="ListOpsModels"/>.</param>
    /// <param name="Accuracy">The share of test expressions whose value it told.</param>
    /// <param name="Loss">Mean cross-entropy on them, in nats.</param>
    /// <param name="Seconds">Of training.</param>
    /// <param name="ProcessorSeconds">Of all threads: with one thread and other work beside, what training takes.</param>
    /// <param name="Milliseconds">Of a training step.</param>
    /// <param name="Parameters">Learned numbers.</param>
    private sealed record ListOpsResult(
        string Name,
        double Accuracy,
        double Loss,
        double Seconds,
        double ProcessorSeconds,
        double Milliseconds,
        long Parameters);
}
