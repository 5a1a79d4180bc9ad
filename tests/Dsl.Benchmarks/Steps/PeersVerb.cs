using System;
using System.Collections.Generic;
using System.CommandLine;
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
    /// <summary>A hand-off that takes longer is one between cores without a common cache.</summary>
    private const double ApartNanoseconds = 150;

    /// <summary>How many rounds are repeated because of that, for each that is wanted; after that they count.</summary>
    private const int MostApart = 2;

    public static Command Command()
    {
        var peer = new Option<FileInfo>("--peer") { Description = "The built peer: an executable or a .dll.", Required = true };
        Option<string> filter = Options.Filter();
        Option<int> threads = Options.Threads();
        Option<double> seconds = Options.Seconds(3);
        Option<int> rounds = Options.Rounds("How often both are measured.");
        Option<FileInfo?> json = Options.Json();
        var command = new Command("peers", "Our training steps and another framework's, in turn.")
        {
            peer, filter, threads, seconds, rounds, json,
        };
        command.SetAction(result =>
        {
            int count = Options.Count(result.GetValue(threads));
            Console.WriteLine($"{"workload",-36} {"ours ms",9} {"peer ms",9} {"ratio",6} spread");
            var rows = new List<PeerRow>();
            foreach (Workload workload in Workload.Matching(result.GetValue(filter)!))
            {
                PeerRow? row = Measure(
                    workload, result.GetValue(peer)!, count, result.GetValue(seconds), result.GetValue(rounds));
                if (row is null)
                {
                    Console.WriteLine($"{workload.Name,-36} the peer does not have it");
                    continue;
                }

                rows.Add(row);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Name,-36} {row.Ours,9:F3} {row.Peer,9:F3} {row.Ratio,5:F2}x {row.Least:F2}x to {row.Most:F2}x")
                    + (row.Apart == 0 ? "" : $" ({row.Apart} rounds with cores apart left out)"));
            }

            JsonRows.Write(result.GetValue(json), rows);
        });
        return command;
    }

    private static PeerRow? Measure(Workload workload, FileInfo peer, int threads, double seconds, int rounds)
    {
        var times = new List<(double Ours, double Peer)>();
        int apart = 0;
        using var step = new TrainingStep(workload, Device.Host(threads));
        while (times.Count < rounds)
        {
            if (RunPeer(peer, workload.Name, threads, seconds) is not { } other)
            {
                return null;
            }

            bool together = threads < 2 || HandOff.Nanoseconds() < ApartNanoseconds;
            double own = QuietRounds.Measure(() => step.Step(), threads, seconds).Milliseconds;
            together &= threads < 2 || HandOff.Nanoseconds() < ApartNanoseconds;
            if (together || apart == MostApart * rounds)
            {
                times.Add((own, other));
            }
            else
            {
                apart++;
            }
        }

        double ours = Spread.Of(times.Select(static t => t.Ours)).Median;
        double theirs = Spread.Of(times.Select(static t => t.Peer)).Median;
        Spread ratio = Spread.Of(times.Select(static t => t.Peer / t.Ours));
        return new PeerRow(workload.Name, ours, theirs, theirs / ours, ratio.Min, ratio.Max, apart);
    }

    /// <summary>The peer's median in milliseconds; null when it has no such workload.</summary>
    private static double? RunPeer(FileInfo peer, string name, int threads, double seconds)
    {
        string result = Path.GetTempFileName();
        try
        {
            ChildProcess.Run(ChildProcess.Program(peer,
            [
                "--filter", name, "--json", result, "--threads", threads.ToString(CultureInfo.InvariantCulture),
                "--seconds", seconds.ToString(CultureInfo.InvariantCulture),
            ]));
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
}

/// <summary>One workload beside the peer.</summary>
/// <param name="Name">The workload.</param>
/// <param name="Ours">Milliseconds of our step, the median of all rounds.</param>
/// <param name="Peer">Milliseconds of the peer's.</param>
/// <param name="Ratio">How many times as fast ours is, by these medians.</param>
/// <param name="Least">The lowest ratio of a round.</param>
/// <param name="Most">The highest ratio of a round.</param>
/// <param name="Apart">Rounds that did not count, because the machine's cores were far from each other.</param>
internal sealed record PeerRow(string Name, double Ours, double Peer, double Ratio, double Least, double Most, int Apart);
