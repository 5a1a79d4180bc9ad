using System;
using System.Globalization;
using System.Threading;
using Dsl;
using Spectre.Console;

namespace Samples;

/// <summary>Trains with a live bar in a terminal, or one line per epoch where there is none. Ctrl+C stops after a checkpoint.</summary>
internal static class TrainingView
{
    /// <summary>Trains to the end, or until Ctrl+C.</summary>
    /// <param name="console">Shows progress.</param>
    /// <param name="trainer">Trains.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="linesEvery">Where there is no terminal, a line after so many steps, too; 0: none.</param>
    /// <returns>When the first step had finished; null when there was none.</returns>
    public static DateTime? Run(IAnsiConsole console, Trainer trainer, long steps, int linesEvery = 0)
    {
        foreach (string warning in trainer.Warnings)
        {
            console.WriteNote($"warning: {warning}");
        }

        DateTime? firstStep = null;
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
                    trainer.Run(new StepReport(p => Show(task, p), every: 1, first: () => firstStep = DateTime.UtcNow), stop.Token);
                });
            }
            else
            {
                trainer.Run(
                    new StepReport(p => console.WriteLine(Line(p)), every: linesEvery, first: () => firstStep = DateTime.UtcNow), stop.Token);
            }
        }
        finally
        {
            Console.CancelKeyPress -= cancel;
        }

        return firstStep;
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

    private static string Line(TrainProgress p) => p.EpochEnds
        ? string.Create(
            CultureInfo.InvariantCulture, $"epoch {p.Epoch + 1}: mean loss {p.Loss:F4}, {p.SamplesPerSecond:F0} samples/s")
        : string.Create(
            CultureInfo.InvariantCulture, $"step {p.Step}: loss {p.Loss:F4}, {p.SamplesPerSecond:F1} samples/s");

    /// <summary>Reports on the training thread, without a synchronisation context.</summary>
    private sealed class StepReport(Action<TrainProgress> show, int every, Action first) : IProgress<TrainProgress>
    {
        private bool _begun;

        public void Report(TrainProgress value)
        {
            if (!_begun)
            {
                _begun = true;
                first();
            }

            if (value.EpochEnds || (every > 0 && value.Step % every == 0))
            {
                show(value);
            }
        }
    }
}
