using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace Dsl.Checkpoints;

/// <summary>
/// The header of a safetensors file: <c>{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …}</c> and
/// an optional
/// <c>"__metadata__"</c> object of texts. Parsing checks everything that the format promises.
/// </summary>
internal static class SafeTensorsHeader
{
    /// <summary>The key of the texts.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>The largest header the reference implementation accepts; a larger number means this is another kind of
    /// file.</summary>
    public const long MaxBytes = 100_000_000;

    /// <summary>Reads the header and checks it against the bytes that follow it.</summary>
    /// <exception cref="CheckpointException">It is wrong; the message says how.</exception>
    public static (List<TensorEntry> Tensors, Dictionary<string, string> Metadata) Parse(
        ReadOnlySpan<byte> json, long dataBytes)
    {
        var tensors = new List<TensorEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            var reader = new Utf8JsonReader(json);
            Expect(ref reader, JsonTokenType.StartObject, "the header");
            while (ReadName(ref reader, out string name))
            {
                if (!names.Add(name))
                {
                    throw new CheckpointException($"'{name}' appears twice in the header.");
                }

                if (name == MetadataKey)
                {
                    ReadMetadata(ref reader, metadata);
                }
                else
                {
                    tensors.Add(ReadTensor(ref reader, name));
                }
            }

            if (reader.Read())
            {
                throw new CheckpointException("Something follows the header's closing brace.");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Utf8JsonReader reports broken JSON by the first and text that is not UTF-8 by the second.
            throw new CheckpointException("The header is not valid JSON: " + e.Message, e);
        }

        CheckOffsets(tensors, dataBytes);
        return (tensors, metadata);
    }

    private static bool ReadName(ref Utf8JsonReader reader, out string name)
    {
        reader.Read();
        name = reader.TokenType == JsonTokenType.PropertyName ? reader.GetString()! : "";
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string where)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new CheckpointException(
                $"Malformed header: {where} should be {Describe(type)}, found {Describe(reader.TokenType)}.");
        }
    }

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "text",
        JsonTokenType.Number => "a number",
        _ => type.ToString(),
    };

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        Expect(ref reader, JsonTokenType.StartObject, MetadataKey);
        while (ReadName(ref reader, out string key))
        {
            Expect(ref reader, JsonTokenType.String, $"{MetadataKey}.{key}");
            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw new CheckpointException($"'{MetadataKey}.{key}' appears twice in the header.");
            }
        }
    }

    private static TensorEntry ReadTensor(ref Utf8JsonReader reader, string name)
    {
        string? dtype = null;
        List<long>? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, $"'{name}'");
        while (ReadName(ref reader, out string key))
        {
            bool again = false;
            switch (key)
            {
                case "dtype":
                    again = dtype is not null;
                    Expect(ref reader, JsonTokenType.String, $"dtype of '{name}'");
                    dtype = reader.GetString();
                    break;
                case "shape":
                    again = shape is not null;
                    shape = ReadNumbers(ref reader, $"shape of '{name}'");
                    break;
                case "data_offsets":
                    again = offsets is not null;
                    offsets = ReadNumbers(ref reader, $"data_offsets of '{name}'");
                    break;
                default:
                    throw new CheckpointException($"Malformed header: '{name}' has an unknown field '{key}'.");
            }

            if (again)
            {
                throw new CheckpointException($"Malformed header: '{name}' has '{key}' twice.");
            }
        }

        if (dtype is null || shape is null || offsets is not { Count: 2 })
        {
            throw new CheckpointException($"Malformed header: '{name}' needs dtype, shape and two data_offsets.");
        }

        return Check(name, dtype, shape, offsets[0], offsets[1]);
    }

    private static TensorEntry Check(string name, string dtype, List<long> shape, long begin, long end)
    {
        int bytes = TensorEntry.ElementBytes(dtype);
        if (bytes == 0)
        {
            throw new CheckpointException($"'{name}' has dtype '{dtype}', which the format does not know.");
        }

        try
        {
            var entry = new TensorEntry(name, dtype, shape, begin, end);
            if (checked(entry.Length * bytes) != end - begin)
            {
                throw new CheckpointException(
                    $"'{name}' is {dtype} {entry.ShapeText}, {entry.Length * bytes} bytes, but its offsets "
                    + $"[{begin}, {end}] hold {end - begin}.");
            }

            return entry;
        }
        catch (OverflowException e)
        {
            string text = string.Join(", ", shape);
            throw new CheckpointException($"'{name}' has a shape [{text}] that no file can hold.", e);
        }
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, string where)
    {
        var numbers = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray, where);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
            {
                throw new CheckpointException($"Malformed header: {where} should be whole numbers from 0 on.");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>The tensors must cover the data section exactly: no overlap, no hole, nothing missing or left
    /// over.</summary>
    private static void CheckOffsets(List<TensorEntry> tensors, long dataBytes)
    {
        long end = 0;
        string before = "";
        foreach (TensorEntry t in tensors.OrderBy(static t => t.Begin).ThenBy(static t => t.End))
        {
            if (t.Begin < end)
            {
                throw new CheckpointException(
                    $"'{t.Name}' begins at byte {t.Begin} and overlaps '{before}', which ends at {end}.");
            }

            if (t.Begin > end)
            {
                throw new CheckpointException($"Bytes {end} to {t.Begin}, before '{t.Name}', belong to no tensor.");
            }

            if (t.End > dataBytes)
            {
                throw new CheckpointException(
                    $"'{t.Name}' ends at byte {t.End} of the data, but the file holds {dataBytes}: it is truncated.");
            }

            (end, before) = (t.End, t.Name);
        }

        if (end != dataBytes)
        {
            throw new CheckpointException($"{dataBytes - end} bytes at the end of the file belong to no tensor.");
        }
    }
}
