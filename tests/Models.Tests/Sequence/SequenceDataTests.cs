using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using Dsl.Data;
using Samples.Sequence;
using Xunit;

namespace Models.Tests.Sequence;

public sealed class SequenceDataTests
{
    [Fact]
    public void A_wave_file_is_read_past_chunks_that_are_not_known()
    {
        byte[] file = Wave(channels: 1, bits: 16, [0, 16384, -32768], extra: 3);
        Assert.Equal([0f, 0.5f, -1f], WaveFile.Read("a.wav", file));
    }

    [Theory]
    [InlineData(2, 16, "'a.wav' is not one channel of 16-bit PCM.")]
    [InlineData(1, 8, "'a.wav' is not one channel of 16-bit PCM.")]
    public void Other_waves_are_refused(int channels, int bits, string message) => Assert.Equal(
        message,
        Assert.Throws<InvalidDataException>(() => WaveFile.Read("a.wav", Wave(channels, bits, [1], extra: 0))).Message);

    [Fact]
    public void A_wave_file_that_is_cut_is_refused()
    {
        byte[] file = Wave(1, 16, [1, 2, 3], extra: 0);
        Assert.Equal(
            "'a.wav' ends before its samples do.",
            Assert.Throws<InvalidDataException>(() => WaveFile.Read("a.wav", file.AsSpan(0, file.Length - 1))).Message);
        Assert.Equal(
            "'a.wav' is no RIFF/WAVE file.",
            Assert.Throws<InvalidDataException>(() => WaveFile.Read("a.wav", "RIFF"u8)).Message);
        Assert.Equal(
            "'a.wav' has no samples.",
            Assert.Throws<InvalidDataException>(() => WaveFile.Read("a.wav", file.AsSpan(0, 36))).Message);
    }

    [Fact]
    public void Temperatures_are_columns_of_numbers()
    {
        float[][] series = TransformerTemperatures.Parse("t", new StringReader("date,A,B\n2016-07-01 00:00:00,1.5,-2\nx,3,4e1\n"));
        Assert.Equal([1.5f, 3f], series[0]);
        Assert.Equal([-2f, 40f], series[1]);
    }

    [Theory]
    [InlineData("", "'t' has no head line of a date and variables.")]
    [InlineData("date\n", "'t' has no head line of a date and variables.")]
    [InlineData("date,A\nx,1\ny\n", "Line 3 of 't' is not a date and 1 numbers.")]
    [InlineData("date,A\nx,one\n", "Line 2 of 't' is not a date and 1 numbers.")]
    public void Wrong_tables_are_refused_by_line(string text, string message) => Assert.Equal(
        message,
        Assert.Throws<InvalidDataException>(() => TransformerTemperatures.Parse("t", new StringReader(text))).Message);

    [Fact]
    public void A_delayed_bit_is_the_first_number_and_nothing_else_tells_it()
    {
        Dataset drawn = DelayedBits.Draw(200, seed: 5);
        ReadOnlySpan<float> x = drawn.Columns[0].Floats;
        ReadOnlySpan<int> label = drawn.Columns[1].Ints;
        Assert.InRange(label.ToArray().Sum(), 60, 140);
        for (int i = 0; i < drawn.Count; i++)
        {
            ReadOnlySpan<float> sequence = x.Slice(i * DelayedBits.Length, DelayedBits.Length);
            Assert.Equal(label[i] == 1 ? 1f : -1f, sequence[0]);
            Assert.All(sequence[1..].ToArray(), static v => Assert.InRange(v, -0.3f, 0.3f));
        }
    }

    [Fact]
    public void Scattered_symbols_are_asked_for_in_their_order()
    {
        Dataset drawn = ScatteredSymbols.Draw(50, seed: 5);
        ReadOnlySpan<int> x = drawn.Columns[0].Ints;
        for (int i = 0; i < drawn.Count; i++)
        {
            int[] sequence = x.Slice(i * ScatteredSymbols.Length, ScatteredSymbols.Length).ToArray();
            Assert.Equal(
                drawn.Columns[1].Ints.Slice(i * ScatteredSymbols.Symbols, ScatteredSymbols.Symbols).ToArray(),
                sequence.Where(static token => token < ScatteredSymbols.Symbols));
            Assert.All(sequence[^ScatteredSymbols.Symbols..], static t => Assert.Equal(ScatteredSymbols.Question, t));
            Assert.Equal(ScatteredSymbols.Symbols, sequence.Count(static t => t == ScatteredSymbols.Question));
        }
    }

    [Fact]
    public void A_repeated_token_is_there_twice_and_tells_what_follows()
    {
        Dataset drawn = RepeatedToken.Draw(50, 30, seed: 5);
        for (int i = 0; i < drawn.Count; i++)
        {
            int[] sequence = drawn.Columns[0].Ints.Slice(i * 30, 30).ToArray();
            int first = Array.IndexOf(sequence, RepeatedToken.Special);
            Assert.InRange(first, 0, 27);
            Assert.Equal(29, Array.IndexOf(sequence, RepeatedToken.Special, first + 1));
            Assert.Equal(drawn.Columns[1].Ints[i], sequence[first + 1]);
        }
    }

    private static byte[] Wave(int channels, int bits, short[] samples, int extra)
    {
        using var file = new MemoryStream();
        void Text(string text) => file.Write(System.Text.Encoding.ASCII.GetBytes(text));
        void Number(int number, int bytes)
        {
            Span<byte> four = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(four, number);
            file.Write(four[..bytes]);
        }

        Text("RIFF");
        Number(0, 4);
        Text("WAVE");
        if (extra > 0)
        {
            Text("LIST");
            Number(extra, 4);
            file.Write(new byte[extra + (extra % 2)]);
        }

        Text("fmt ");
        Number(16, 4);
        Number(1, 2);
        Number(channels, 2);
        Number(8000, 4);
        Number(8000 * channels * bits / 8, 4);
        Number(channels * bits / 8, 2);
        Number(bits, 2);
        Text("data");
        Number(2 * samples.Length, 4);
        foreach (short sample in samples)
        {
            Number(sample, 2);
        }

        return file.ToArray();
    }
}
