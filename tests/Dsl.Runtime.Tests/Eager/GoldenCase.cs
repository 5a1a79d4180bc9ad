using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace Dsl.Runtime.Tests.Eager;

/// <summary>Values that another framework computed independently, read from a safetensors file.</summary>
internal sealed class GoldenCase
{
    private readonly Dictionary<string, (int[] Shape, double[] Values)> _tensors = new(StringComparer.Ordinal);

    private GoldenCase(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int headerLength = checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        foreach (JsonProperty entry in header.RootElement.EnumerateObject().Where(static e => e.Name != "__metadata__"))
        {
            int[] shape = entry.Value.GetProperty("shape").EnumerateArray().Select(static d => d.GetInt32()).ToArray();
            int begin = 8 + headerLength + entry.Value.GetProperty("data_offsets")[0].GetInt32();
            string? type = entry.Value.GetProperty("dtype").GetString();
            double[] values = new double[shape.Aggregate(1, static (a, b) => a * b)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = type switch
                {
                    "F64" => BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(begin + (8 * i))),
                    "BOOL" => bytes[begin + i],
                    _ => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(begin + (8 * i))),
                };
            }

            _tensors[entry.Name] = (shape, values);
        }
    }

    /// <summary>Opens a case, or skips the test when the golden files are not there.</summary>
    public static GoldenCase Open(string name) => new(PathOf(name + ".safetensors"));

    /// <summary>Opens a case that is not tensors, or skips the test when the golden files are not there.</summary>
    public static JsonDocument OpenJson(string name) => JsonDocument.Parse(File.ReadAllText(PathOf(name + ".json")));

    public bool Has(string name) => _tensors.ContainsKey(name);

    public float[] Floats(string name) => Array.ConvertAll(_tensors[name].Values, static v => (float)v);

    public double[] Doubles(string name) => _tensors[name].Values;

    public int[] Shape(string name) => _tensors[name].Shape;

    public Tensor Tensor(string name) =>
        new(_tensors[name].Values.Select(static v => (float)v).ToArray(), _tensors[name].Shape);

    public IntTensor Ints(string name) =>
        new(_tensors[name].Values.Select(static v => (int)v).ToArray(), _tensors[name].Shape);

    /// <summary>The tolerance of float against golden: rtol 1e-4 + atol 1e-5·max|ref|.</summary>
    public void AssertClose(string name, Tensor actual)
    {
        (int[] shape, double[] expected) = _tensors[name];
        Assert.Equal(shape, actual.Shape);
        double absolute = 1e-5 * expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual.Values[i]) <= absolute + (1e-4 * Math.Abs(expected[i])),
                $"{name}[{i}]: expected {expected[i]}, actual {actual.Values[i]}");
        }
    }

    private static string PathOf(string file)
    {
        string? folder = Folder();
        Skip.If(folder is null, "No golden files: set DSL_GOLDEN, or put shared/golden beside a parent folder.");
        return Path.Combine(folder!, file);
    }

    private static string? Folder()
    {
        if (Environment.GetEnvironmentVariable("DSL_GOLDEN") is { Length: > 0 } given)
        {
            return given;
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "shared", "golden");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
