using System;
using System.CommandLine;
using System.IO;
using Dsl.Benchmarks.Workloads;
using Dsl.Profiling;

namespace Dsl.Benchmarks.Steps;

/// <summary>The verb <c>profile</c>: where a training step spends its time, launch by launch.</summary>
internal static class ProfileVerb
{
    public static Command Command()
    {
        var name = new Argument<string>("workload") { Description = "The name of a workload, or part of it." };
        Option<string> device = Options.Device();
        Option<int> threads = Options.Threads();
        Option<double> seconds = Options.Seconds(4);
        var trace = new Option<DirectoryInfo?>("--trace")
        {
            Description = "Writes <workload>.trace.json for chrome://tracing to this folder.",
        };
        var command = new Command("profile", "Time of every launch of one training step.")
        {
            name, device, threads, seconds, trace,
        };
        command.SetAction(result =>
        {
            foreach (Workload workload in Workload.Matching(result.GetValue(name)!))
            {
                using var step = new TrainingStep(
                    workload, Device.Parse(result.GetValue(device)!, Options.Count(result.GetValue(threads))));
                StepProfile profile = StepProfiler.Measure(
                    step.Session, new ProfileOptions { Seconds = result.GetValue(seconds) });
                Console.WriteLine($"{workload.Name}: {profile}");
                if (result.GetValue(trace) is { } folder)
                {
                    profile.WriteTrace(Path.Combine(folder.FullName, workload.Name + ".trace.json"));
                }
            }
        });
        return command;
    }
}
