using System;
using System.CommandLine;
using System.Diagnostics;
using System.Linq;
using Dsl.Benchmarks.Workloads;
using Dsl.Kernels;
using Dsl.Sessions;

namespace Dsl.Benchmarks.Steps;

/// <summary>The verb <c>profile</c>: where a training step spends its time, launch by launch.</summary>
internal static class ProfileVerb
{
    private const int MostPasses = 2000;

    public static Command Command()
    {
        var name = new Argument<string>("workload") { Description = "The name of a workload, or part of it." };
        Option<int> threads = Options.Threads();
        Option<double> seconds = Options.Seconds(4);
        var command = new Command("profile", "Time of every launch of one training step.") { name, threads, seconds };
        command.SetAction(result =>
        {
            foreach (Workload workload in Workload.Matching(result.GetValue(name)!))
            {
                Run(workload, Options.Count(result.GetValue(threads)), result.GetValue(seconds));
            }
        });
        return command;
    }

    private static void Run(Workload workload, int threads, double seconds)
    {
        using var step = new TrainingStep(workload, threads);
        for (int i = 0; i < 30; i++)
        {
            step.Step();
        }

        // In the order of the program, so that each launch finds the caches as in a step; the update comes last.
        Engine engine = step.Session.Engine;
        object[] loaded = step.Launches.Select(l => engine.Load([l])).ToArray();
        var times = new double[loaded.Length + 1][];
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = new double[MostPasses];
        }

        int passes = 0;
        long since = Stopwatch.GetTimestamp();
        while (passes < MostPasses && (passes < 5 || Stopwatch.GetElapsedTime(since).TotalSeconds < seconds))
        {
            double before = Peak.Seconds(threads);
            for (int i = 0; i < times.Length; i++)
            {
                if (i < loaded.Length)
                {
                    engine.Run(loaded[i]);
                }
                else
                {
                    step.Update();
                }

                double after = Peak.Seconds(threads);
                times[i][passes] = (after - before) * 1e6;
                before = after;
            }

            passes++;
        }

        // The lower quartile: somebody else on the core only ever adds.
        double[] quartile = times.Select(t => t.Take(passes).Order().ElementAt(passes / 4)).ToArray();
        double all = quartile.Sum();
        Console.WriteLine(
            $"{workload.Name}, {engine.Description}: {all:F0} us in {loaded.Length} launches and the update,"
            + $" {passes} passes; peak of one core {Peak.Best():F0} GFLOP/s");
        Console.WriteLine($"{"us",9} {"share",6} {"GFLOP/s",8} {"skeleton",-16} {"extents",-52} name");
        for (int i = 0; i < times.Length; i++)
        {
            (string name, LaunchReport report) = i < loaded.Length
                ? (step.Launches[i].Kernel.Name, LaunchReport.Of(step.Launches[i]))
                : (step.Session.Optimizer!.GetType().Name, new LaunchReport("Map", "update", 0));
            string speed = report.Flops == 0 ? "" : $"{report.Flops / quartile[i] / 1e3:F1}";
            Console.WriteLine($"{quartile[i],9:F1} {quartile[i] / all,6:P1} {speed,8} {report.Skeleton,-16} "
                + $"{report.Extents,-52} {name}");
        }
    }
}
