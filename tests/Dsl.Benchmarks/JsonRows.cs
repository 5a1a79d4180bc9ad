using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace Dsl.Benchmarks;

/// <summary>The files of <c>--json</c>: a list of objects with the rows' properties in camel case.</summary>
internal static class JsonRows
{
    private static readonly JsonSerializerOptions s_options =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Writes all rows; does nothing without a file.</summary>
    public static void Write<TRow>(FileInfo? file, IReadOnlyList<TRow> rows)
    {
        if (file is not null)
        {
            file.Directory?.Create();
            File.WriteAllText(file.FullName, JsonSerializer.Serialize(rows, s_options));
        }
    }
}
