using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using Dsl;
using Dsl.Sessions;
using Spectre.Console;

namespace Samples.ReceptiveFields;

/// <summary>The verb <c>receptive-field</c>: what the layers of a model see, as a table and as a picture.</summary>
internal static class ReceptiveFieldVerb
{
    /// <summary>Images that the effective field is averaged over.</summary>
    private const int Images = 32;

    public static Command Command()
    {
        var model = new Option<string>("--model")
        {
            HelpName = "name",
            Description = ModelList.Names + ".",
            DefaultValueFactory = static _ => "field",
        };
        model.AcceptOnlyFromAmong([.. ModelList.All.Keys]);
        var layer = new Option<string?>("--layer")
        {
            Description = "The layer whose field is framed; the last one without it.",
        };
        var file = new Option<FileInfo?>("--out")
        {
            Description = "Draws the field of the unit in the middle to this PNG; how strongly it depends on each pixel, "
                + "too, for the result of a model with gradients of inputs.",
        };
        var seed = new Option<int>("--seed")
        {
            Description = "Seed of parameters and images.",
            DefaultValueFactory = static _ => 1,
        };
        var command = new Command("receptive-field", "Shows what the layers of a model see.")
        {
            model, layer, file, seed,
        };
        command.SetAction(result => Verb.Run(() => Run(
            AnsiConsole.Console,
            ModelList.All[result.GetValue(model)!](),
            result.GetValue(layer),
            result.GetValue(file),
            result.GetValue(seed))));
        return command;
    }

    private static int Run(IAnsiConsole console, IModel model, string? layer, FileInfo? file, int seed)
    {
        if (model.ReceptiveFields.Count == 0)
        {
            throw new ArgumentException($"'{model.Compiled.Name}' has no image.");
        }

        string names = string.Join(", ", model.ReceptiveFields.Select(static f => f.Layer));
        ReceptiveField field = layer is null
            ? model.ReceptiveFields[^1]
            : model.ReceptiveFields.FirstOrDefault(f => f.Layer == layer)
                ?? throw new ArgumentException($"There is no layer '{layer}'; there are {names}.");
        Show(console, model);
        if (file is not null)
        {
            Draw(console, model, field, isResult: field == model.ReceptiveFields[^1], file, seed);
        }

        return 0;
    }

    private static void Show(IAnsiConsole console, IModel model)
    {
        var table = new Table();
        table.AddColumns("layer", "image", "size", "stride", "padding", "start");
        foreach (ReceptiveField f in model.ReceptiveFields)
        {
            table.AddRow(
                Markup.Escape(f.Layer),
                Markup.Escape(f.Image),
                $"{Size(f.Rows)} x {Size(f.Columns)}",
                Both(f, static a => Number(a.Stride)),
                Both(f, static a => Range(a.LeastPadding, a.Padding)),
                Both(f, static a => Range(a.Start, a.LastStart)));
        }

        console.Write(table);
    }

    private static void Draw(
        IAnsiConsole console, IModel model, ReceptiveField field, bool isResult, FileInfo file, int seed)
    {
        Dsl.Plans.Program forward = model.Compiled.Forward;
        Dsl.Sizes sizes = [];
        foreach (string symbol in forward.Symbols)
        {
            sizes[symbol] = model.Compiled.Example.TryGet(symbol, out int value) && symbol != "b" ? value : 1;
        }

        var values = new SizeValues(forward.Symbols);
        foreach (string symbol in forward.Symbols)
        {
            values[symbol] = sizes[symbol];
        }

        int[] image = [.. forward.Inputs.First(i => i.Name == field.Image).Shape.Select(d => (int)d.Evaluate(values))];
        var picture = new FieldPicture(image[2], image[3]);
        (int row, int column) = (Middle(field.Rows, image[2]), Middle(field.Columns, image[3]));
        if (isResult && model.Compiled.Sensitivity is not null)
        {
            model.Parameters.Initialize((ulong)seed);
            using ModelSession session = model.NewSession(new SessionOptions { Sizes = sizes });
            var effective = new EffectiveReceptiveField(session, row, column, sizes);
            var random = new Random(seed);
            int length = image[1] * image[2] * image[3];
            for (int n = 0; n < Images; n++)
            {
                effective.Add([.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)]);
            }

            picture.Shade(effective);
            string seen = effective.Support() is var (top, bottom, left, right)
                ? $"rows {top} to {bottom} and columns {left} to {right}"
                : "nothing";
            console.WriteLine(
                $"The unit at row {row}, column {column} depends on {seen}; effective size {Number(effective.EffectiveSize())}.");
        }

        picture.Frame(
            field.Rows?.PixelsOf(row) ?? (0, image[2] - 1), field.Columns?.PixelsOf(column) ?? (0, image[3] - 1));
        picture.Save(file);
        console.WriteLine($"{file.FullName}: {field.Layer} at row {row}, column {column}.");
    }

    /// <summary>The unit whose field has its middle nearest to that of the image; 0 where all see everything.</summary>
    private static int Middle(FieldAxis? axis, int extent) =>
        axis is null ? 0 : Math.Max(0, (int)Math.Round(((extent / 2.0) - axis.Start) / axis.Stride));

    private static string Size(FieldAxis? axis) => axis is null ? "all" : Range(axis.Smallest, axis.Size);

    private static string Both(ReceptiveField field, Func<FieldAxis, string> text)
    {
        (string rows, string columns) = (field.Rows is { } r ? text(r) : "-", field.Columns is { } c ? text(c) : "-");
        return rows == columns ? rows : $"{rows}, {columns}";
    }

    private static string Range(double least, double most) =>
        least == most ? Number(least) : $"{Number(least)} … {Number(most)}";

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
