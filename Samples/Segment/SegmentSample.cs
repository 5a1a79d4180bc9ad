using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using Dsl;
using Samples.Imaging;
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

    public static Command Command() => ImageTraining.Command(
        "segment", "Trains a U-Net to find nuclei, or drawn shapes.", "--crops", 3_000, defaultEpochs: 2, Run);

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
        Trained trained = ImageTraining.Train(
            console,
            arguments,
            model,
            Augmentation.Crops(train, crops, size),
            Sizes(Batch, size, size),
            static steps => new AdamW(Schedule.Cosine(3e-3f, steps, 1e-5f).WarmUp(Math.Max(1, steps / 20)))
            {
                WeightDecay = 1e-3f,
            });
        SegmentationScore score = Test(segmenter, arguments.Device, test, folder);
        double iou = real ? score.Mean : score.MeanOverClasses;
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"IoU [green]{iou:F4}[/], pooled {score.Pooled:F4}, worst {score.Worst:F4} ({test[score.WorstPicture].Name}), Dice {score.Dice:F4} after {trained.Seconds:F0} s");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]pictures in {folder}[/]");
        ImageTraining.WriteResults(arguments, model, trained, writer =>
        {
            writer.WriteNumber("iou", iou);
            writer.WriteNumber("iouPooled", score.Pooled);
            writer.WriteNumber("iouWorst", score.Worst);
            writer.WriteNumber("dice", score.Dice);
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
