using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dsl.Checkpoints;

/// <summary>Fills the elements of a tensor when the file is written, so that only one tensor is in memory at a
/// time.</summary>
/// <param name="values">As long as the tensor; undefined before.</param>
public delegate void TensorFill(Span<float> values);

/// <summary>
/// Collects tensors and texts and writes them as one safetensors file. The tensors lie in the order they were added;
/// the header
/// is padded with spaces to a multiple of 8 bytes. The same content gives the same bytes.
/// </summary>
public sealed class SafeTensorsWriter
{
    private readonly List<(TensorEntry Entry, Action<Stream> Write)> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal) { SafeTensorsHeader.MetadataKey };
    private long _end;

    /// <summary>Texts for <c>__metadata__</c>, written in ordinal order of their keys.</summary>
    public IDictionary<string, string> Metadata { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Adds an F32 tensor that is filled when the file is written.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Add(string name, ReadOnlySpan<int> shape, TensorFill fill)
    {
        int length = checked((int)Append(name, "F32", shape));
        _tensors[^1] = (_tensors[^1].Entry, stream =>
        {
            float[] values = ArrayPool<float>.Shared.Rent(length);
            try
            {
                fill(values.AsSpan(0, length));
                stream.Write(MemoryMarshal.AsBytes(values.AsSpan(0, length)));
            }
            finally
            {
                ArrayPool<float>.Shared.Return(values);
            }
        });
    }

    /// <summary>Adds an F32 tensor; the array is read when the file is written.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the shape has another number of elements.</exception>
    public void Add(string name, ReadOnlySpan<int> shape, float[] values) => Add(name, "F32", shape, values);

    /// <summary>Adds an F64 tensor; the array is read when the file is written.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the shape has another number of elements.</exception>
    public void Add(string name, ReadOnlySpan<int> shape, double[] values) => Add(name, "F64", shape, values);

    /// <summary>Adds an I32 tensor; the array is read when the file is written.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the shape has another number of elements.</exception>
    public void Add(string name, ReadOnlySpan<int> shape, int[] values) => Add(name, "I32", shape, values);

    /// <summary>Adds an I64 tensor; the array is read when the file is written.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the shape has another number of elements.</exception>
    public void Add(string name, ReadOnlySpan<int> shape, long[] values) => Add(name, "I64", shape, values);

    /// <summary>Writes the file beside <paramref name="path"/>, flushes it to the disk and renames it: whatever
    /// happens, the path
    /// holds either the old file or the whole new one.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path) => DurableFile.Replace(path, Write);

    /// <summary>Writes the file's bytes to a stream.</summary>
    public void Write(Stream stream)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Safetensors files are little-endian, this machine is not.");
        }

        ReadOnlySpan<byte> header = Header();
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach ((_, Action<Stream> write) in _tensors)
        {
            write(stream);
        }
    }

    private void Add<T>(string name, string dtype, ReadOnlySpan<int> shape, T[] values)
        where T : unmanaged
    {
        long length = 1;
        foreach (int extent in shape)
        {
            length *= extent;
        }

        if (length != values.Length)
        {
            string text = string.Join(", ", shape.ToArray());
            throw new ArgumentException(
                $"'{name}' has {values.Length} values, its shape [{text}] {length}.", nameof(values));
        }

        Append(name, dtype, shape);
        _tensors[^1] = (_tensors[^1].Entry, stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));
    }

    private long Append(string name, string dtype, ReadOnlySpan<int> shape)
    {
        if (!_names.Add(name))
        {
            throw new ArgumentException($"A tensor '{name}' was already added, or the name is reserved.", nameof(name));
        }

        long[] extents = shape.ToArray().Select(static e => (long)e).ToArray();
        long length = TensorEntry.Product(extents);
        long end = checked(_end + (length * TensorEntry.ElementBytes(dtype)));
        _tensors.Add((new TensorEntry(name, dtype, extents, _end, end), static _ => { }));
        _end = end;
        return length;
    }

    private ReadOnlySpan<byte> Header()
    {
        var buffer = new ArrayBufferWriter<byte>();

        // Names are written as they are, not as \u escapes: the file is not HTML.
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject(SafeTensorsHeader.MetadataKey);
                foreach ((string key, string text) in Metadata)
                {
                    json.WriteString(key, text);
                }

                json.WriteEndObject();
            }

            foreach ((TensorEntry t, _) in _tensors)
            {
                json.WriteStartObject(t.Name);
                json.WriteString("dtype", t.DType);
                WriteNumbers(json, "shape", t.Shape);
                WriteNumbers(json, "data_offsets", [t.Begin, t.End]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces, so that the elements begin at a multiple of 8 bytes.
        int padding = -buffer.WrittenCount & 7;
        buffer.GetSpan(8)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
