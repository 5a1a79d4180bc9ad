using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using Dsl;
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

    public static Command Command() => ImageTraining.Command(
        "upscale", "Trains a network to double the size of pictures.", "--patches", 10_000, defaultEpochs: 5, Run);

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
        Trained trained = ImageTraining.Train(
            console,
            arguments,
            model,
            Patches.Cut(train, patches, PatchSize, arguments.Seed),
            new Sizes { ["b"] = Batch, ["h"] = PatchSize, ["w"] = PatchSize },
            static steps => new Adam(Schedule.Cosine(2e-3f, steps, 1e-5f).WarmUp(Math.Max(1, steps / 50)))
            {
                AverageDecay = 0.999f,
            });
        double psnr = Test(model, arguments.Device, test, folder);
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"Y-PSNR [green]{psnr:F3} dB[/], {psnr - bicubic:F3} dB above cubic convolution, after {trained.Seconds:F0} s");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]pictures in {folder}[/]");
        ImageTraining.WriteResults(arguments, model, trained, writer =>
        {
            writer.WriteNumber("psnr", psnr);
            writer.WriteNumber("bicubicPsnr", bicubic);
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
