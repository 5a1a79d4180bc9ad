using System;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Dsl;
using Dsl.Sessions;
using Spectre.Console;

namespace Samples.Sequence;

/// <summary>The verb <c>sequence</c>: trains state space models on long sequences.</summary>
internal static class SequenceSample
{
    public static Command Command()
    {
        var options = new SequenceOptions();
        Command command = options.AddTo(new Command("sequence", "Trains state space models on long sequences."));
        command.SetAction(result => Verb.Run(() => Run(AnsiConsole.Console, options.Read(result))));
        return command;
    }

    private static int Run(IAnsiConsole console, SequenceArguments arguments)
    {
        // Everything is read before training, so that a missing file costs nothing.
        SampleArguments shared = arguments.Shared;
        SequenceTask task = SequenceTask.All[arguments.Task];
        SequenceData data = task.Read(shared.Data, (int)(shared.Seed % (int.MaxValue / 2)));
        int batch = arguments.Batch is > 0 and var given ? given : task.Batch;
        int epochs = shared.Epochs is > 0 and var wanted ? wanted : task.Epochs;
        console.WriteNote(
            $"{data.Train.Count:N0} sequences train, {data.Test.Count:N0} test; the longest has {data.Length:N0} positions");
        float rate = arguments.Rate ?? task.Rate;
        IModel model = task.Make();
        model.Parameters.Initialize(shared.Seed);
        int steps = epochs * ((data.Train.Count + batch - 1) / batch);
        int rise = Math.Max(1, steps / 20);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = shared.Device,
            Sizes = task.HasFixedLength ? new Sizes { ["b"] = batch } : new Sizes { ["b"] = batch, ["n"] = data.Length },
            Optimizer = new AdamW(
                Schedule.Cosine(rate, Math.Max(1, steps - rise), rate / 100).WarmUp(rise))
            {
                WeightDecay = 0.01f,
                ClipNorm = 1f,
            },
        });
        var trainer = new Trainer(session, data.Train, null, new TrainerOptions
        {
            Epochs = epochs,
            BatchSize = batch,
            Seed = shared.Seed,
            GroupByLength = task.HasLengths,
        });
        ProfileView.Show(console, session, shared.Profile);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        TrainingView.Run(console, trainer, steps);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double processor = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        Evaluation test = Trainer.Evaluate(session, data.Test, batch);
        Evaluation? longer = Longer(session, data);
        string result = task.IsForecast
            ? FormattableString.Invariant($"mean squared error {test.Loss:F4}")
            : FormattableString.Invariant($"accuracy {test.Accuracy:P2}, loss {test.Loss:F4}");
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[green]{result}[/] on {test.Samples:N0} sequences after {seconds:F1} s, {processor:F1} s of processors; {model.Parameters.Length:N0} parameters");
        if (longer is { } beyond)
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"accuracy {beyond.Accuracy:P2} on sequences of {data.Longer!.Value.Length:N0} positions");
        }

        ResultFile.Write(shared.Json, writer =>
        {
            writer.WriteString("task", arguments.Task);
            writer.WriteString("device", shared.Device.ToString());
            if (task.IsForecast)
            {
                writer.WriteNumber("mse", test.Loss);
            }
            else
            {
                writer.WriteNumber("accuracy", test.Accuracy);
                writer.WriteNumber("loss", test.Loss);
            }

            if (longer is { } beyond)
            {
                writer.WriteNumber("longerLength", data.Longer!.Value.Length);
                writer.WriteNumber("longerAccuracy", beyond.Accuracy);
            }

            writer.WriteNumber("seconds", seconds);
            writer.WriteNumber("processorSeconds", processor);
            writer.WriteNumber("steps", steps);
            writer.WriteNumber("parameters", model.Parameters.Length);
        });
        return 0;
    }

    /// <summary>What the model makes of sequences longer than those it was trained on, one by one.</summary>
    private static Evaluation? Longer(ModelSession trained, SequenceData data)
    {
        if (data.Longer is not { } longer)
        {
            return null;
        }

        trained.UnpackParameters();
        using ModelSession session = trained.Model.NewSession(
            new SessionOptions { Device = trained.Device, Sizes = new Sizes { ["b"] = 1, ["n"] = longer.Length } });
        return Trainer.Evaluate(session, longer.Test, 1);
    }
}
