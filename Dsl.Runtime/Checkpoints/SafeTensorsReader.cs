using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dsl.Checkpoints;

/// <summary>
/// An open safetensors file (https://github.com/huggingface/safetensors): 8 bytes of header length, a JSON header, the
/// elements.
/// Opening checks the whole header against the file's length, so that reading a tensor afterwards cannot find it
/// missing.
/// </summary>
public sealed class SafeTensorsReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long _data;
    private readonly Dictionary<string, TensorEntry> _byName = new(StringComparer.Ordinal);

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="CheckpointException">It is no valid safetensors file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public SafeTensorsReader(string path)
    {
        _path = path;
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        try
        {
            long length = RandomAccess.GetLength(_file);
            int headerBytes = HeaderBytes(length);
            _data = 8 + headerBytes;
            var json = new byte[headerBytes];
            ReadBytes(8, json);
            (Tensors, Metadata) = SafeTensorsHeader.Parse(json, length - _data);
            foreach (TensorEntry t in Tensors)
            {
                _byName.Add(t.Name, t);
            }
        }
        catch (CheckpointException e)
        {
            _file.Dispose();
            throw new CheckpointException($"'{path}' cannot be read as safetensors. {e.Message}", e);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Every tensor, in the order of the header.</summary>
    public IReadOnlyList<TensorEntry> Tensors { get; }

    /// <summary>The texts under <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of a name; null when there is none.</summary>
    public TensorEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads a tensor of floats: F32, F64, which is rounded, F16 or BF16, which are exact.</summary>
    /// <exception cref="CheckpointException">No such tensor, another type or another length.</exception>
    public void Read(string name, Span<float> values)
    {
        TensorEntry t = Require(name, values.Length, TensorEntry.FloatTypes);
        if (t.DType == "F32")
        {
            ReadBytes(_data + t.Begin, MemoryMarshal.AsBytes(values));
            return;
        }

        if (t.DType is "F16" or "BF16")
        {
            var narrow = new ushort[values.Length];
            ReadBytes(_data + t.Begin, MemoryMarshal.AsBytes(narrow.AsSpan()));
            for (int i = 0; i < narrow.Length; i++)
            {
                values[i] = t.DType == "F16"
                    ? (float)BitConverter.UInt16BitsToHalf(narrow[i])
                    : BitConverter.UInt32BitsToSingle((uint)narrow[i] << 16);
            }

            return;
        }

        var wide = new double[values.Length];
        Read(name, wide);
        for (int i = 0; i < wide.Length; i++)
        {
            values[i] = (float)wide[i];
        }
    }

    /// <summary>Reads an F64 tensor.</summary>
    /// <exception cref="CheckpointException">No such tensor, another type or another length.</exception>
    public void Read(string name, Span<double> values) =>
        ReadBytes(_data + Require(name, values.Length, "F64").Begin, MemoryMarshal.AsBytes(values));

    /// <summary>Reads an I32 tensor.</summary>
    /// <exception cref="CheckpointException">No such tensor, another type or another length.</exception>
    public void Read(string name, Span<int> values) =>
        ReadBytes(_data + Require(name, values.Length, "I32").Begin, MemoryMarshal.AsBytes(values));

    /// <summary>Reads an I64 tensor.</summary>
    /// <exception cref="CheckpointException">No such tensor, another type or another length.</exception>
    public void Read(string name, Span<long> values) =>
        ReadBytes(_data + Require(name, values.Length, "I64").Begin, MemoryMarshal.AsBytes(values));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private int HeaderBytes(long length)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Safetensors files are little-endian, this machine is not.");
        }

        if (length < 8)
        {
            throw new CheckpointException($"It has {length} bytes; the header's length alone takes 8: truncated.");
        }

        Span<byte> prefix = stackalloc byte[8];
        ReadBytes(0, prefix);
        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (bytes > SafeTensorsHeader.MaxBytes)
        {
            throw new CheckpointException(
                $"Its header would take {bytes} bytes, at most {SafeTensorsHeader.MaxBytes} are allowed: this is "
                + "another kind of file.");
        }

        return bytes <= (ulong)(length - 8)
            ? (int)bytes
            : throw new CheckpointException($"Its header takes {bytes} bytes, the file holds {length - 8}: truncated.");
    }

    private TensorEntry Require(string name, int length, params ReadOnlySpan<string> types)
    {
        TensorEntry t = Find(name) ?? throw new CheckpointException($"'{_path}' has no tensor '{name}'.");
        if (!types.Contains(t.DType))
        {
            string expected = string.Join(" or ", types.ToArray());
            throw new CheckpointException($"'{name}' in '{_path}' is {t.DType}; expected {expected}.");
        }

        return t.Length == length
            ? t
            : throw new CheckpointException(
                $"'{name}' in '{_path}' is {t.ShapeText}, {t.Length} elements; expected {length}.");
    }

    private void ReadBytes(long at, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int got = RandomAccess.Read(_file, bytes, at);
            if (got == 0)
            {
                throw new CheckpointException($"'{_path}' became shorter while it was read.");
            }

            at += got;
            bytes = bytes[got..];
        }
    }
}
