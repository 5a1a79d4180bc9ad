using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Dsl;
using Dsl.Sessions;
using Models.Vision;
using Samples.Imaging;
using Spectre.Console;

namespace Samples.Upscale;

/// <summary>The verb <c>upscale</c>: trains a network to double the size of pictures, and compares it with cubic
/// convolution.</summary>
internal static class UpscaleSample
{
    private const int Batch = 16;

    /// <summary>Height and width of the halves that train.</summary>
    private const int PatchSize = 32;

    /// <summary>Pixels at the border that are not scored: every method guesses there.</summary>
    private const int Border = 2;

    private const int TrainScenes = 40;
    private const int TestScenes = 6;

    public static Command Command()
    {
        var options = new SampleOptions(epochs: 4);
        var patches = new Option<int>("--patches")
        {
            Description = "Training samples of an epoch: squares cut out of the pictures, mirrored and turned.",
            DefaultValueFactory = static _ => 10_000,
        };
        var folder = new Option<DirectoryInfo>("--out")
        {
            Description = "Where the pictures before and after go.",
            DefaultValueFactory = static _ => new DirectoryInfo(Path.Combine("artifacts", "upscale")),
        };
        Command command = options.AddTo(new Command("upscale", "Trains a network to double the size of pictures."));
        command.Options.Add(patches);
        command.Options.Add(folder);
        command.SetAction(result => Verb.Run(() => Run(
            AnsiConsole.Console, options.Read(result), result.GetValue(patches), result.GetValue(folder)!)));
        return command;
    }

    private static int Run(IAnsiConsole console, SampleArguments arguments, int patches, DirectoryInfo folder)
    {
        var model = new SuperResolution();
        model.Parameters.Initialize(arguments.Seed);
        console.WriteTable(SuperResolution.Summary);
        List<ScaledPicture> train = arguments.Data is { } from
            ? Photographs.Read(from, 1, 15) : RenderedPictures.Render(TrainScenes, arguments.Seed);
        List<ScaledPicture> test = arguments.Data is { } source
            ? Photographs.Read(source, 17, 23) : RenderedPictures.Render(TestScenes, arguments.Seed + 1_000_000);
        double bicubic = test.Average(static p => Luma.Psnr(p.Full, p.Enlarged, Border));
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"[grey]cubic convolution: {bicubic:F3} dB on {test.Count} pictures[/]");

        var data = Patches.Cut(train, patches, PatchSize, arguments.Seed);
        long steps = (long)arguments.Epochs * ((patches + Batch - 1) / Batch);
        var optimizer = new Adam(Schedule.Cosine(2e-3f, steps, 1e-5f).WarmUp(Math.Max(1, steps / 50)))
        {
            AverageDecay = 0.999f,
        };
        long start = Stopwatch.GetTimestamp();
        long arena;
        using (ModelSession session = ((IModel)model).NewSession(new SessionOptions
        {
            Device = arguments.Device,
            Sizes = new Sizes { ["b"] = Batch, ["h"] = PatchSize, ["w"] = PatchSize },
            Optimizer = optimizer,
        }))
        {
            arena = session.ArenaBytes;
            var trainer = new Trainer(session, data, null, new TrainerOptions
            {
                Epochs = arguments.Epochs,
                BatchSize = Batch,
                Seed = arguments.Seed,
            });
            TrainingView.Run(console, trainer, steps);
            optimizer.SwapAverage(session);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double psnr = Test(model, arguments.Device, test, folder);
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"Y-PSNR [green]{psnr:F3} dB[/], {psnr - bicubic:F3} dB above cubic convolution, after {seconds:F0} s");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]pictures in {folder}[/]");
        ResultFile.Write(arguments.Json, writer =>
        {
            writer.WriteString("device", arguments.Device.ToString());
            writer.WriteNumber("psnr", psnr);
            writer.WriteNumber("bicubicPsnr", bicubic);
            writer.WriteNumber("seconds", seconds);
            writer.WriteNumber("parameters", model.Parameters.Length);
            writer.WriteNumber("arenaBytes", arena);
            writer.WriteString("weightsSha256", model.Parameters.Sha256());
        });
        return 0;
    }

    /// <summary>Enlarges every picture; the mean of their ratios. Colours are those of cubic convolution: the eye sees
    /// detail in brightness.</summary>
    private static double Test(SuperResolution model, Device device, List<ScaledPicture> pictures, DirectoryInfo folder)
    {
        (int height, int width) = (pictures.Max(static p => p.Half.Height), pictures.Max(static p => p.Half.Width));
        using SuperResolution.Session session =
            model.CreateSession(device, new Sizes { ["b"] = 1, ["h"] = height, ["w"] = width });
        double sum = 0;
        foreach (ScaledPicture picture in pictures)
        {
            float[] half = Array.ConvertAll(picture.Half.Values, static v => v / 255);
            var residual = new float[4 * half.Length];
            session.Forward(half, residual, 1, picture.Half.Height, picture.Half.Width);
            var result = new Picture(3, picture.Full.Height, picture.Full.Width, [.. picture.Enlarged.Values]);
            for (int i = 0; i < residual.Length; i++)
            {
                result.Values[i] = Math.Clamp(result.Values[i] + (255 * residual[i]), 16, 235);
            }

            sum += Luma.Psnr(picture.Full, result, Border);
            PictureFile.Write(Path.Combine(folder.FullName, picture.Name + "-before.png"), Luma.ToRgb(picture.Enlarged));
            PictureFile.Write(Path.Combine(folder.FullName, picture.Name + "-after.png"), Luma.ToRgb(result));
        }

        return sum / pictures.Count;
    }
}
