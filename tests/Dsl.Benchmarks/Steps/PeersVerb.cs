using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using Dsl.Benchmarks.Workloads;

namespace Dsl.Benchmarks.Steps;

/// <summary>
/// The verb <c>peers</c>: our training steps and another framework's, in turn, round by round. The peer is a program that
/// takes <c>--filter</c> (a name), <c>--threads</c>, <c>--seconds</c> and <c>--json</c> (a file), and writes a list of
/// objects with <c>Name</c> and <c>Median</c>, milliseconds.
/// </summary>
internal static class PeersVerb
{
    private static readonly JsonSerializerOptions s_json =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Command()
    {
        var peer = new Option<FileInfo>("--peer") { Description = "The built peer: an executable or a .dll.", Required = true };
        Option<string> filter = Options.Filter();
        Option<int> threads = Options.Threads();
        Option<double> seconds = Options.Seconds(3);
        var rounds = new Option<int>("--rounds")
        {
            Description = "How often both are measured.",
            DefaultValueFactory = static _ => 3,
        };
        var json = new Option<FileInfo?>("--json") { Description = "Writes the rows to this file as a JSON list." };
        var command = new Command("peers", "Our training steps and another framework's, in turn.")
        {
            peer, filter, threads, seconds, rounds, json,
        };
        command.SetAction(result =>
        {
            int count = Options.Count(result.GetValue(threads));
            Console.WriteLine($"{"workload",-34} {"ours ms",9} {"peer ms",9} {"ratio",6} spread");
            var rows = new List<PeerRow>();
            foreach (Workload workload in Workload.Matching(result.GetValue(filter)!))
            {
                PeerRow? row = Measure(
                    workload, result.GetValue(peer)!, count, result.GetValue(seconds), result.GetValue(rounds));
                if (row is null)
                {
                    Console.WriteLine($"{workload.Name,-34} the peer does not have it");
                    continue;
                }

                rows.Add(row);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Name,-34} {row.Ours,9:F3} {row.Peer,9:F3} {row.Ratio,5:F2}x {row.Least:F2}x to {row.Most:F2}x"));
            }

            if (result.GetValue(json) is { } file)
            {
                file.Directory?.Create();
                File.WriteAllText(file.FullName, JsonSerializer.Serialize(rows, s_json));
            }
        });
        return command;
    }

    private static PeerRow? Measure(Workload workload, FileInfo peer, int threads, double seconds, int rounds)
    {
        var times = new List<(double Ours, double Peer)>();
        using var step = new TrainingStep(workload, threads);
        for (int i = 0; i < rounds; i++)
        {
            if (RunPeer(peer, workload.Name, threads, seconds) is not { } other)
            {
                return null;
            }

            times.Add((QuietRounds.Measure(() => step.Step(), threads, seconds).Milliseconds, other));
        }

        double ours = Median(times.Select(static t => t.Ours));
        double theirs = Median(times.Select(static t => t.Peer));
        double[] ratios = [.. times.Select(static t => t.Peer / t.Ours)];
        return new PeerRow(workload.Name, ours, theirs, theirs / ours, ratios.Min(), ratios.Max());
    }

    /// <summary>The peer's median in milliseconds; null when it has no such workload.</summary>
    private static double? RunPeer(FileInfo peer, string name, int threads, double seconds)
    {
        string result = Path.GetTempFileName();
        try
        {
            bool library = peer.Extension == ".dll";
            string[] arguments =
            [
                .. library ? [peer.FullName] : Array.Empty<string>(), "--filter", name, "--json", result, "--threads",
                threads.ToString(CultureInfo.InvariantCulture), "--seconds", seconds.ToString(CultureInfo.InvariantCulture),
            ];
            var start = new ProcessStartInfo(library ? "dotnet" : peer.FullName, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            process.OutputDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"'{peer.Name}' ended with {process.ExitCode}: {errors}");
            }

            using var rows = JsonDocument.Parse(File.ReadAllText(result));
            foreach (JsonElement row in rows.RootElement.EnumerateArray())
            {
                if (row.GetProperty("Name").GetString() == name)
                {
                    return row.GetProperty("Median").GetDouble();
                }
            }

            return null;
        }
        finally
        {
            File.Delete(result);
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}

/// <summary>One workload beside the peer.</summary>
/// <param name="Name">The workload.</param>
/// <param name="Ours">Milliseconds of our step, the median of all rounds.</param>
/// <param name="Peer">Milliseconds of the peer's.</param>
/// <param name="Ratio">How many times as fast ours is, by these medians.</param>
/// <param name="Least">The lowest ratio of a round.</param>
/// <param name="Most">The highest ratio of a round.</param>
internal sealed record PeerRow(string Name, double Ours, double Peer, double Ratio, double Least, double Most);
