using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Dsl.Profiling;

/// <summary>Where a step spends its time, launch by launch. <see cref="StepProfiler.Measure"/> makes it.</summary>
public sealed record StepProfile
{
    /// <summary>The model's class.</summary>
    public required string Model { get; init; }

    /// <summary><c>Train</c>: forward, backward and update. <c>Forward</c>: inference, in a session that does not
    /// train.</summary>
    public required string Program { get; init; }

    /// <summary>The symbolic sizes of the step, <c>b=64</c>.</summary>
    public required string Sizes { get; init; }

    /// <summary>What it ran on.</summary>
    public required string Device { get; init; }

    /// <summary>What that can do at most.</summary>
    public required Roofline Roofline { get; init; }

    /// <summary>How many steps were timed.</summary>
    public required int Passes { get; init; }

    /// <summary>Every launch of the step, in order.</summary>
    public required IReadOnlyList<LaunchProfile> Launches { get; init; }

    /// <summary>The step's time in microseconds: the sum over its launches. Giving inputs and reading results do not
    /// count.</summary>
    public double Microseconds => Launches.Sum(static l => l.Microseconds);

    /// <summary>Totals by layer, the longest first.</summary>
    public IReadOnlyList<LayerProfile> Layers =>
    [
        .. Launches.GroupBy(static l => l.Layer).Select(static layer => new LayerProfile(
                layer.Key,
                layer.Count(),
                Sum(layer, StepPhase.Forward),
                Sum(layer, StepPhase.Backward),
                Sum(layer, StepPhase.Update),
                layer.Sum(static l => l.Share),
                layer.Sum(static l => l.RoofMicroseconds)))
            .OrderByDescending(static l => l.Microseconds).ThenBy(static l => l.Layer, StringComparer.Ordinal),
    ];

    /// <summary>Tables for people: a row for every launch, and one for every layer.</summary>
    public override string ToString() => ProfileText.Of(this);

    /// <summary>Writes one step as it was timed, the one whose whole time is the lower quartile, as a trace that
    /// <c>chrome://tracing</c> and <c>ui.perfetto.dev</c> open.</summary>
    /// <param name="stream">Receives JSON in UTF-8; it is left open.</param>
    public void WriteTrace(Stream stream) => ChromeTrace.Write(this, stream);

    /// <summary>The same, to a file, whose folder is made.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void WriteTrace(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        using FileStream stream = File.Create(path);
        WriteTrace(stream);
    }

    private static double Sum(IEnumerable<LaunchProfile> launches, StepPhase phase) =>
        launches.Where(l => l.Phase == phase).Sum(static l => l.Microseconds);
}
