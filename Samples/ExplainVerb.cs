using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Dsl;
using Dsl.Plans;

namespace Samples;

/// <summary>The verb <c>explain</c>: what the build decided about a model, stage by stage.</summary>
internal static class ExplainVerb
{
    public static Command Command()
    {
        var model = new Option<string>("--model")
        {
            HelpName = "name",
            Description = ModelList.Names + ".",
            DefaultValueFactory = static _ => "conv",
        };
        model.AcceptOnlyFromAmong([.. ModelList.All.Keys]);
        var stage = new Option<string?>("--stage") { Description = "graph, training, schedule or memory; all without it." };
        var folder = new Option<DirectoryInfo?>("--out")
        {
            Description = "Writes <model>.graph.txt, .training.txt, .schedule.txt and .memory.txt to this folder instead.",
        };
        var command = new Command("explain", "Shows what the build decided about a model.") { model, stage, folder };
        command.SetAction(result => Verb.Run(
            () => Run(ModelList.All[result.GetValue(model)!](), result.GetValue(stage), result.GetValue(folder))));
        return command;
    }

    private static int Run(IModel model, string? stage, DirectoryInfo? folder)
    {
        StageDumps stages = model.Compiled.Stages;
        if (stage is not null && !stages.ContainsKey(stage))
        {
            throw new ArgumentException($"There is no stage '{stage}'; there are {string.Join(", ", stages.Keys)}.");
        }

        folder?.Create();
        foreach ((string name, string text) in stages.Where(s => stage is null || s.Key == stage))
        {
            if (folder is null)
            {
                Console.WriteLine(text);
            }
            else
            {
                File.WriteAllText(Path.Combine(folder.FullName, $"{model.Compiled.Name}.{name}.txt"), text + "\n");
            }
        }

        return 0;
    }
}
