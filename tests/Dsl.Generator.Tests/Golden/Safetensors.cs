using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Tests.Golden;

/// <summary>Reads a safetensors file: 8 bytes of header length, a JSON header, then the data. All types widen to
/// double.</summary>
internal static class Safetensors
{
    public static Dictionary<string, NdArray> Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int headerLength = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file));
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, headerLength));
        var tensors = new Dictionary<string, NdArray>();
        foreach (JsonProperty entry in header.RootElement.EnumerateObject().Where(static e => e.Name != "__metadata__"))
        {
            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(static e => e.GetInt32())];
            int[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(static e => e.GetInt32())];
            ReadOnlyMemory<byte> data = file.AsMemory(8 + headerLength + offsets[0], offsets[1] - offsets[0]);
            string type = entry.Value.GetProperty("dtype").GetString()!;
            double[] values = [.. Enumerable.Range(0, NdArray.LengthOf(shape)).Select(i => Element(data.Span, type, i))];
            tensors[entry.Name] = new NdArray(values, shape);
        }

        return tensors;
    }

    private static double Element(ReadOnlySpan<byte> data, string type, int i) => type switch
    {
        "F64" => BinaryPrimitives.ReadDoubleLittleEndian(data[(8 * i)..]),
        "F32" => BinaryPrimitives.ReadSingleLittleEndian(data[(4 * i)..]),
        "I64" => BinaryPrimitives.ReadInt64LittleEndian(data[(8 * i)..]),
        "I32" => BinaryPrimitives.ReadInt32LittleEndian(data[(4 * i)..]),
        "BOOL" => data[i],
        _ => throw new NotSupportedException($"safetensors type {type}"),
    };
}
