using System.CommandLine;
using Dsl;
using Spectre.Console;

namespace Samples;

/// <summary>The verb <c>doctor</c>: which devices were found, what would be used, and why not more.</summary>
internal static class DoctorVerb
{
    public static Command Command()
    {
        var command = new Command("doctor", "Shows which devices were found, what would be used, and why not more.");
        command.SetAction(static _ => Run(AnsiConsole.Console));
        return command;
    }

    private static int Run(IAnsiConsole console)
    {
        Table table = new Table().AddColumn("device").AddColumn("name").AddColumn("usable").AddColumn("detail");
        foreach (DeviceReport report in DeviceReport.All())
        {
            table.AddRow(
                Markup.Escape(report.Device), Markup.Escape(report.Name), report.Usable ? "yes" : "no", Markup.Escape(report.Detail));
        }

        console.Write(table);
        console.WriteLine("Without --device a sample runs on the host.");
        return 0;
    }
}
