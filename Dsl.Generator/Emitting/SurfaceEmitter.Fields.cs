using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Reading;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Emitting;

/// <summary>Receptive fields: constants by layer for programs, a list for tools. Models without images have
/// none.</summary>
internal static partial class SurfaceEmitter
{
    private const string FieldClass = "ReceptiveFields";

    // private static readonly global::Dsl.ReceptiveField[] s_receptiveFields =
    // [
    //     new("Deep", "image", new(8, 2, 3, 1), new(8, 2, 3, 1)),
    //     new("Hidden", "image", null, null),
    // ];
    //
    // IReadOnlyList<global::Dsl.ReceptiveField> global::Dsl.IModel.ReceptiveFields => s_receptiveFields;
    //
    // public static class ReceptiveFields { … }
    private static void EmitFields(SurfaceWriter text, ModelSpec spec, LoweredModel? lowered)
    {
        LayerReport[] layers = (lowered?.Layers ?? default).Where(static l => l.Field is not null).ToArray();
        if (layers.Length == 0)
        {
            return;
        }

        const string Field = "global::Dsl.ReceptiveField";
        text.Line();
        text.Line($"private static readonly {Field}[] s_receptiveFields =").Line("[");
        foreach (LayerReport layer in layers)
        {
            text.Deeper(
                $"new({Literal(layer.Name)}, {Literal(layer.Field!.Image)}, "
                + $"{Axis(layer.Field.Rows)}, {Axis(layer.Field.Columns)}),");
        }

        text.Line("];").Line();
        text.Line($"global::System.Collections.Generic.IReadOnlyList<{Field}> global::Dsl.IModel.ReceptiveFields =>");
        text.Deeper("s_receptiveFields;");
        if (spec.Layers.Any(static l => l.Name == FieldClass))
        {
            // The name is taken; the list is still there.
            return;
        }

        text.Line();
        text.Line(
            "/// <summary>Receptive fields in pixels: unit u of a layer sees u·Stride - Padding and the Size pixels from "
            + "there.</summary>");
        text.Line("/// <remarks>Layers that see the whole image are left out.</remarks>");
        text.Block($"public static class {FieldClass}", () =>
        {
            var seen = layers.Where(static l => !(l.Field!.Rows.IsWhole && l.Field.Columns.IsWhole));
            EmitFields(text, [FieldClass], seen.Select(static l => (l.Name.Split('.'), l.Field!)).ToArray(), 0);
        });
    }

    // /// <summary>8x8 stride 2 padding 3 of image.</summary>
    // public static class Deep
    // {
    //     /// <summary>Pixels from the first to the last one that a unit sees.</summary>
    //     public const int Size = 8;
    //     …
    //     public static class Expand … (of a block)
    // }
    private static void EmitFields(
        SurfaceWriter text, string[] taken, IReadOnlyList<(string[] Path, FieldSpec Field)> layers, int depth)
    {
        foreach (var layer in layers.GroupBy(l => l.Path[depth]))
        {
            FieldSpec? field = layer.FirstOrDefault(l => l.Path.Length == depth + 1).Field;
            (string Name, string Meaning, Fraction Value)[] constants = field is null ? [] : Constants(field).ToArray();
            string[] own = constants.Select(static c => c.Name).ToArray();
            string name = FieldName(layer.Key, taken.Concat(own));
            text.Line($"/// <summary>{(field is null ? "Layers inside." : $"{field} in {field.Image}.")}</summary>");
            text.Block($"public static class {SymbolText.Escape(name)}", () =>
            {
                foreach (var (constant, meaning, value) in constants)
                {
                    text.Line($"/// <summary>{meaning}</summary>");
                    text.Line($"public const {(value.IsInteger ? "int" : "double")} {constant} = {Number(value)};");
                }

                EmitFields(
                    text, [name, .. own], layer.Where(l => l.Path.Length > depth + 1).ToArray(), depth + 1);
            });
        }
    }

    /// <summary>The class of a layer. The number of a repeated block is no name; a class cannot have a member of its
    /// own name, nor two of one name.</summary>
    private static string FieldName(string layer, IEnumerable<string> taken) =>
        char.IsDigit(layer[0]) ? "_" + layer : taken.Contains(layer) ? layer + "Layer" : layer;

    /// <summary>One set of constants when both axes are alike, else one for each axis that is not seen as a
    /// whole.</summary>
    private static IEnumerable<(string Name, string Meaning, Fraction Value)> Constants(FieldSpec field) =>
        field.Rows.Equals(field.Columns)
            ? Constants(field.Rows, "Size", "", "", "", "")
            : Constants(field.Rows, "Height", "Y", "Top", "Y", " along the rows")
                .Concat(Constants(field.Columns, "Width", "X", "Left", "X", " along the columns"));

    private static IEnumerable<(string Name, string Meaning, Fraction Value)> Constants(
        FieldAxisSpec axis, string size, string stride, string padding, string start, string along)
    {
        if (axis.IsWhole)
        {
            yield break;
        }

        string differs = $" over all units: the field depends on the position{along}.";
        yield return (size, $"Pixels from the first to the last one that a unit sees{along}.", axis.Largest);
        yield return (
            "Stride" + stride, $"Pixels from the field of a unit to that of the next one{along}.", axis.Stride);
        yield return (
            "Padding" + padding,
            $"Pixels by which the field of unit 0 begins before the image{along}.",
            axis.MostPadding);
        yield return (
            "Start" + start,
            $"The middle of the field of unit 0{along}, where pixel i lies from i to i + 1.",
            axis.FirstStart);
        if (axis.Smallest != axis.Largest)
        {
            yield return ("Smallest" + size, "The least" + differs, axis.Smallest);
        }

        if (axis.LeastPadding != axis.MostPadding)
        {
            yield return ("LeastPadding" + padding, "The least" + differs, axis.LeastPadding);
        }

        if (axis.FirstStart != axis.LastStart)
        {
            yield return ("LastStart" + start, "The most" + differs, axis.LastStart);
        }
    }

    /// <summary><c>new(8, 2, 3, 1)</c>, with what differs from unit to unit behind it; <c>null</c> for a whole
    /// axis.</summary>
    private static string Axis(FieldAxisSpec axis)
    {
        if (axis.IsWhole)
        {
            return "null";
        }

        var bounds = new List<string>();
        if (axis.Smallest != axis.Largest)
        {
            bounds.Add($"Smallest = {Number(axis.Smallest)}");
        }

        if (axis.LeastPadding != axis.MostPadding)
        {
            bounds.Add($"LeastPadding = {Number(axis.LeastPadding)}");
        }

        if (axis.FirstStart != axis.LastStart)
        {
            bounds.Add($"LastStart = {Number(axis.LastStart)}");
        }

        string numbers = string.Join(
            ", ", new[] { axis.Largest, axis.Stride, axis.MostPadding, axis.FirstStart }.Select(Number));
        return $"new({numbers})"
            + (bounds.Count == 0 ? "" : $" {{ {string.Join(", ", bounds)} }}");
    }

    private static string Number(Fraction value) => value.IsInteger
        ? value.ToString()
        : value.ToDouble().ToString("R", CultureInfo.InvariantCulture);
}
