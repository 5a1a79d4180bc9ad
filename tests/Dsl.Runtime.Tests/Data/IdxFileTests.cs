using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Dsl.Data;
using Xunit;

namespace Dsl.Runtime.Tests.Data;

public sealed class IdxFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("idx");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ImagesAndLabelsAreReadPlainAndCompressed(bool compressed)
    {
        string images = Write("images", Idx(0x803, [2, 1, 3], [0, 51, 255, 1, 2, 3]), compressed);
        string labels = Write("labels", Idx(0x801, [2], [7, 9]), compressed);
        Dataset data = IdxFile.ReadDataset(images, labels, 10);
        Assert.Equal(2, data.Count);
        Assert.Equal([1, 1, 3], data["image"].Shape);
        Assert.Equal([0, 0.2f, 1, 1 / 255f, 2 / 255f, 3 / 255f], data["image"].Floats.ToArray());
        Assert.Equal([7, 9], data["label"].Ints.ToArray());
    }

    [Fact]
    public void AWrongMagicNumberIsNamed() => AssertFault(
        Idx(0x801, [2, 1, 3], [0, 0, 0, 0, 0, 0]),
        "magic number: expected 0x00000803 for images (unsigned bytes, rank 3), found 0x00000801");

    [Fact]
    public void ATruncatedFileIsNamed()
    {
        AssertFault(Idx(0x803, [2, 1, 3], [0, 0, 0, 0, 0]), "elements: expected 6 bytes for [2, 1, 3], found 5 bytes");
        AssertFault(Idx(0x803, [2, 1, 3], [0, 0, 0, 0, 0, 0, 0]), "expected 6 bytes for [2, 1, 3], found 7 bytes");
        AssertFault(Idx(0x803, [2, 1, 3], [])[..10], "length: expected at least 16 bytes, found 10 bytes");
        AssertFault([], "length: expected at least 16 bytes, found 0 bytes");
    }

    [Fact]
    public void ACorruptExtentIsNamed()
    {
        AssertFault(Idx(0x803, [2, 0, 3], []), "extent 1: expected a positive number, found 0");
        AssertFault(Idx(0x803, [int.MaxValue, int.MaxValue, int.MaxValue], []), "elements: expected");
    }

    [Fact]
    public void ATruncatedGzipIsNamed()
    {
        byte[] pixels = [.. Enumerable.Range(0, 78400).Select(static i => (byte)(i * i))];
        string path = Write("images", Idx(0x803, [100, 28, 28], pixels), compressed: true);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..200]);
        var fault = Assert.Throws<InvalidDataException>(() => IdxFile.ReadImages(path));
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALabelOutOfRangeIsNamed()
    {
        string path = Write("labels", Idx(0x801, [3], [1, 2, 10]), compressed: false);
        var fault = Assert.Throws<InvalidDataException>(() => IdxFile.ReadLabels(path, 10));
        Assert.Equal($"'{path}': label 2: expected 0 … 9, found 10.", fault.Message);
    }

    [Fact]
    public void DifferentCountsAreNamed()
    {
        string images = Write("images", Idx(0x803, [2, 1, 1], [0, 0]), compressed: false);
        string labels = Write("labels", Idx(0x801, [3], [1, 2, 3]), compressed: false);
        var fault = Assert.Throws<InvalidDataException>(() => IdxFile.ReadDataset(images, labels, 10));
        Assert.Equal($"'{labels}': count: expected 2, as in '{images}', found 3.", fault.Message);
    }

    private static byte[] Idx(int magic, int[] extents, byte[] elements)
    {
        byte[] header = new byte[4 + (4 * extents.Length)];
        BinaryPrimitives.WriteInt32BigEndian(header, magic);
        for (int i = 0; i < extents.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), extents[i]);
        }

        return [.. header, .. elements];
    }

    private void AssertFault(byte[] bytes, string expected)
    {
        string path = Write("faulty", bytes, compressed: false);
        var fault = Assert.Throws<InvalidDataException>(() => IdxFile.ReadImages(path));
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    private string Write(string name, byte[] bytes, bool compressed)
    {
        string path = Path.Combine(_folder.FullName, name);
        if (!compressed)
        {
            File.WriteAllBytes(path, bytes);
            return path;
        }

        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        gzip.Write(bytes);
        return path;
    }
}
