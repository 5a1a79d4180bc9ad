using System;
using System.IO;
using System.Text.Json;

namespace Samples;

/// <summary>Writes a sample's results as one JSON object with camel-case names.</summary>
internal static class ResultFile
{
    /// <summary>Writes the object that <paramref name="fill"/> fills; does nothing without a file.</summary>
    public static void Write(FileInfo? file, Action<Utf8JsonWriter> fill)
    {
        if (file is null)
        {
            return;
        }

        file.Directory?.Create();
        using FileStream stream = file.Create();
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        fill(writer);
        writer.WriteEndObject();
    }
}
