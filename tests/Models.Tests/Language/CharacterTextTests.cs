using System;
using System.IO;
using System.Linq;
using Dsl.Data;
using Samples.Language;
using Xunit;

namespace Models.Tests.Language;

/// <summary>How a text is split, and what of it is refused.</summary>
public sealed class CharacterTextTests
{
    private static readonly string s_letters =
        string.Concat(Enumerable.Range(0, 1000).Select(static i => (char)('a' + (i % 26))));

    [Fact]
    public void Nine_tenths_train_and_the_rest_tests()
    {
        var text = new CharacterText("text", s_letters + "abc");
        Assert.Equal((902, 101), (text.Train.Length, text.Test.Length));
        Assert.Equal(s_letters + "abc", string.Concat(text.Train.Concat(text.Test).Select(static c => (char)c)));
        Assert.Equal(0, text.Replaced);
    }

    [Fact]
    public void Characters_from_128_on_are_counted_and_replaced()
    {
        (int[] characters, int replaced) = CharacterText.Encode("caf\u00E9\r\n\U0001F600!\u007F");
        Assert.Equal(2, replaced);
        Assert.Equal("caf?\n?!\u007F".Select(static c => (int)c), characters);
    }

    [Fact]
    public void Training_windows_are_anywhere_and_what_follows_is_one_character_on()
    {
        var text = new CharacterText("text", s_letters);
        Dataset windows = text.TrainingWindows(2000, 100, 1);
        Assert.Equal(2000, windows.Count);
        for (int i = 0; i < windows.Count; i++)
        {
            ReadOnlySpan<int> tokens = windows["tokens"].Ints.Slice(i * 100, 100);
            ReadOnlySpan<int> next = windows["next"].Ints.Slice(i * 100, 100);
            Assert.True(tokens[1..].SequenceEqual(next[..^1]));
            Assert.Equal('a' + ((tokens[^1] - 'a' + 1) % 26), next[^1]);
        }

        Assert.True(windows["tokens"].Ints.SequenceEqual(text.TrainingWindows(2000, 100, 1)["tokens"].Ints));
        Assert.False(windows["tokens"].Ints.SequenceEqual(text.TrainingWindows(2000, 100, 2)["tokens"].Ints));
    }

    [Theory]
    [InlineData(99, 1)]
    [InlineData(33, 3)]
    [InlineData(34, 2)]
    [InlineData(10, 9)]
    public void All_full_windows_of_the_last_tenth_are_tested(int context, int count)
    {
        var text = new CharacterText("text", s_letters);
        Dataset windows = text.TestWindows(context);
        Assert.Equal(count, windows.Count);
        Assert.Equal(text.Test[..(count * context)], windows["tokens"].Ints.ToArray());
        Assert.Equal(text.Test[1..((count * context) + 1)], windows["next"].Ints.ToArray());
    }

    [Fact]
    public void What_is_too_short_is_refused_by_name()
    {
        Assert.Contains("'x.txt' is empty", Assert.Throws<InvalidDataException>(
            () => new CharacterText("'x.txt'", "\r")).Message, StringComparison.Ordinal);
        var text = new CharacterText("'x.txt'", s_letters);
        Assert.Contains("last tenth of 'x.txt' has 100", Assert.Throws<InvalidDataException>(
            () => text.TestWindows(100)).Message, StringComparison.Ordinal);
        Assert.Contains("nine tenths of 'x.txt' has 900", Assert.Throws<InvalidDataException>(
            () => text.TrainingWindows(1, 900, 1)).Message, StringComparison.Ordinal);
        Assert.Single(text.TrainingWindows(1, 899, 1)["tokens"].Shape);
    }

    [Fact]
    public void A_folder_is_its_texts_in_order()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dsl-text-");
        try
        {
            Assert.Contains("no '*.txt'", Assert.Throws<InvalidDataException>(
                () => CharacterText.Read(folder.FullName)).Message, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder.FullName, "b.txt"), "second");
            File.WriteAllText(Path.Combine(folder.FullName, "a.txt"), "first");
            File.WriteAllText(Path.Combine(folder.FullName, "c.md"), "no");
            CharacterText text = CharacterText.Read(folder.FullName);
            Assert.Equal("first\nsecond", string.Concat(text.Train.Concat(text.Test).Select(static c => (char)c)));
            Assert.Throws<FileNotFoundException>(() => CharacterText.Read(Path.Combine(folder.FullName, "d.txt")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_text_of_its_own_has_nothing_to_replace()
    {
        CharacterText text = CharacterText.Read(null);
        Assert.Equal(0, text.Replaced);
        Assert.InRange(text.Train.Length + text.Test.Length, 50_000, 60_000);
    }
}
