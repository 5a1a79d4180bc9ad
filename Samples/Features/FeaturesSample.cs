using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Dsl;
using Dsl.Data;
using Dsl.Sessions;
using Samples.Digits;
using Spectre.Console;

namespace Samples.Features;

/// <summary>The verb <c>features</c>: trains embeddings of digits with two numbers by softmax and margin losses, draws
/// them, and measures how narrow classes are.</summary>
internal static class FeaturesSample
{
    private const int Batch = 64;
    private const float Rate = 2e-3f;

    /// <summary>Training digits that <c>--select</c> holds out; MNIST's test set has as many.</summary>
    private const int HeldOut = 10_000;

    /// <summary>Images of the procedural test set, drawn from seeds of their own.</summary>
    private const int TestImages = 4_000;

    public static Command Command()
    {
        var options = new SampleOptions(
            epochs: 8, data: "A folder with MNIST's idx files; without it the sample draws digits of its own.");
        var kind = new Option<string>("--kind")
        {
            Description = $"The losses, with commas between them: {FeatureKind.Names}.",
            DefaultValueFactory = static _ => FeatureKind.Everything,
        };
        Option<int> images = NumberOption.Count(
            "--images", "How many procedural digits to train on.", 40_000, HeldOut + Batch);
        var select = new Option<bool>("--select")
        {
            Description = $"Trains without the last {HeldOut:N0} training digits, and measures on those.",
        };
        var plot = new Option<FileInfo>("--plot")
        {
            Description = "Draws the embeddings to this PNG.",
            HelpName = "file",
            DefaultValueFactory = static _ => new FileInfo(Path.Combine("artifacts", "features.png")),
        };
        Command command = options.AddTo(new Command(
            "features", "Draws what margins between classes make of embeddings with two numbers."));
        foreach (Option option in new Option[] { kind, images, select, plot })
        {
            command.Options.Add(option);
        }

        command.SetAction(result => Verb.Run(() => Run(
            AnsiConsole.Console,
            options.Read(result),
            FeatureKind.Named(result.GetValue(kind)!),
            result.GetValue(images),
            result.GetValue(select),
            result.GetValue(plot)!)));
        return command;
    }

    private static int Run(
        IAnsiConsole console,
        SampleArguments arguments,
        IReadOnlyList<FeatureKind> kinds,
        int images,
        bool select,
        FileInfo plot)
    {
        // Everything is read before training, so that a missing file costs nothing.
        (Dataset train, Dataset test) = arguments.Data is { } folder
            ? (DigitFiles.Read(folder, "train"), DigitFiles.Read(folder, "t10k"))
            : (Procedural(images, arguments.Seed), Procedural(TestImages, arguments.Seed + 1_000_000));
        if (select)
        {
            (train, test) = (train.Slice(0, train.Count - HeldOut), train.Slice(train.Count - HeldOut, HeldOut));
        }

        console.WriteNote($"{arguments.Device}: {train.Count:N0} digits train, {test.Count:N0} are drawn");
        var results = new List<FeatureResult>();
        foreach (FeatureKind kind in kinds)
        {
            console.WriteNote($"{kind.Label}");
            results.Add(Train(console, arguments, kind, train, test));
        }

        console.Write(Table(results));
        FeaturePlot.Write(plot, results);
        console.WriteNote($"embeddings in {plot}");
        ResultFile.Write(arguments.Json, writer => Write(writer, arguments, train.Count, test.Count, results));
        return 0;
    }

    private static FeatureResult Train(
        IAnsiConsole console, SampleArguments arguments, FeatureKind kind, Dataset train, Dataset test)
    {
        long steps = (long)arguments.Epochs * ((train.Count + Batch - 1) / Batch);
        IModel model = kind.Make();
        model.Parameters.Initialize(arguments.Seed);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = arguments.Device,
            Sizes = new Sizes { ["b"] = Batch },
            Optimizer = new AdamW(Schedule.Cosine(Rate, steps, Rate / 100).WarmUp(Math.Max(1, steps / 20)))
            {
                WeightDecay = 0.02f,
            },
        });
        var trainer = new Trainer(session, train, null, new TrainerOptions
        {
            Epochs = arguments.Epochs,
            BatchSize = Batch,
            Seed = arguments.Seed,
        });
        long start = Stopwatch.GetTimestamp();
        TrainingView.Run(console, trainer, steps);
        return FeatureResult.Measure(kind, session, test, Batch, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static Dataset Procedural(int count, ulong seed)
    {
        (float[] images, int[] digits) = ProceduralDigits.Draw(count, seed);
        return new Dataset()
            .With("image", new Tensor(images, [count, 1, FeatureTrunk.Side, FeatureTrunk.Side]))
            .With("digit", new IntTensor(digits, [count]));
    }

    private static Table Table(IEnumerable<FeatureResult> results)
    {
        Table table = new Table()
            .AddColumn("loss").AddColumn("within °").AddColumn("median").AddColumn("apart °").AddColumn("least")
            .AddColumn("ratio").AddColumn("right %");
        foreach (FeatureResult result in results)
        {
            AngularSpread spread = result.Spread;
            table.AddRow(
                result.Kind.Label, Cell(spread.Within, "F2"), Cell(spread.MedianWithin, "F2"), Cell(spread.Between, "F1"),
                Cell(spread.LeastBetween, "F1"), Cell(spread.Ratio, "F3"), Cell(100 * result.Accuracy, "F2"));
        }

        return table;
    }

    private static string Cell(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Write(
        Utf8JsonWriter writer, SampleArguments arguments, int train, int test, IEnumerable<FeatureResult> results)
    {
        writer.WriteString("device", arguments.Device.ToString());
        writer.WriteNumber("seed", arguments.Seed);
        writer.WriteNumber("epochs", arguments.Epochs);
        writer.WriteNumber("train", train);
        writer.WriteNumber("test", test);
        writer.WriteStartArray("results");
        foreach (FeatureResult result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", result.Kind.Name);
            writer.WriteString("settings", result.Kind.Settings);
            writer.WriteNumber("withinDegrees", result.Spread.Within);
            writer.WriteNumber("medianWithinDegrees", result.Spread.MedianWithin);
            writer.WriteNumber("betweenDegrees", result.Spread.Between);
            writer.WriteNumber("leastBetweenDegrees", result.Spread.LeastBetween);
            writer.WriteNumber("ratio", result.Spread.Ratio);
            writer.WriteNumber("medianRatio", result.Spread.MedianRatio);
            writer.WriteNumber("accuracy", result.Accuracy);
            writer.WriteNumber("seconds", result.Seconds);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
