using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Linq;

namespace Dsl.Data;

/// <summary>
/// Reads the idx files in which MNIST and its relatives are distributed, plain or compressed with gzip (told by
/// content, not by name). Format: two zero bytes, an element type, a rank, the extents as big-endian 32-bit ints, the
/// elements.
/// </summary>
/// <remarks>Every fault is an <see cref="InvalidDataException"/> that names the file, the field, and what was expected
/// and found.</remarks>
public static class IdxFile
{
    private const int ImagesMagic = 0x00000803;
    private const int LabelsMagic = 0x00000801;

    /// <summary>Reads grey images as floats in 0 … 1.</summary>
    /// <param name="path">An idx3 file of unsigned bytes.</param>
    /// <returns>[count, 1, height, width].</returns>
    /// <exception cref="InvalidDataException">The file is not what it should be.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tensor ReadImages(string path)
    {
        byte[] bytes = ReadAll(path);
        int[] extents = ReadHeader(path, bytes, ImagesMagic, "images (unsigned bytes, rank 3)", 3);
        ReadOnlySpan<byte> pixels = bytes.AsSpan(16);
        float[] values = new float[pixels.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = pixels[i] / 255f;
        }

        return new Tensor(values, extents[0], 1, extents[1], extents[2]);
    }

    /// <summary>Reads class labels.</summary>
    /// <param name="path">An idx1 file of unsigned bytes.</param>
    /// <param name="classes">How many classes there are; every label must be smaller.</param>
    /// <returns>[count].</returns>
    /// <exception cref="InvalidDataException">The file is not what it should be.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IntTensor ReadLabels(string path, int classes)
    {
        byte[] bytes = ReadAll(path);
        _ = ReadHeader(path, bytes, LabelsMagic, "labels (unsigned bytes, rank 1)", 1);
        int[] labels = [.. bytes.Skip(8).Select(static b => (int)b)];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= classes)
            {
                throw Fault(path, $"label {i}", $"0 … {classes - 1}", $"{labels[i]}");
            }
        }

        return new IntTensor(labels, labels.Length);
    }

    /// <summary>Reads images and their labels into a data set with the columns <c>image</c> and <c>label</c>.</summary>
    /// <param name="imagesPath">An idx3 file.</param>
    /// <param name="labelsPath">An idx1 file with as many entries.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <exception cref="InvalidDataException">A file is not what it should be, or the counts differ.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Dataset ReadDataset(string imagesPath, string labelsPath, int classes)
    {
        Tensor images = ReadImages(imagesPath);
        IntTensor labels = ReadLabels(labelsPath, classes);
        return images.Shape[0] == labels.Length
            ? new Dataset().With("image", images).With("label", labels)
            : throw Fault(labelsPath, "count", $"{images.Shape[0]}, as in '{imagesPath}'", $"{labels.Length}");
    }

    private static byte[] ReadAll(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length < 2 || bytes[0] != 0x1F || bytes[1] != 0x8B)
        {
            return bytes;
        }

        try
        {
            using var unzipped = new MemoryStream();
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            gzip.CopyTo(unzipped);
            return unzipped.ToArray();
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException(
                $"'{path}': gzip stream: expected intact data, found: {fault.Message}", fault);
        }
    }

    private static int[] ReadHeader(string path, byte[] bytes, int magic, string kind, int rank)
    {
        int headerLength = 4 + (4 * rank);
        if (bytes.Length < 4)
        {
            throw Fault(path, "length", $"at least {headerLength} bytes", $"{bytes.Length} bytes");
        }

        int actual = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (actual != magic)
        {
            throw Fault(path, "magic number", $"0x{magic:X8} for {kind}", $"0x{actual:X8}");
        }

        if (bytes.Length < headerLength)
        {
            throw Fault(path, "length", $"at least {headerLength} bytes", $"{bytes.Length} bytes");
        }

        int[] extents = new int[rank];
        long length = 1;
        for (int axis = 0; axis < rank; axis++)
        {
            extents[axis] = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 + (4 * axis)));
            if (extents[axis] <= 0)
            {
                throw Fault(path, $"extent {axis}", "a positive number", $"{extents[axis]}");
            }

            // A corrupt header may claim far more than any file holds; stop before the product overflows.
            length = length > int.MaxValue ? length : length * extents[axis];
        }

        return bytes.Length - headerLength == length
            ? extents
            : throw Fault(
                path,
                "elements",
                $"{length} bytes for {Shapes.Print(extents)}",
                $"{bytes.Length - headerLength} bytes");
    }

    private static InvalidDataException Fault(string path, string field, string expected, string found) =>
        new($"'{path}': {field}: expected {expected}, found {found}.");
}
