using System;
using System.CommandLine;
using System.IO;

namespace Dsl.Benchmarks;

/// <summary>Options that several verbs share.</summary>
internal static class Options
{
    /// <summary><c>--filter</c>: part of a name.</summary>
    public static Option<string> Filter() => new("--filter")
    {
        Description = "Only what has this in its name.",
        DefaultValueFactory = static _ => "",
    };

    /// <summary><c>--threads</c> of the host.</summary>
    public static Option<int> Threads() => new("--threads")
    {
        Description = "Threads of the host; 0 for one per core.",
        DefaultValueFactory = static _ => 0,
    };

    /// <summary><c>--device</c>: the host or an accelerator.</summary>
    public static Option<string> Device() => new("--device")
    {
        Description = $"Where the steps run: {Dsl.Device.Names}.",
        DefaultValueFactory = static _ => "host",
    };

    /// <summary><c>--seconds</c> for one measurement.</summary>
    public static Option<double> Seconds(double usual) => new("--seconds")
    {
        Description = "How long to look for quiet rounds, for each measurement.",
        DefaultValueFactory = _ => usual,
    };

    /// <summary><c>--rounds</c>, 3 of them.</summary>
    public static Option<int> Rounds(string description) => new("--rounds")
    {
        Description = description,
        DefaultValueFactory = static _ => 3,
    };

    /// <summary><c>--json</c>: a file, or null.</summary>
    public static Option<FileInfo?> Json() => new("--json")
    {
        Description = "Writes the rows to this file as a JSON list.",
    };

    /// <summary>The number that 0 stands for.</summary>
    public static int Count(int threads) => threads == 0 ? Environment.ProcessorCount : threads;
}
