using System;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Dsl;
using Dsl.Sessions;
using Spectre.Console;

namespace Samples.Duplication;

/// <summary>The verb <c>duplication</c>: one layer of attention learns to repeat a word, from sequences that are never seen
/// twice.</summary>
internal static class DuplicationVerb
{
    /// <summary>A line after so many steps.</summary>
    private const int LinesEvery = 100;

    /// <summary>Batches of the final test.</summary>
    private const int TestBatches = 16;

    public static Command Command()
    {
        var options = new DuplicationOptions();
        Command command = options.AddTo(new Command("duplication", "Trains one layer of attention to repeat a word."));
        command.SetAction(result => Verb.Run(() => Run(AnsiConsole.Console, options.Read(result))));
        return command;
    }

    private static int Run(IAnsiConsole console, DuplicationArguments arguments)
    {
        (SampleArguments shared, int batch) = (arguments.Shared, arguments.Batch);
        IModel model = DuplicationOptions.Models[arguments.Model]();
        model.Parameters.Initialize(shared.Seed);
        int rise = Math.Max(1, arguments.Steps / 10);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = shared.Device,
            Sizes = new Sizes { ["b"] = batch, ["n"] = DuplicationData.Length },
            Optimizer = new AdamW(
                Schedule.Cosine(arguments.Rate, Math.Max(1, arguments.Steps - rise), arguments.Rate / 20).WarmUp(rise))
            {
                Beta2 = 0.98f,
                WeightDecay = 0f,
                ClipNorm = 1f,
            },
        });
        console.WriteNote(
            $"{shared.Device}: arena {session.ArenaBytes:N0} bytes; {arguments.Steps:N0} steps of {batch} sequences");
        long start = Stopwatch.GetTimestamp();
        int steps = Train(console, session, arguments);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double accuracy = Accuracy(session, new DuplicationData(shared.Seed + 1_000_000), batch, TestBatches);
        console.MarkupInterpolated(
            CultureInfo.InvariantCulture, $"[green]{accuracy:P2}[/] of the repeated symbols right");
        console.WriteNote($", after {steps:N0} steps in {seconds:F1} s");
        ResultFile.Write(shared.Json, writer =>
        {
            writer.WriteString("model", arguments.Model);
            writer.WriteString("device", shared.Device.ToString());
            writer.WriteNumber("accuracy", accuracy);
            writer.WriteNumber("steps", steps);
            writer.WriteNumber("seconds", seconds);
            writer.WriteNumber("parameters", model.Parameters.Length);
            writer.WriteNumber("arenaBytes", session.ArenaBytes);
        });
        return 0;
    }

    /// <summary>Trains, and says now and then how far it is.</summary>
    private static int Train(IAnsiConsole console, ModelSession session, DuplicationArguments arguments)
    {
        var data = new DuplicationData(arguments.Shared.Seed);
        var test = new DuplicationData(arguments.Shared.Seed + 1);
        var tokens = new int[arguments.Batch * DuplicationData.Length];
        var next = new int[tokens.Length];
        var loss = new float[1];
        for (int step = 1; step <= arguments.Steps; step++)
        {
            data.Fill(tokens, next);
            session.Begin(EntryPoint.Train, ("b", arguments.Batch), ("n", DuplicationData.Length));
            session.Write(0, tokens);
            session.Write(1, next);
            session.Run();
            session.Read(0, loss);
            session.Optimizer!.Update(session);
            if (step % LinesEvery == 0)
            {
                double accuracy = Accuracy(session, test, arguments.Batch, 1);
                console.WriteNote($"step {step}: loss {loss[0]:F4}, {accuracy:P2} right");
            }
        }

        return arguments.Steps;
    }

    /// <summary>How many of the second words' symbols have the highest score.</summary>
    private static double Accuracy(ModelSession session, DuplicationData data, int batch, int batches)
    {
        var tokens = new int[batch * DuplicationData.Length];
        var next = new int[tokens.Length];
        var scores = new float[tokens.Length * DuplicationData.Symbols];
        (long right, long count) = (0, 0);
        for (int i = 0; i < batches; i++)
        {
            data.Fill(tokens, next);
            session.Begin(EntryPoint.Forward, ("b", batch), ("n", DuplicationData.Length));
            session.Write(0, tokens);
            session.Run();
            session.Read(0, scores);
            for (int at = 0; at < next.Length; at++)
            {
                if (next[at] != DuplicationData.NoLabel)
                {
                    ReadOnlySpan<float> row = scores.AsSpan(at * DuplicationData.Symbols, DuplicationData.Symbols);
                    int best = 0;
                    for (int symbol = 1; symbol < row.Length; symbol++)
                    {
                        best = row[symbol] > row[best] ? symbol : best;
                    }

                    right += best == next[at] ? 1 : 0;
                    count++;
                }
            }
        }

        return (double)right / count;
    }
}
