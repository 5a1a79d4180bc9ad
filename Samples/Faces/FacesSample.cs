using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using Dsl;
using Dsl.Checkpoints;
using Dsl.Sessions;
using Spectre.Console;

namespace Samples.Faces;

/// <summary>The verb <c>faces verify</c>: trains an embedding on drawn faces, and tells whether two pictures of
/// people it never saw are of the same one.</summary>
internal static class FacesSample
{
    public static Command Command()
    {
        var options = new FacesOptions();
        Command verify = options.AddTo(new Command(
            "verify",
            "Trains an embedding on drawn faces, and verifies people who were not trained, drawn and photographed."));
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
        bool trained = arguments.Weights is { Exists: true };
        if (trained)
        {
            Checkpoint.Load(arguments.Weights!.FullName, model.Parameters);
        }

        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = shared.Device,
            Sizes = new Sizes { ["b"] = FaceTraining.Batch },
            Optimizer = FaceTraining.Optimizer(arguments.Steps),
        });
        (double seconds, double drawing) = trained ? (0, 0) : Train(console, session, arguments);
        if (!trained && arguments.Weights is { } weights)
        {
            weights.Directory?.Create();
            Checkpoint.Save(weights.FullName, model.Parameters);
        }

        FaceReport report = FaceVerification.Measure(session, shared.Seed, london);
        console.WriteNote(
            $"aligned landmarks are {report.Residual:F2} pixels from the template, {report.WorstResidual:F2} at most");
        console.Write(Table(report.Results));
        ResultFile.Write(shared.Json, writer => Write(writer, arguments, report, seconds, drawing));
        return 0;
    }

    private static (double Seconds, double Drawing) Train(
        IAnsiConsole console, ModelSession session, FacesArguments arguments)
    {
        console.WriteNote(
            $"{arguments.Shared.Device}: {arguments.Steps:N0} steps of {FaceTraining.Batch} drawn pictures");
        (double seconds, double drawing) = FaceTraining.Run(
            session, arguments.Steps, arguments.Shared.Seed,
            (step, loss) => console.WriteNote($"step {step}: mean loss {loss:F4}"));
        console.WriteNote($"trained in {seconds:F0} s, {drawing:F0} s of it drawing");
        return (seconds, drawing);
    }

    private static Table Table(IEnumerable<FaceResult> results)
    {
        Table table = new Table()
            .AddColumn("faces").AddColumn("cut out").AddColumn("by").AddColumn("EER %").AddColumn("TAR@0.001")
            .AddColumn("rank-1 %");
        foreach (FaceResult result in results)
        {
            table.AddRow(
                result.Data, result.Crop, result.By, Number(100 * result.Score.EqualErrorRate, "F2"),
                Number(result.Score.TrueAccepts, "F3"), Number(100 * result.Score.Rank1, "F1"));
        }

        return table;
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Write(
        Utf8JsonWriter writer, FacesArguments arguments, FaceReport report, double seconds, double drawing)
    {
        writer.WriteString("device", arguments.Shared.Device.ToString());
        writer.WriteNumber("seed", arguments.Shared.Seed);
        writer.WriteNumber("steps", arguments.Steps);
        writer.WriteNumber("seconds", seconds);
        writer.WriteNumber("drawingSeconds", drawing);

        writer.WriteNumber("residual", report.Residual);
        writer.WriteNumber("worstResidual", report.WorstResidual);

        // What the sample is for: unseen drawn people, aligned; and photographs, as pixels are known to do on them.
        foreach ((string name, FaceScore? score) in Heads(report))
        {
            if (score is not null)
            {
                Write(writer, score, name);
            }
        }

        writer.WriteStartArray("results");
        foreach (FaceResult result in report.Results)
        {
            writer.WriteStartObject();
            writer.WriteString("faces", result.Data);
            writer.WriteString("crop", result.Crop);
            writer.WriteString("by", result.By);
            Write(writer, result.Score, "");
            writer.WriteNumber("genuinePairs", result.Score.Curve.Genuine);
            writer.WriteNumber("impostorPairs", result.Score.Curve.Impostors);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static (string Name, FaceScore? Score)[] Heads(FaceReport report) =>
    [
        ("", report.Of(FaceVerification.Drawn, FaceVerification.Aligned, FaceVerification.Network)),
        ("pixel", report.Of(FaceVerification.Drawn, FaceVerification.Aligned, FaceVerification.Pixels)),
        ("oneRule", report.Of(FaceVerification.Drawn, FaceVerification.OneRule, FaceVerification.Places)),
        ("london", report.Of(
            FaceVerification.London, FaceVerification.OneRule, FaceVerification.Places + FaceVerification.Centred)),
        ("londonPixel", report.Of(
            FaceVerification.London, FaceVerification.Square, FaceVerification.Pixels + FaceVerification.Centred)),
    ];

    /// <summary>Names begin with a small letter, with or without something before them.</summary>
    private static void Write(Utf8JsonWriter writer, FaceScore score, string before)
    {
        bool bare = before.Length == 0;
        writer.WriteNumber(bare ? "eer" : before + "Eer", score.EqualErrorRate);
        writer.WriteNumber(bare ? "tarAtFar1e3" : before + "TarAtFar1e3", score.TrueAccepts);
        writer.WriteNumber(bare ? "rank1" : before + "Rank1", score.Rank1);
    }
}
