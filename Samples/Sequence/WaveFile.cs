using System;
using System.Buffers.Binary;
using System.IO;

namespace Samples.Sequence;

/// <summary>Samples of a RIFF/WAVE file with one channel of 16-bit numbers.</summary>
internal static class WaveFile
{
    private const int HeaderBytes = 12;
    private const int ChunkHeaderBytes = 8;
    private const ushort Pcm = 1;

    /// <summary>The samples, from -1 to 1.</summary>
    /// <param name="name">What messages call the file.</param>
    /// <param name="file">Its bytes.</param>
    /// <exception cref="InvalidDataException">It is something else, or ends too soon.</exception>
    public static float[] Read(string name, ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes || !file[..4].SequenceEqual("RIFF"u8) || !file.Slice(8, 4).SequenceEqual("WAVE"u8))
        {
            throw new InvalidDataException($"'{name}' is no RIFF/WAVE file.");
        }

        bool isKnown = false;
        for (int at = HeaderBytes; at + ChunkHeaderBytes <= file.Length;)
        {
            ReadOnlySpan<byte> kind = file.Slice(at, 4);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            at += ChunkHeaderBytes;
            if (length > file.Length - at)
            {
                throw new InvalidDataException($"'{name}' ends before its samples do.");
            }

            ReadOnlySpan<byte> chunk = file.Slice(at, (int)length);
            if (kind.SequenceEqual("fmt "u8))
            {
                isKnown = chunk.Length >= 16 && BinaryPrimitives.ReadUInt16LittleEndian(chunk) == Pcm
                    && BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]) == 1
                    && BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]) == 16;
            }
            else if (kind.SequenceEqual("data"u8))
            {
                return isKnown
                    ? Samples(chunk)
                    : throw new InvalidDataException($"'{name}' is not one channel of 16-bit PCM.");
            }

            // Chunks begin at even bytes.
            at += (int)length + (int)(length % 2);
        }

        throw new InvalidDataException($"'{name}' has no samples.");
    }

    private static float[] Samples(ReadOnlySpan<byte> data)
    {
        float[] samples = new float[data.Length / 2];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(data[(2 * i)..]) / 32768f;
        }

        return samples;
    }
}
