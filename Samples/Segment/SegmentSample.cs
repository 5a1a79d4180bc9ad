using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Dsl;
using Dsl.Sessions;
using Spectre.Console;

namespace Samples.Segment;

/// <summary>The verb <c>segment</c>: trains a U-Net to find nuclei in microscope images, or drawn shapes.</summary>
internal static class SegmentSample
{
    private const int Batch = 8;

    /// <summary>Training squares of nuclei; drawn pictures are small enough to be seen whole.</summary>
    private const int CropSize = 128;

    /// <summary>Pictures of drawn shapes that are tested.</summary>
    private const int TestShapes = 100;

    /// <summary>Seeds of tested shapes begin here, far from those that train.</summary>
    private const ulong TestSeed = 1_000_000;

    public static Command Command()
    {
        var options = new SampleOptions(epochs: 2);
        var crops = new Option<int>("--crops")
        {
            Description = "Training samples of an epoch: squares cut out of the pictures, mirrored and turned.",
            DefaultValueFactory = static _ => 3_000,
        };
        var folder = new Option<DirectoryInfo>("--out")
        {
            Description = "Where the pictures of the results go.",
            DefaultValueFactory = static _ => new DirectoryInfo(Path.Combine("artifacts", "segment")),
        };
        Command command = options.AddTo(new Command("segment", "Trains a U-Net to find nuclei, or drawn shapes."));
        command.Options.Add(crops);
        command.Options.Add(folder);
        command.SetAction(result => Verb.Run(() => Run(
            AnsiConsole.Console, options.Read(result), result.GetValue(crops), result.GetValue(folder)!)));
        return command;
    }

    private static int Run(IAnsiConsole console, SampleArguments arguments, int crops, DirectoryInfo folder)
    {
        bool real = arguments.Data is not null;
        ISegmenter segmenter = real ? new NucleusSegmenter() : new ShapeSegmenter();
        IModel model = segmenter.Model;
        model.Parameters.Initialize(arguments.Seed);
        console.WriteTable(segmenter.Summary);

        // Everything is read before training, so that a missing file costs nothing.
        List<SegmentedPicture> train = real
            ? Nuclei.Read(arguments.Data!, "train") : DrawnShapes.Draw(crops, arguments.Seed);
        List<SegmentedPicture> test = real
            ? Nuclei.Read(arguments.Data!, "test") : DrawnShapes.Draw(TestShapes, arguments.Seed + TestSeed);
        int size = real ? CropSize : DrawnShapes.Size;
        var data = Augmentation.Crops(train, crops, size, arguments.Seed);

        long steps = (long)arguments.Epochs * ((crops + Batch - 1) / Batch);
        var optimizer = new AdamW(Schedule.Cosine(3e-3f, steps, 1e-5f).WarmUp(Math.Max(1, steps / 20)))
        {
            WeightDecay = 1e-3f,
        };
        long start = Stopwatch.GetTimestamp();
        long arena;
        using (ModelSession session = model.NewSession(new SessionOptions
        {
            Device = arguments.Device,
            Sizes = Sizes(Batch, size, size),
            Optimizer = optimizer,
        }))
        {
            arena = session.ArenaBytes;
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"[grey]{arguments.Device}: arena {arena:N0} bytes; {train.Count} pictures[/]");
            var trainer = new Trainer(session, data, null, new TrainerOptions
            {
                Epochs = arguments.Epochs,
                BatchSize = Batch,
                Seed = arguments.Seed,
            });
            TrainingView.Run(console, trainer, steps);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        SegmentationScore score = Test(segmenter, arguments.Device, test, folder);
        double iou = real ? score.Mean : score.MeanOverClasses;
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"IoU [green]{iou:F4}[/], pooled {score.Pooled:F4}, worst {score.Worst:F4} ({test[score.WorstPicture].Name}), Dice {score.Dice:F4} after {seconds:F0} s");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]pictures in {folder}[/]");
        ResultFile.Write(arguments.Json, writer =>
        {
            writer.WriteString("model", model.GetType().Name);
            writer.WriteString("device", arguments.Device.ToString());
            writer.WriteNumber("iou", iou);
            writer.WriteNumber("iouPooled", score.Pooled);
            writer.WriteNumber("iouWorst", score.Worst);
            writer.WriteNumber("dice", score.Dice);
            writer.WriteNumber("seconds", seconds);
            writer.WriteNumber("parameters", model.Parameters.Length);
            writer.WriteNumber("arenaBytes", arena);
            writer.WriteString("weightsSha256", model.Parameters.Sha256());
        });
        return 0;
    }

    private static SegmentationScore Test(
        ISegmenter segmenter, Device device, List<SegmentedPicture> pictures, DirectoryInfo folder)
    {
        var score = new SegmentationScore(segmenter.Classes);
        (int height, int width) = (pictures.Max(static p => p.Image.Height), pictures.Max(static p => p.Image.Width));
        using IDisposable session = segmenter.Open(device, Sizes(1, height, width));
        foreach (SegmentedPicture picture in pictures)
        {
            int[] predicted = segmenter.Predict(picture.Image);
            score.Add(picture.Classes, predicted);
            Overlay.Write(folder, picture, predicted);
        }

        return score;
    }

    /// <summary>Images are a multiple of 8 pixels high and wide: the U-Nets halve them three times.</summary>
    private static Sizes Sizes(int batch, int height, int width) =>
        new() { ["b"] = batch, ["h"] = (height + 7) / 8, ["w"] = (width + 7) / 8 };
}
