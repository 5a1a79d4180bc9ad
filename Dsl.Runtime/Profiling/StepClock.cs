using System;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dsl.Profiling;

/// <summary>The clock that launches are timed with.</summary>
internal static class StepClock
{
    /// <summary>Seconds since some moment. One thread is timed by its own processor time, which a busy machine disturbs
    /// little; several, or a GPU, by the clock on the wall.</summary>
    /// <param name="threads">How many processor threads work, the caller included; 0 for none.</param>
    public static unsafe double Seconds(int threads)
    {
        const int ThreadClock = 3;
        long* time = stackalloc long[2];
        return threads == 1 && OperatingSystem.IsLinux() && ReadClock(ThreadClock, time) == 0
            ? time[0] + (time[1] * 1e-9)
            : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern unsafe int ReadClock(int clock, long* time);
}
