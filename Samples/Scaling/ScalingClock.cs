using System;
using System.Diagnostics;
using Dsl;

namespace Samples.Scaling;

/// <summary>What steps are timed with: one thread by the processor time of the program, which a busy machine disturbs
/// little, several threads and GPUs by the clock on the wall.</summary>
/// <param name="device">Where steps run.</param>
internal sealed class ScalingClock(Device device)
{
    private readonly bool _processor = device is { Name: "host", Threads: 1 };

    /// <summary>As results name it.</summary>
    public string Name => _processor ? "processor" : "wall";

    /// <summary>How many seconds <paramref name="work"/> takes.</summary>
    public double Seconds(Action work)
    {
        TimeSpan start = Now();
        work();
        return (Now() - start).TotalSeconds;
    }

    private TimeSpan Now() => _processor ? Environment.CpuUsage.TotalTime : Stopwatch.GetElapsedTime(0);
}
