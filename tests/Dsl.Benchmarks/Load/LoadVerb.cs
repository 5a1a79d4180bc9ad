using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using Dsl.Benchmarks.Steps;
using Dsl.Benchmarks.Workloads;

namespace Dsl.Benchmarks.Load;

/// <summary>
/// The verb <c>load</c>: a training step beside processes that keep cores busy, and in a process that may use one CPU
/// only. Every round measures all of it in turn, so that a slow machine slows the quiet case, too.
/// </summary>
internal static class LoadVerb
{
    private static readonly string[] s_usual = ["convnet-28x28-b64-adam", "mlp-784-512-512-10-b128-adam"];
    private static readonly int[] s_busy = [0, 1, 2, 4];

    public static Command Command()
    {
        var names = new Option<string[]>("--workload")
        {
            Description = "The names of workloads, or parts of them.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = static _ => s_usual,
        };
        Option<int> threads = Options.Threads();
        var seconds = new Option<double>("--seconds")
        {
            Description = "How long each measurement takes.",
            DefaultValueFactory = static _ => 2,
        };
        Option<int> rounds = Options.Rounds("How often each is measured; medians count.");
        Option<FileInfo?> json = Options.Json();
        var command = new Command("load", "Training steps beside busy processes, and on one CPU.")
        {
            names, threads, seconds, rounds, json,
        };
        command.SetAction(result =>
        {
            Console.WriteLine($"{"workload",-36} {"cpus",4} {"threads",7} {"busy",4} {"median ms",9} {"mean ms",9}"
                + $" {"slowdown",8} {"by mean",8} {"fair",5} spread of the slowdown");
            var rows = new List<LoadRow>();
            foreach (Workload workload in result.GetValue(names)!.SelectMany(Workload.Matching).Distinct())
            {
                Measure(
                    workload, Options.Count(result.GetValue(threads)), result.GetValue(seconds),
                    result.GetValue(rounds), rows);
            }

            JsonRows.Write(result.GetValue(json), rows);
        });
        return command;
    }

    private static void Measure(Workload workload, int threads, double seconds, int rounds, List<LoadRow> rows)
    {
        int cpus = Environment.ProcessorCount;
        List<Setting> settings = [.. s_busy.Select(busy => new Setting(cpus, threads, busy))];
        if (HasTaskset())
        {
            settings.AddRange([new(1, 1, 0), new(1, 2, 0)]);
        }

        using var step = new TrainingStep(workload, Device.Host(threads));
        StepTime.WarmUp(step);
        StepTime[][] times = [.. settings.Select(_ => new StepTime[rounds])];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < settings.Count; i++)
            {
                times[i][round] = Measure(step, workload, settings[i], cpus, seconds);
            }
        }

        for (int i = 0; i < settings.Count; i++)
        {
            LoadRow row = Row(workload, settings[i], times[i], times[0], settings[0]);
            rows.Add(row);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Name,-36} {row.Cpus,4} {row.Threads,7} {row.Busy,4} {row.Milliseconds,9:F3} "
                + $"{row.MeanMilliseconds,9:F3} {row.Slowdown,7:F2}x {row.MeanSlowdown,7:F2}x {row.FairSlowdown,4:F1}x "
                + $"{row.LeastSlowdown:F2}x to {row.MostSlowdown:F2}x"));
        }
    }

    private static StepTime Measure(TrainingStep step, Workload workload, Setting setting, int cpus, double seconds)
    {
        if (setting.Cpus < cpus)
        {
            // As many threads as CPUs are what nobody has to ask for.
            int threads = setting.Threads == setting.Cpus ? 0 : setting.Threads;
            return StepTime.MeasureOnOneCpu(workload, threads, seconds);
        }

        using var busy = new BusyProcesses(setting.Busy);
        return StepTime.Measure(step, seconds);
    }

    private static LoadRow Row(
        Workload workload, Setting setting, StepTime[] times, StepTime[] quiet, Setting quietSetting)
    {
        Spread slowdown = Spread.Of(times.Zip(quiet, static (t, q) => t.Median / q.Median));
        Spread byMean = Spread.Of(times.Zip(quiet, static (t, q) => t.Mean / q.Mean));
        return new(
            workload.Name, setting.Cpus, setting.Threads, setting.Busy,
            Spread.Of(times.Select(static t => t.Median)).Median, Spread.Of(times.Select(static t => t.Mean)).Median,
            slowdown.Median, byMean.Median, quietSetting.FairCpus / setting.FairCpus, slowdown.Min, slowdown.Max);
    }

    private static bool HasTaskset() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(static folder => File.Exists(Path.Combine(folder, "taskset")));

    /// <summary>What a step is measured with.</summary>
    /// <param name="Cpus">CPUs that the process may use.</param>
    /// <param name="Threads">Threads of the host.</param>
    /// <param name="Busy">Busy processes beside it.</param>
    private readonly record struct Setting(int Cpus, int Threads, int Busy)
    {
        /// <summary>How many CPUs the threads have together when every thread has the same share.</summary>
        public double FairCpus => (double)Cpus * Threads / Math.Max(Threads + Busy, Cpus);
    }
}

/// <summary>One workload in one setting. A slowdown is the time over that of the same round without busy processes on
/// all CPUs.</summary>
/// <param name="Name">The workload.</param>
/// <param name="Cpus">CPUs that the process may use.</param>
/// <param name="Threads">Threads of the host.</param>
/// <param name="Busy">Busy processes beside it.</param>
/// <param name="Milliseconds">Of one step, the median of a round's steps; of these the median of all rounds.</param>
/// <param name="MeanMilliseconds">The same by a round's mean.</param>
/// <param name="Slowdown">By the medians of steps: the median of all rounds.</param>
/// <param name="MeanSlowdown">The same by the means of steps.</param>
/// <param name="FairSlowdown">What it would be if every thread and every busy process had the same share of the CPUs:
/// (threads + busy) / CPUs where the quiet case has a CPU for each thread.</param>
/// <param name="LeastSlowdown">The lowest of a round, by medians of steps.</param>
/// <param name="MostSlowdown">The highest of a round, by medians of steps.</param>
internal sealed record LoadRow(
    string Name, int Cpus, int Threads, int Busy, double Milliseconds, double MeanMilliseconds, double Slowdown,
    double MeanSlowdown, double FairSlowdown, double LeastSlowdown, double MostSlowdown);
