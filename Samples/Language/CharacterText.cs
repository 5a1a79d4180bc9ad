using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Dsl;
using Dsl.Data;

namespace Samples.Language;

/// <summary>A text as characters below 128, one number each: its first nine tenths train, the last tenth
/// tests.</summary>
internal sealed class CharacterText
{
    /// <summary>Numbers of characters are below this.</summary>
    public const int Vocabulary = 128;

    /// <summary>What stands for a character that is not below <see cref="Vocabulary"/>.</summary>
    private const char Unknown = '?';

    private readonly string _name;

    /// <summary>Splits a text. Carriage returns are left out, characters from 128 on become question marks.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="InvalidDataException">It is empty.</exception>
    public CharacterText(string name, string text)
    {
        _name = name;
        (int[] all, Replaced) = Encode(text);
        if (all.Length == 0)
        {
            throw new InvalidDataException($"{name} is empty.");
        }

        int train = (int)(all.Length * 9L / 10);
        (Train, Test) = (all[..train], all[train..]);
    }

    /// <summary>The first nine tenths.</summary>
    public int[] Train { get; }

    /// <summary>The last tenth.</summary>
    public int[] Test { get; }

    /// <summary>How many characters became question marks.</summary>
    public int Replaced { get; }

    /// <summary>A file, all <c>*.txt</c> of a folder in the order of their names, or, without a path, the first seven
    /// chapters of Jane Austen's "Pride and Prejudice" (1813) after Project Gutenberg's text.</summary>
    /// <exception cref="IOException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">The folder has no text, or the text is empty.</exception>
    public static CharacterText Read(string? path)
    {
        if (path is null)
        {
            const string Own = "PrideAndPrejudice.txt";
            using Stream stream = typeof(CharacterText).Assembly.GetManifestResourceStream(Own)!;
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return new CharacterText(Own, reader.ReadToEnd());
        }

        if (File.Exists(path))
        {
            return new CharacterText($"'{path}'", File.ReadAllText(path));
        }

        if (!Directory.Exists(path))
        {
            throw new FileNotFoundException($"There is no file or folder '{path}'.");
        }

        string[] files = Directory.GetFiles(path, "*.txt");
        Array.Sort(files, StringComparer.Ordinal);
        return files.Length > 0
            ? new CharacterText($"'{path}'", string.Join('\n', files.Select(File.ReadAllText)))
            : throw new InvalidDataException($"'{path}' has no '*.txt'.");
    }

    /// <summary>The numbers of characters, and how many had to be replaced.</summary>
    public static (int[] Characters, int Replaced) Encode(string text)
    {
        int replaced = 0;
        var characters = new int[text.Length];
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == '\r')
            {
                continue;
            }

            replaced += rune.Value < Vocabulary ? 0 : 1;
            characters[length++] = rune.Value < Vocabulary ? rune.Value : Unknown;
        }

        return (characters[..length], replaced);
    }

    /// <summary>Windows that begin anywhere in the first nine tenths: <c>tokens</c> [count, context], and <c>next</c>,
    /// the same one character on.</summary>
    /// <exception cref="InvalidDataException">The text is shorter than a window.</exception>
    public Dataset TrainingWindows(int count, int context, ulong seed)
    {
        Require(Train, "first nine tenths", context);
        var random = new Random(unchecked((int)((seed * 2654435761) + 31)));
        int[] starts = [.. Enumerable.Range(0, count).Select(_ => random.Next(Train.Length - context))];
        return Windows(Train, context, starts);
    }

    /// <summary>All full windows of the last tenth, one after the other.</summary>
    /// <exception cref="InvalidDataException">It is shorter than a window.</exception>
    public Dataset TestWindows(int context)
    {
        Require(Test, "last tenth", context);
        int count = (Test.Length - 1) / context;
        return Windows(Test, context, [.. Enumerable.Range(0, count).Select(i => i * context)]);
    }

    private static Dataset Windows(int[] text, int context, int[] starts)
    {
        var tokens = new int[(long)starts.Length * context];
        var next = new int[tokens.Length];
        for (int i = 0; i < starts.Length; i++)
        {
            text.AsSpan(starts[i], context).CopyTo(tokens.AsSpan(i * context));
            text.AsSpan(starts[i] + 1, context).CopyTo(next.AsSpan(i * context));
        }

        return new Dataset()
            .With("tokens", new IntTensor(tokens, [starts.Length, context]))
            .With("next", new IntTensor(next, [starts.Length, context]));
    }

    private void Require(int[] part, string which, int context)
    {
        if (part.Length <= context)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The {which} of {_name} has {part.Length} characters; --context {context} needs {context + 1L}."));
        }
    }
}
