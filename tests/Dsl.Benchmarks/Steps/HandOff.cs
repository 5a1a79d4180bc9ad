using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;

namespace Dsl.Benchmarks.Steps;

/// <summary>
/// How long a cache line takes from one core to another and back. A virtual machine's cores may be moved while it runs: where they
/// no longer share a cache this takes five times as long, and so does all that one thread reads of what another has written.
/// </summary>
internal static class HandOff
{
    private const int Trips = 4_000;
    private const int Tries = 5;

    /// <summary>Nanoseconds there and back, the median of a few tries; 0 on a machine with one core.</summary>
    public static double Nanoseconds() => Environment.ProcessorCount < 2 ? 0
        : Enumerable.Range(0, Tries).Select(static _ => Measure()).Order().ElementAt(Tries / 2);

    private static double Measure()
    {
        var line = new Line();
        var other = new Thread(() =>
        {
            for (int i = 0; i < Trips; i++)
            {
                WaitFor(line, (2 * i) + 1);
                Volatile.Write(ref line.Value, (2 * i) + 2);
            }
        });
        other.Start();
        long since = 0;
        for (int i = 0; i < Trips; i++)
        {
            // The first trips wait for the thread to begin.
            since = i == Trips / 4 ? Stopwatch.GetTimestamp() : since;
            Volatile.Write(ref line.Value, (2 * i) + 1);
            WaitFor(line, (2 * i) + 2);
        }

        double elapsed = Stopwatch.GetElapsedTime(since).TotalNanoseconds;
        other.Join();
        return elapsed / (Trips - (Trips / 4));
    }

    private static void WaitFor(Line line, int value)
    {
        int spins = 0;
        while (Volatile.Read(ref line.Value) != value)
        {
            // Both threads may have been given one core.
            if (++spins % 10_000 == 0)
            {
                Thread.Yield();
            }
        }
    }

    private sealed class Line
    {
        public int Value;
    }
}
