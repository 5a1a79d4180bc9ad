using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using Dsl;
using Dsl.Sessions;
using Models.Face.Alignment;
using Spectre.Console;

namespace Samples.Faces;

/// <summary>The verb <c>faces verify</c>: trains an embedding on drawn faces, and tells whether two pictures of people it
/// never saw are of the same one.</summary>
internal static class FacesSample
{
    /// <summary>People who are verified.</summary>
    private const int Unseen = 200;

    /// <summary>Pictures of each.</summary>
    private const int Pictures = 5;

    public static Command Command()
    {
        var options = new FacesOptions();
        Command verify = options.AddTo(new Command(
            "verify", "Trains an embedding on drawn faces, and verifies people who were not trained, drawn and photographed."));
        verify.SetAction(result => Verb.Run(() => Run(AnsiConsole.Console, options.Read(result))));
        return new Command("faces", "Face recognition: drawn faces, alignment, an embedding, verification.") { verify };
    }

    private static int Run(IAnsiConsole console, FacesArguments arguments)
    {
        SampleArguments shared = arguments.Shared;
        if (arguments.Sheet is { } sheet)
        {
            FaceSheet.Write(sheet, shared.Seed);
            console.WriteNote($"drawn faces in {sheet}");
        }

        // Everything is read before training, so that a missing file costs nothing.
        LondonFaces? london = shared.Data is { } folder ? LondonFaces.Read(folder) : null;
        IModel model = new FaceNet();
        model.Parameters.Initialize(shared.Seed);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = shared.Device,
            Sizes = new Sizes { ["b"] = FaceTraining.Batch },
            Optimizer = FaceTraining.Optimizer(arguments.Steps),
        });
        console.WriteNote(
            $"{shared.Device}: {arguments.Steps:N0} steps of {FaceTraining.Batch} pictures of {FaceNet.Classes:N0} drawn people");
        (double seconds, double drawing) = FaceTraining.Run(
            session, arguments.Steps, shared.Seed,
            (step, loss) => console.WriteNote($"step {step}: mean loss {loss:F4}"));
        console.WriteNote($"trained in {seconds:F0} s, {drawing:F0} s of it drawing");
        List<FaceResult> results = [.. Drawn(session, shared.Seed), .. Photographed(session, london)];
        console.Write(Table(results));
        ResultFile.Write(shared.Json, writer => Write(writer, arguments, results, seconds, drawing));
        return 0;
    }

    /// <summary>Unseen drawn people, aligned by their landmarks and cut out by one rule for all.</summary>
    private static IEnumerable<FaceResult> Drawn(ModelSession session, ulong seed)
    {
        List<(int Person, DrawnFace Face)> pictures =
            DrawnPeople.Pictures(seed, DrawnPeople.Unseen(seed, Unseen), Pictures);
        int[] people = [.. pictures.Select(static p => p.Person)];
        AffineTransform rule = FaceCrop.Fixed([.. pictures.Select(static p => p.Face.Landmarks)]);
        yield return Score("drawn", "aligned", p => FaceCrop.Align(p.Landmarks));
        yield return Score("drawn", "fixed", _ => rule);

        FaceResult Score(string data, string crop, Func<DrawnFace, AffineTransform> map)
        {
            List<float[]> images = [.. pictures.Select(p =>
            {
                var image = new float[FaceNet.Pixels];
                FaceCrop.Write(p.Face.Picture, map(p.Face), image);
                return image;
            })];
            return new FaceResult(
                data, crop, FaceScore.OfAll(FaceEmbedder.Embed(session, images), people),
                FaceScore.OfAll(PixelVectors.Of(images), people));
        }
    }

    /// <summary>Neutral against smiling faces, when there are any.</summary>
    private static IEnumerable<FaceResult> Photographed(ModelSession session, LondonFaces? london)
    {
        if (london is not null)
        {
            yield return new FaceResult(
                "london", "fixed",
                FaceScore.OfTwo(FaceEmbedder.Embed(session, london.Neutral), FaceEmbedder.Embed(session, london.Smiling)),
                FaceScore.OfTwo(PixelVectors.Of(london.Neutral), PixelVectors.Of(london.Smiling)));
        }
    }

    private static Table Table(IEnumerable<FaceResult> results)
    {
        Table table = new Table()
            .AddColumn("faces").AddColumn("cut out").AddColumn("by").AddColumn("EER %").AddColumn("TAR@0.001")
            .AddColumn("rank-1 %");
        foreach (FaceResult result in results)
        {
            Row(table, result, "network", result.Network);
            Row(table, result, "pixels", result.Pixels);
        }

        return table;
    }

    private static void Row(Table table, FaceResult result, string by, FaceScore score) => table.AddRow(
        result.Data, result.Crop, by, Number(100 * score.EqualErrorRate, "F2"), Number(score.TrueAccepts, "F3"),
        Number(100 * score.Rank1, "F1"));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Write(
        Utf8JsonWriter writer, FacesArguments arguments, IEnumerable<FaceResult> results, double seconds, double drawing)
    {
        writer.WriteString("device", arguments.Shared.Device.ToString());
        writer.WriteNumber("seed", arguments.Shared.Seed);
        writer.WriteNumber("steps", arguments.Steps);
        writer.WriteNumber("seconds", seconds);
        writer.WriteNumber("drawingSeconds", drawing);
        foreach (FaceResult result in results)
        {
            // The first is what the sample is for: unseen drawn people, aligned.
            bool first = result is { Data: "drawn", Crop: "aligned" };
            if (!first)
            {
                writer.WriteStartObject(result.Data + (result.Data == "drawn" ? "Fixed" : ""));
            }

            Write(writer, result.Network, "eer", "tarAtFar1e3", "rank1");
            Write(writer, result.Pixels, "pixelEer", "pixelTarAtFar1e3", "pixelRank1");
            writer.WriteNumber("genuinePairs", result.Network.Curve.Genuine);
            writer.WriteNumber("impostorPairs", result.Network.Curve.Impostors);
            if (!first)
            {
                writer.WriteEndObject();
            }
        }
    }

    private static void Write(Utf8JsonWriter writer, FaceScore score, string errors, string accepts, string first)
    {
        writer.WriteNumber(errors, score.EqualErrorRate);
        writer.WriteNumber(accepts, score.TrueAccepts);
        writer.WriteNumber(first, score.Rank1);
    }
}
