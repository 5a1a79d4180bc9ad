using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using Dsl;
using Dsl.Data;
using Dsl.Sessions;
using Spectre.Console;

namespace Samples.Imaging;

/// <summary>What the samples have in common that cut squares out of pictures, train on them, and write pictures.</summary>
internal static class ImageTraining
{
    /// <summary>A command with the options that every sample takes, how many squares an epoch has, and where pictures
    /// go.</summary>
    public static Command Command(
        string name, string description, string squares, int defaultSquares, int defaultEpochs,
        Func<IAnsiConsole, SampleArguments, int, DirectoryInfo, int> run)
    {
        var options = new SampleOptions(defaultEpochs, profiled: name);
        var count = new Option<int>(squares)
        {
            Description = "Training samples of an epoch: squares cut out of the pictures, mirrored and turned.",
            DefaultValueFactory = _ => defaultSquares,
        };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{squares} must be at least 1.");
            }
        });
        var folder = new Option<DirectoryInfo>("--out")
        {
            Description = "Where the pictures of the results go.",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("artifacts", name)),
        };
        Command command = options.AddTo(new Command(name, description));
        command.Options.Add(count);
        command.Options.Add(folder);
        command.SetAction(result => Verb.Run(() => run(
            AnsiConsole.Console, options.Read(result), result.GetValue(count), result.GetValue(folder)!)));
        return command;
    }

    /// <summary>Trains a model; where the optimiser keeps an average of the parameters, that is what stays.</summary>
    /// <param name="console">Shows progress.</param>
    /// <param name="arguments">Device, seed, epochs.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">Training samples.</param>
    /// <param name="sizes">The sizes of a step; <c>b</c> is the batch.</param>
    /// <param name="optimizer">The optimiser for a number of steps.</param>
    public static Trained Train(
        IAnsiConsole console, SampleArguments arguments, IModel model, Dataset data, Sizes sizes,
        Func<long, Optimizer> optimizer)
    {
        int batch = sizes["b"];
        long steps = (long)arguments.Epochs * ((data.Count + batch - 1) / batch);
        Optimizer chosen = optimizer(steps);
        long start = Stopwatch.GetTimestamp();
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = arguments.Device,
            Sizes = sizes,
            Optimizer = chosen,
        });
        console.WriteNote($"{arguments.Device}: arena {session.ArenaBytes:N0} bytes; {data.Count:N0} squares an epoch");
        var trainer = new Trainer(session, data, null, new TrainerOptions
        {
            Epochs = arguments.Epochs,
            BatchSize = batch,
            Seed = arguments.Seed,
        });
        long before = Stopwatch.GetTimestamp();
        ProfileView.Show(console, session, arguments.Profile);
        start += Stopwatch.GetTimestamp() - before;
        TrainingView.Run(console, trainer, steps);
        if (chosen.AverageDecay is not null)
        {
            chosen.SwapAverage(session);
        }

        return new Trained(Stopwatch.GetElapsedTime(start).TotalSeconds, session.ArenaBytes);
    }

    /// <summary>Writes what every result file has; <paramref name="scores"/> adds a sample's own.</summary>
    public static void WriteResults(
        SampleArguments arguments, IModel model, Trained trained, Action<Utf8JsonWriter> scores) =>
        ResultFile.Write(arguments.Json, writer =>
        {
            writer.WriteString("model", model.GetType().Name);
            writer.WriteString("device", arguments.Device.ToString());
            scores(writer);
            writer.WriteNumber("seconds", trained.Seconds);
            writer.WriteNumber("parameters", model.Parameters.Length);
            writer.WriteNumber("arenaBytes", trained.ArenaBytes);
            writer.WriteString("weightsSha256", model.Parameters.Sha256());
        });
}

/// <summary>A training that came to its end.</summary>
/// <param name="Seconds">How long it took, with making the session.</param>
/// <param name="ArenaBytes">Activations and scratch.</param>
internal sealed record Trained(double Seconds, long ArenaBytes);
