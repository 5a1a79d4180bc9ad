using System;
using System.Globalization;
using System.Threading;
using Dsl;
using Spectre.Console;

namespace Samples;

/// <summary>Trains with a live bar in a terminal, or one line per epoch where there is none. Ctrl+C stops after a checkpoint.</summary>
internal static class TrainingView
{
    public static void Run(IAnsiConsole console, Trainer trainer, long steps)
    {
        using var stop = new CancellationTokenSource();
        ConsoleCancelEventHandler cancel = (_, e) =>
        {
            e.Cancel = true;
            stop.Cancel();
        };
        Console.CancelKeyPress += cancel;
        try
        {
            if (console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal)
            {
                console.Progress().Start(context =>
                {
                    ProgressTask task = context.AddTask("training", maxValue: steps);
                    trainer.Run(new StepReport(p => Show(task, p), everyStep: true), stop.Token);
                });
            }
            else
            {
                trainer.Run(new StepReport(p => console.WriteLine(Line(p)), everyStep: false), stop.Token);
            }
        }
        finally
        {
            Console.CancelKeyPress -= cancel;
        }
    }

    private static void Show(ProgressTask task, TrainProgress p)
    {
        task.Value = p.Step;
        if (p.EpochEnds || p.Step % 20 == 0)
        {
            task.Description = string.Create(
                CultureInfo.InvariantCulture, $"epoch {p.Epoch + 1} loss {p.Loss:F4} {p.SamplesPerSecond:F0}/s");
        }
    }

    private static string Line(TrainProgress p) => string.Create(
        CultureInfo.InvariantCulture, $"epoch {p.Epoch + 1}: mean loss {p.Loss:F4}, {p.SamplesPerSecond:F0} samples/s");

    /// <summary>Reports on the training thread, without a synchronisation context.</summary>
    private sealed class StepReport(Action<TrainProgress> show, bool everyStep) : IProgress<TrainProgress>
    {
        public void Report(TrainProgress value)
        {
            if (everyStep || value.EpochEnds)
            {
                show(value);
            }
        }
    }
}
