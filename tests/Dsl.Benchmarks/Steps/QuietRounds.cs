using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Dsl.Profiling;

namespace Dsl.Benchmarks.Steps;

/// <summary>
/// Times work on a machine that others use too. A round counts as quiet when the process had its threads' full share of
/// processor time: waiting threads spin, so a smaller share means that somebody else ran. A device (0 threads) is timed by the clock; one thread alone by
/// its own processor time; there every round counts.
/// </summary>
/// <param name="Milliseconds">The median of the quiet rounds, for one run of the work.</param>
/// <param name="Quiet">How many rounds were quiet; 0 when none was and the least disturbed quarter had to do.</param>
/// <param name="Rounds">How many there were.</param>
/// <param name="Share">The processor share of the rounds that count, 1 for all of it.</param>
internal readonly record struct QuietRounds(double Milliseconds, int Quiet, int Rounds, double Share)
{
    private const double QuietShare = 0.97;
    private const double RoundSeconds = 0.05;
    private const int Enough = 60;

    public static QuietRounds Measure(Action work, int threads, double seconds)
    {
        long since = Stopwatch.GetTimestamp();
        int steps = 0;
        while (steps < 30 || Stopwatch.GetElapsedTime(since).TotalSeconds < 0.5)
        {
            work();
            steps++;
        }

        int each = Math.Max(1, (int)(RoundSeconds * steps / Stopwatch.GetElapsedTime(since).TotalSeconds));
        var rounds = new List<(double Milliseconds, double Share)>();
        since = Stopwatch.GetTimestamp();
        while (rounds.Count(static r => r.Share >= QuietShare) < Enough
            && Stopwatch.GetElapsedTime(since).TotalSeconds < seconds)
        {
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            double start = StepClock.Seconds(threads);
            for (int i = 0; i < each; i++)
            {
                work();
            }

            double elapsed = (StepClock.Seconds(threads) - start) * 1e3;
            double used = threads <= 1 ? elapsed : (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds;
            rounds.Add((elapsed / each, used / elapsed / Math.Max(1, threads)));
        }

        var best = rounds.Where(static r => r.Share >= QuietShare).ToList();
        int quiet = best.Count;
        if (quiet == 0)
        {
            best = rounds.OrderByDescending(static r => r.Share).Take((rounds.Count + 3) / 4).ToList();
        }

        double[] times = best.Select(static r => r.Milliseconds).Order().ToArray();
        return new(times[times.Length / 2], quiet, rounds.Count, best.Average(static r => r.Share));
    }
}
