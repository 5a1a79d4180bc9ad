using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;

namespace Samples;

/// <summary>Writes pictures as PNG: 8 bits for each of red, green and blue, without a filter. W3C, "Portable Network
/// Graphics
/// (PNG) Specification".</summary>
internal static class PngFile
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>Writes a picture.</summary>
    /// <param name="file">Where to; its folder is made when it is missing.</param>
    /// <param name="width">Columns.</param>
    /// <param name="pixels">Red, green and blue of each pixel, row by row.</param>
    public static void Write(FileInfo file, int width, ReadOnlySpan<byte> pixels)
    {
        int height = pixels.Length / (3 * width);
        file.Directory?.Create();
        using FileStream stream = file.Create();
        stream.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, 2);
        Chunk(stream, "IHDR"u8, header);
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int row = 0; row < height; row++)
            {
                zip.WriteByte(0);
                zip.Write(pixels.Slice(row * width * 3, width * 3));
            }
        }

        Chunk(stream, "IDAT"u8, packed.ToArray());
        Chunk(stream, "IEND"u8, []);
    }

    private static void Chunk(FileStream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        stream.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320);
            }
        }

        return crc;
    }
}
