using System;
using System.IO;
using System.Text.Json;

namespace Dsl.Profiling;

/// <summary>Writes a profile in the trace event format of Chrome: complete events ("X") with microseconds, and metadata
/// events ("M") that name the process and its thread.</summary>
internal static class ChromeTrace
{
    private const int Process = 1;
    private const int Thread = 1;

    public static void Write(StepProfile profile, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteStartArray("traceEvents");
        Metadata(json, "process_name", $"{profile.Model}, {profile.Program}");
        Metadata(json, "thread_name", profile.Device);
        foreach (LaunchProfile launch in profile.Launches)
        {
            Event(json, launch);
        }

        json.WriteEndArray();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartObject("otherData");
        json.WriteString("model", profile.Model);
        json.WriteString("program", profile.Program);
        json.WriteString("sizes", profile.Sizes);
        json.WriteString("device", profile.Device);
        json.WriteNumber("peakGflops", Rounded(profile.Roofline.Gflops));
        json.WriteNumber("bandwidthGigabytesPerSecond", Rounded(profile.Roofline.GigabytesPerSecond));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Metadata(Utf8JsonWriter json, string what, string name)
    {
        json.WriteStartObject();
        Begin(json, what, "M");
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Event(Utf8JsonWriter json, LaunchProfile launch)
    {
        // Both ends are rounded, not the length: so an event ends where the next one begins.
        decimal start = Nanoseconds(launch.TraceStart);
        decimal end = Nanoseconds(launch.TraceStart + launch.TraceMicroseconds);
        json.WriteStartObject();
        Begin(json, launch.Name, "X");
        json.WriteString("cat", Category(launch.Phase));
        json.WriteNumber("ts", start);
        json.WriteNumber("dur", end - start);
        json.WriteStartObject("args");
        json.WriteString("layer", launch.Layer);
        json.WriteString("skeleton", launch.Skeleton);
        json.WriteString("extents", launch.Extents);
        json.WriteNumber("gflops", Rounded(launch.Gflops));
        json.WriteNumber("gigabytesPerSecond", Rounded(launch.GigabytesPerSecond));
        json.WriteNumber("roof", Rounded(launch.RoofMicroseconds));
        json.WriteNumber("roofShare", Rounded(launch.RoofShare));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string name, string kind)
    {
        json.WriteString("name", name);
        json.WriteString("ph", kind);
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", Thread);
    }

    private static string Category(StepPhase phase) => phase switch
    {
        StepPhase.Forward => "forward",
        StepPhase.Backward => "backward",
        _ => "update",
    };

    /// <summary>Microseconds in steps of a nanosecond.</summary>
    private static decimal Nanoseconds(double microseconds) => Math.Round((decimal)microseconds, 3);

    private static double Rounded(double value) => Math.Round(value, 3);
}
