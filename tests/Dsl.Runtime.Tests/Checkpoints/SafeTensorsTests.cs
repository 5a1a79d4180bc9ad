using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Dsl.Checkpoints;
using Xunit;

namespace Dsl.Runtime.Tests.Checkpoints;

public sealed class SafeTensorsTests
{
    private const string Valid = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""";

    /// <summary>Headers and what is wrong with them. Each file has 8 bytes of elements.</summary>
    public static TheoryData<string, string> Corruptions => new()
    {
        { Valid + "," + Valid[1..] + "}", "'a' appears twice" },
        { Valid + ""","b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "overlaps 'a'" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "belong to no tensor" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 bytes at the end" },
        { """{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "truncated" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "12 bytes, but its offsets [0, 8] hold 8" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "hold -8" },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "whole numbers" },
        { """{"a":{"dtype":"F32","shape":[0.5],"data_offsets":[0,8]}}""", "whole numbers" },
        { """{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,8]}}""", "no file can hold" },
        { """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", "whole numbers" },
        { """{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", "dtype 'F33'" },
        { """{"a":{"dtype":5,"shape":[2],"data_offsets":[0,8]}}""", "dtype of 'a' should be text" },
        { """{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "shape of 'a' should be an array" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", "two data_offsets" },
        { """{"a":{"dtype":"F32","shape":[2]}}""", "two data_offsets" },
        { """{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "'dtype' twice" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", "unknown field 'more'" },
        { """{"a":[]}""", "'a' should be an object" },
        { """[]""", "the header should be an object" },
        { Valid + ""","__metadata__":{"k":1}}""", "__metadata__.k should be text" },
        { Valid + ""","__metadata__":{"k":"","k":""}}""", "appears twice" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}""", "not valid JSON" },
        { """{"a":{"dtype":"F32","shape":[2],"data_off""", "not valid JSON" },
        { "", "not valid JSON" },
        { "{\"\u00ff\u0000", "not valid JSON" },
    };

    /// <summary>IEEE 754 half precision, and the upper half of a float.</summary>
    [Theory]
    [InlineData("F16", new ushort[] { 0x3C00, 0xC000, 0x0001, 0x7BFF, 0xFC00, 0x8000 }, new[] { 1f, -2f, 5.9604645e-8f, 65504f, float.NegativeInfinity, -0f })]
    [InlineData("BF16", new ushort[] { 0x3F80, 0xC000, 0x0001, 0x7F7F, 0xFF80, 0x8000 }, new[] { 1f, -2f, 9.1835e-41f, 3.3895314e38f, float.NegativeInfinity, -0f })]
    public void Short_floats_are_read_exactly(string type, ushort[] bits, float[] expected)
    {
        using var folder = new ScratchFolder();
        byte[] header = Encoding.UTF8.GetBytes(
            """{"a":{"dtype":"?","shape":[6],"data_offsets":[0,12]}}""".Replace("?", type, StringComparison.Ordinal));
        byte[] elements = [.. bits.SelectMany(BitConverter.GetBytes)];
        File.WriteAllBytes(folder["x"], [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. elements]);
        using var file = new SafeTensorsReader(folder["x"]);
        var values = new float[6];
        file.Read("a", values);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(BitConverter.SingleToInt32Bits(expected[i]), BitConverter.SingleToInt32Bits(values[i]));
        }
    }

    [Theory]
    [MemberData(nameof(Corruptions))]
    public void Corrupt_headers_are_named(string header, string expected)
    {
        using var folder = new ScratchFolder();
        byte[] json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(folder["x"], [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[8]]);
        var e = Assert.Throws<CheckpointException>(() => new SafeTensorsReader(folder["x"]));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains(folder["x"], e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0L, 0, "truncated")]
    [InlineData(2L, 7, "truncated")]
    [InlineData(9L, 8, "truncated")]
    [InlineData(100_000_001L, 8, "another kind of file")]
    [InlineData(-1L, 8, "another kind of file")]
    public void Corrupt_lengths_are_named(long headerBytes, int fileBytes, string expected)
    {
        using var folder = new ScratchFolder();
        File.WriteAllBytes(folder["x"], BitConverter.GetBytes(headerBytes).Take(fileBytes).ToArray());
        var e = Assert.Throws<CheckpointException>(() => new SafeTensorsReader(folder["x"]));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_utf8_in_a_name_is_named()
    {
        using var folder = new ScratchFolder();
        byte[] json = [(byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}'];
        File.WriteAllBytes(folder["x"], [.. BitConverter.GetBytes((long)json.Length), .. json]);
        Assert.Throws<CheckpointException>(() => new SafeTensorsReader(folder["x"]));
    }

    [Fact]
    public void Every_cut_of_a_valid_file_is_refused()
    {
        byte[] bytes = Bytes(Small());
        using var folder = new ScratchFolder();
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(folder["x"], bytes[..length]);
            Assert.Throws<CheckpointException>(() => new SafeTensorsReader(folder["x"]));
        }

        File.WriteAllBytes(folder["x"], [.. bytes, 0]);
        Assert.Throws<CheckpointException>(() => new SafeTensorsReader(folder["x"]));
    }

    [Fact]
    public void A_flipped_byte_is_refused_or_leaves_a_readable_file()
    {
        byte[] bytes = Bytes(Small());
        using var folder = new ScratchFolder();
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] broken = [.. bytes];
            broken[at] ^= 0x15;
            File.WriteAllBytes(folder["x"], broken);
            Exception? e = Record.Exception(() => new SafeTensorsReader(folder["x"]).Dispose());
            Assert.True(e is null or CheckpointException, $"byte {at}: {e}");
        }
    }

    [Fact]
    public void The_layout_is_exact_to_the_byte()
    {
        const string Header = """{"__metadata__":{"k":"ü"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}"""
            + ""","n":{"dtype":"I32","shape":[],"data_offsets":[8,12]}}""";
        byte[] json = Encoding.UTF8.GetBytes(Header);
        int padding = -json.Length & 7;
        byte[] expected =
        [
            .. BitConverter.GetBytes((long)(json.Length + padding)), .. json, .. Enumerable.Repeat((byte)' ', padding),
            0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 7, 0, 0, 0,
        ];
        Assert.Equal(expected, Bytes(Small()));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        var floats = new float[24];
        random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(floats.AsSpan()));
        double[] doubles = [.. Enumerable.Range(0, 6).Select(_ => random.NextDouble())];
        long[] longs = [long.MinValue, random.NextInt64(), long.MaxValue];
        using var folder = new ScratchFolder();
        var writer = new SafeTensorsWriter { Metadata = { ["a \"quoted\" key"] = "line\nbreak", ["b"] = "" } };
        writer.Add("f", [2, 3, 4], floats);
        writer.Add("d", [6], doubles);
        writer.Add("l", [3], longs);
        writer.Add("i", [2, 1], new[] { int.MinValue, -1 });
        writer.Add("none", [0, 5], Array.Empty<float>());
        writer.Add("lazy", [2], static v => (v[0], v[1]) = (1f, 2f));
        writer.Save(folder["x"]);

        using var reader = new SafeTensorsReader(folder["x"]);
        Assert.Equal(["f", "d", "l", "i", "none", "lazy"], reader.Tensors.Select(static t => t.Name));
        Assert.Equal("line\nbreak", reader.Metadata["a \"quoted\" key"]);
        Assert.Equal([2L, 3, 4], reader.Find("f")!.Shape);
        var f = new float[24];
        reader.Read("f", f);
        Assert.True(Bits(floats).SequenceEqual(Bits(f)), $"seed {seed}");
        var d = new double[6];
        reader.Read("d", d);
        Assert.Equal(doubles, d);
        var rounded = new float[6];
        reader.Read("d", rounded);
        Assert.Equal(doubles.Select(static v => (float)v), rounded);
        var l = new long[3];
        reader.Read("l", l);
        Assert.Equal(longs, l);
        var i = new int[2];
        reader.Read("i", i);
        Assert.Equal([int.MinValue, -1], i);
        reader.Read("none", Span<float>.Empty);
        reader.Read("lazy", rounded.AsSpan(0, 2));
        Assert.Equal([1f, 2f], rounded[..2]);
    }

    [Fact]
    public void Reading_asks_for_the_right_name_type_and_length()
    {
        using var folder = new ScratchFolder();
        Small().Save(folder["x"]);
        using var reader = new SafeTensorsReader(folder["x"]);
        foreach ((string name, int length, string expected) in
            new[] { ("v", 1, "no tensor 'v'"), ("n", 1, "is I32; expected F32"), ("w", 3, "is [1, 2], 2 elements") })
        {
            var e = Assert.Throws<CheckpointException>(() => reader.Read(name, new float[length]));
            Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_name_is_taken_once()
    {
        SafeTensorsWriter writer = Small();
        Assert.Throws<ArgumentException>(() => writer.Add("w", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("v", [2], new float[1]));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file()
    {
        using var folder = new ScratchFolder();
        Small().Save(folder["x"]);
        byte[] before = File.ReadAllBytes(folder["x"]);
        SafeTensorsWriter writer = Small();
        writer.Add("bad", [4], static _ => throw new InvalidOperationException("power cut"));
        Assert.Throws<InvalidOperationException>(() => writer.Save(folder["x"]));
        Assert.Equal(before, File.ReadAllBytes(folder["x"]));
        Assert.Equal(["x"], folder.Files);
    }

    [Fact]
    public void A_scratch_file_left_by_a_crash_is_no_obstacle()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["x.scratch"], new string('?', 10_000));
        Small().Save(folder["x"]);
        Assert.Equal(Bytes(Small()), File.ReadAllBytes(folder["x"]));
        Assert.Equal(["x"], folder.Files);
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_an_error_of_input_and_output()
    {
        using var folder = new ScratchFolder();
        Assert.ThrowsAny<IOException>(() => Small().Save(Path.Combine(folder["none"], "x")));
    }

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);

    private static SafeTensorsWriter Small()
    {
        var writer = new SafeTensorsWriter { Metadata = { ["k"] = "ü" } };
        writer.Add("w", [1, 2], new[] { 1f, -2f });
        writer.Add("n", [], new[] { 7 });
        return writer;
    }

    private static byte[] Bytes(SafeTensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }
}
