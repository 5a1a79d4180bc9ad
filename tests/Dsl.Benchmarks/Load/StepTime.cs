using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using Dsl.Benchmarks.Steps;
using Dsl.Benchmarks.Workloads;

namespace Dsl.Benchmarks.Load;

/// <summary>What a training step takes by the clock, whatever else the machine does.</summary>
/// <param name="Median">Milliseconds; half of the steps take no longer.</param>
/// <param name="Mean">Milliseconds: all the time over the number of steps, so that rare long ones count.</param>
internal readonly record struct StepTime(double Median, double Mean)
{
    private const string Verb = "step-time";
    private const int LeastSteps = 5;

    /// <summary>Measures a step that is warm.</summary>
    public static StepTime Measure(TrainingStep step, double seconds)
    {
        var times = new List<double>();
        long since = Stopwatch.GetTimestamp();
        while (times.Count < LeastSteps || Stopwatch.GetElapsedTime(since).TotalSeconds < seconds)
        {
            long start = Stopwatch.GetTimestamp();
            step.Step();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return new(Spread.Of(times).Median, times.Average());
    }

    /// <summary>Runs steps until every method has its final code.</summary>
    public static void WarmUp(TrainingStep step)
    {
        long since = Stopwatch.GetTimestamp();
        for (int i = 0; i < 30 || Stopwatch.GetElapsedTime(since).TotalSeconds < 1.5; i++)
        {
            step.Step();
        }
    }

    /// <summary>Measures in a process of its own that may use the first CPU only.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="threads">Threads of the host; 0 for one per CPU that the process may use.</param>
    /// <param name="seconds">How long to measure.</param>
    public static StepTime MeasureOnOneCpu(Workload workload, int threads, double seconds)
    {
        string[] verb =
        [
            Verb, "--workload", workload.Name, "--threads", threads.ToString(CultureInfo.InvariantCulture),
            "--seconds", seconds.ToString(CultureInfo.InvariantCulture),
        ];
        ProcessStartInfo start = ChildProcess.Self(verb, "taskset", "-c", "0");

        // On a single CPU that is busy, methods would wait for their final code for seconds.
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "0";
        return JsonSerializer.Deserialize<StepTime>(ChildProcess.Run(start));
    }

    /// <summary>The hidden verb of that process.</summary>
    public static Command Command()
    {
        var name = new Option<string>("--workload") { Required = true };
        Option<int> threads = Options.Threads();
        Option<double> seconds = Options.Seconds(2);
        var command = new Command(Verb, "Prints the time of one workload's step as JSON.") { name, threads, seconds };
        command.Hidden = true;
        command.SetAction(result =>
        {
            Workload workload = Workload.All.Single(w => w.Name == result.GetValue(name));
            using var step = new TrainingStep(workload, Device.Host(Options.Count(result.GetValue(threads))));
            WarmUp(step);
            Console.WriteLine(JsonSerializer.Serialize(Measure(step, result.GetValue(seconds))));
        });
        return command;
    }
}
