using System;
using System.Buffers;
using System.Buffers.Text;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.IO.Compression;
using System.Text;

namespace Dsl.Plans;

/// <summary>
/// What the compiler's stages decided about a model, as text by name, in their order: <c>graph</c>, <c>training</c>,
/// <c>schedule</c>, <c>memory</c>. They come compressed (UTF-8, DEFLATE, Base64) and are unpacked when the first is asked
/// for: a program that shows none carries a tenth of their size and spends no time on them.
/// </summary>
/// <param name="packed">Name, zero character, text, zero character, and so on; compressed. White space is
/// ignored.</param>
public sealed class StageDumps(StageDumps.Source packed) : IReadOnlyDictionary<string, string>
{
    private readonly Lazy<OrderedDictionary<string, string>> _dumps = new(() => Unpack(packed()));

    /// <summary>Where the packed dumps are: in the program's constant data.</summary>
    public delegate ReadOnlySpan<byte> Source();

    /// <summary>No dumps.</summary>
    public static StageDumps Empty { get; } = new(static () => default);

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _dumps.Value.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> Values => _dumps.Value.Values;

    /// <inheritdoc/>
    public int Count => _dumps.Value.Count;

    /// <summary>The dump of a stage.</summary>
    /// <param name="key">The stage's name.</param>
    /// <exception cref="KeyNotFoundException">There is no such stage; the message has those there are.</exception>
    public string this[string key] => _dumps.Value.TryGetValue(key, out string? dump) ? dump
        : throw new KeyNotFoundException($"There is no stage '{key}'; there are {string.Join(", ", Keys)}.");

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _dumps.Value.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) =>
        _dumps.Value.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _dumps.Value.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static OrderedDictionary<string, string> Unpack(ReadOnlySpan<byte> packed)
    {
        var dumps = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(packed.Length)];
        if (Base64.DecodeFromUtf8(packed, bytes, out _, out int length) != OperationStatus.Done)
        {
            throw new InvalidDataException("The dumps of the compiler's stages are not Base64.");
        }

        using var deflate = new DeflateStream(new MemoryStream(bytes, 0, length), CompressionMode.Decompress);
        using var text = new StreamReader(deflate, Encoding.UTF8);
        string[] parts = text.ReadToEnd().Split('\0');
        for (int i = 0; i + 1 < parts.Length; i += 2)
        {
            dumps.Add(parts[i], parts[i + 1]);
        }

        return dumps;
    }
}
