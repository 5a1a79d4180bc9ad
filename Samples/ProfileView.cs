using System.Globalization;
using System.IO;
using Dsl.Profiling;
using Dsl.Sessions;
using Spectre.Console;

namespace Samples;

/// <summary>Shows where a step spends its time, for <c>--profile</c>.</summary>
internal static class ProfileView
{
    /// <summary>Profiles a step of a session, which is afterwards what it was before; does nothing without a
    /// file.</summary>
    /// <param name="console">Gets the tables.</param>
    /// <param name="session">What is about to train.</param>
    /// <param name="trace">Where the trace goes, or null.</param>
    public static void Show(IAnsiConsole console, ModelSession session, FileInfo? trace)
    {
        if (trace is null)
        {
            return;
        }

        StepProfile profile = StepProfiler.Measure(session);
        console.WriteTable(profile.ToString());
        profile.WriteTrace(trace.FullName);
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"[grey]trace in {trace}: open it in chrome://tracing or ui.perfetto.dev[/]");
    }
}
