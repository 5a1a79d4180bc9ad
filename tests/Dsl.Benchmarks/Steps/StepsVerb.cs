using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Dsl.Benchmarks.Workloads;
using Dsl.Profiling;
using Dsl.Sessions;

namespace Dsl.Benchmarks.Steps;

/// <summary>The verb <c>steps</c>: whole training steps, one row for each workload.</summary>
internal static class StepsVerb
{
    private static (Device Device, Roofline Roof)? s_roof;

    public static Command Command()
    {
        Option<string> filter = Options.Filter();
        Option<string> device = Options.Device();
        Option<int> threads = Options.Threads();
        Option<double> seconds = Options.Seconds(8);
        Option<FileInfo?> json = Options.Json();
        var command = new Command("steps", "Training steps: inputs, forward, backward, update.")
        {
            filter, device, threads, seconds, json,
        };
        command.SetAction(result =>
        {
            var on = Device.Parse(result.GetValue(device)!, Options.Count(result.GetValue(threads)));
            Console.WriteLine($"{"workload",-36} {"ms",9} {"GFLOP/s",8} {"peak",5} {"roof",5} {"launches",8} {"ops",5}"
                + $" {"arena bytes",12} {"saves",6} {"bytes/step",10} {"quiet",9} {"loss",14}");
            var rows = new List<StepRow>();
            foreach (Workload workload in Workload.Matching(result.GetValue(filter)!))
            {
                rows.Add(Measure(workload, on, result.GetValue(seconds)));
            }

            JsonRows.Write(result.GetValue(json), rows);
        });
        return command;
    }

    private static StepRow Measure(Workload workload, Device device, double seconds)
    {
        using var step = new TrainingStep(workload, device);
        float first = step.Step();
        long flops = step.Launches.Sum(static l => LaunchReport.Of(l).Flops);
        float last = 0;
        Roofline roof = Roof(device);
        double peak = device.Threads == 0 ? roof.Gflops : Peak.Best() * device.Threads;
        QuietRounds rounds = QuietRounds.Measure(() => last = step.Step(), device.Threads, seconds);
        peak = device.Threads == 0 ? peak : Math.Max(peak, Peak.Best() * device.Threads);

        const int Allocating = 20;
        long before = step.AllocatedBytes;
        long overhead = step.AllocatedBytes - before;
        before = step.AllocatedBytes;
        for (int i = 0; i < Allocating; i++)
        {
            last = step.Step();
        }

        long allocated = (step.AllocatedBytes - before - overhead) / Allocating;
        double speed = flops / rounds.Milliseconds / 1e6;
        double least = RoofMilliseconds(step, roof);
        var row = new StepRow(
            workload.Name, rounds.Milliseconds, speed, speed / peak, least / rounds.Milliseconds,
            step.Launches.Count, step.Ops, step.Session.ArenaBytes, step.BufferShare);
        Console.WriteLine(
            $"{row.Name,-36} {row.Milliseconds,9:F4} {row.Gflops,8:F1} {row.PeakShare,5:P0} {row.RoofShare,5:P0} {row.Launches,8} "
            + $"{row.Ops,5} {row.ArenaBytes,12} {row.BufferShare,5:F1}x {allocated,10} "
            + $"{rounds.Quiet,4}/{rounds.Rounds,-4} {first:F3} -> {last:F3}");
        return row;
    }

    private static Roofline Roof(Device device)
    {
        if (s_roof?.Device != device)
        {
            s_roof = (device, Roofline.Measure(device));
        }

        return s_roof.Value.Roof;
    }

    /// <summary>What a step takes when each of its launches runs at the peak or at the bandwidth of memory, whichever
    /// holds it longer.</summary>
    private static double RoofMilliseconds(TrainingStep step, Roofline roof)
    {
        var options = new ProfileOptions { Seconds = 0, Roofline = roof };
        return StepProfiler.Measure(step.Session, options).Launches.Sum(static l => l.RoofMicroseconds) / 1e3;
    }
}

/// <summary>One workload's numbers.</summary>
/// <param name="Name">The workload.</param>
/// <param name="Milliseconds">Of one step.</param>
/// <param name="Gflops">Contractions of forward and backward, over the whole step's time.</param>
/// <param name="PeakShare">Of the measured peak of that many cores.</param>
/// <param name="RoofShare">What its launches would take at the roof, each at the peak or at the bandwidth of memory, as
/// a part of the step's time. More than 1 when they work in a cache, which is faster than memory.</param>
/// <param name="Launches">Of forward and backward.</param>
/// <param name="Ops">What these launches compute: as many launches without fusion.</param>
/// <param name="ArenaBytes">Activations and scratch.</param>
/// <param name="BufferShare">What the step's buffers would take side by side, as a multiple of their arena.</param>
internal sealed record StepRow(
    string Name, double Milliseconds, double Gflops, double PeakShare, double RoofShare, int Launches, int Ops,
    long ArenaBytes, double BufferShare);
