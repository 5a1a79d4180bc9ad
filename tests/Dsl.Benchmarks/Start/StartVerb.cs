using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Dsl.Benchmarks.Start;

/// <summary>
/// The verb <c>start</c>: what a cold start of the samples costs, by their verb <c>digits</c> with one step of
/// training: the time to the end of that step, the whole process, and its memory.
/// </summary>
internal static class StartVerb
{
    private static readonly string[] s_digits = ["digits", "--images", "64", "--epochs", "1", "--threads", "2"];

    public static Command Command()
    {
        var program = new Option<FileInfo>("--program")
        {
            Description = "The built samples: an executable or a .dll.",
            Required = true,
        };
        var runs = new Option<int>("--runs")
        {
            Description = "How often it is started.",
            DefaultValueFactory = static _ => 10,
        };
        Option<FileInfo?> json = Options.Json();
        var command = new Command("start", "Cold start of the samples: first step, process, memory, size.")
        {
            program, runs, json,
        };
        command.SetAction(result =>
        {
            StartRow row = Measure(result.GetValue(program)!, result.GetValue(runs));
            Console.WriteLine($"{$"{row.Program}, {row.Runs} runs",-30} {"median",9} {"min",9} {"max",9}");
            Print("first step, ms", row.FirstStepMilliseconds, 1);
            Print("process, ms", row.ProcessMilliseconds, 1);
            Print("peak memory, MB", row.PeakMemoryBytes, 1e-6);
            if (row.FileBytes is { } bytes)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"file, bytes",-30} {bytes,9:N0}"));
            }

            JsonRows.Write(result.GetValue(json), [row]);
        });
        return command;
    }

    private static void Print(string name, Spread spread, double scale) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-30} {spread.Median * scale,9:F1} {spread.Min * scale,9:F1} {spread.Max * scale,9:F1}"));

    private static StartRow Measure(FileInfo program, int runs)
    {
        List<Run> all = [.. Enumerable.Range(0, runs).Select(_ => Start(program))];
        return new(
            program.Name,
            runs,
            Spread.Of(all.Select(static r => r.FirstStep)),
            Spread.Of(all.Select(static r => r.Process)),
            Spread.Of(all.Select(static r => r.Memory)),
            ChildProcess.IsLibrary(program) ? null : program.Length);
    }

    private static Run Start(FileInfo program)
    {
        string file = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = ChildProcess.Program(program, [.. s_digits, "--json", file]);
            DateTime began = DateTime.UtcNow;
            long since = Stopwatch.GetTimestamp();
            ChildProcess.Run(start);
            double elapsed = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            return new(
                (json.RootElement.GetProperty("firstStepUtc").GetDateTime() - began).TotalMilliseconds,
                elapsed,
                json.RootElement.GetProperty("peakMemoryBytes").GetDouble());
        }
        finally
        {
            File.Delete(file);
        }
    }

    private readonly record struct Run(double FirstStep, double Process, double Memory);
}

/// <summary>The cold start of one program.</summary>
/// <param name="Program">Its file.</param>
/// <param name="Runs">How often it was started.</param>
/// <param name="FirstStepMilliseconds">From before the process is made to the end of the first training step.</param>
/// <param name="ProcessMilliseconds">From the start of the process to its end, as its parent sees it.</param>
/// <param name="PeakMemoryBytes">The most resident memory.</param>
/// <param name="FileBytes">Size of the executable; null for a library.</param>
internal sealed record StartRow(
    string Program, int Runs, Spread FirstStepMilliseconds, Spread ProcessMilliseconds, Spread PeakMemoryBytes,
    long? FileBytes);
