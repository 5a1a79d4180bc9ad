using System.CommandLine;
using System.IO;
using Spectre.Console;

namespace Samples.Perceptron;

/// <summary>The verb <c>perceptron</c>.</summary>
internal static class PerceptronVerb
{
    public static Command Command()
    {
        var options = new SampleOptions(epochs: 200);
        var picture = new Option<FileInfo>("--picture")
        {
            Description = "The SVG file with the points and the decision lines.",
            DefaultValueFactory = static _ => new FileInfo("perceptron.svg"),
        };
        Command command = options.AddTo(new Command(
            "perceptron", "Rosenblatt's rule: the learned bias against a threshold set by hand."));
        command.Options.Add(picture);
        command.SetAction(result => Verb.Run(() =>
        {
            SampleArguments arguments = options.Read(result);
            int code = PerceptronSample.Run(AnsiConsole.Console, result.GetValue(picture)!.FullName, (int)arguments.Seed);
            ResultFile.Write(arguments.Json, writer => writer.WriteBoolean("asTheorySays", code == 0));
            return code;
        }));
        return command;
    }
}
