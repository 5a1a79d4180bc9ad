using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Dsl;
using Dsl.Data;

namespace Samples.ListOps;

/// <summary>Expressions and their values: every seventh tests, the others train. Those that are too long are left
/// out.</summary>
internal sealed class ListOpsData
{
    /// <summary>The file that a folder has.</summary>
    public const string FileName = "listops_d20s_dev.tsv.gz";

    /// <summary>How many expressions are drawn where there is no file.</summary>
    public const int Drawn = 7000;

    private const int TestEvery = 7;

    /// <param name="all">Expressions and their values.</param>
    /// <param name="longest">The most tokens of an expression that is kept.</param>
    /// <exception cref="InvalidDataException">Too few are left to train and to test.</exception>
    public ListOpsData(IReadOnlyList<(int[] Tokens, int Label)> all, int longest)
    {
        bool Fits((int[] Tokens, int Label) one) => one.Tokens.Length <= longest;
        (int[] Tokens, int Label)[] train = [.. all.Where((e, i) => i % TestEvery != TestEvery - 1 && Fits(e))];

        // By length, so that batches are about as long as what is in them.
        (int[] Tokens, int Label)[] test =
            [.. all.Where((e, i) => i % TestEvery == TestEvery - 1 && Fits(e)).OrderBy(static e => e.Tokens.Length)];
        if (train.Length == 0 || test.Length == 0)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"Of {all.Count} expressions with at most {longest} tokens, {train.Length} train and {test.Length} test."));
        }

        LeftOut = all.Count - train.Length - test.Length;
        Longest = train.Concat(test).Max(static e => e.Tokens.Length);
        (Train, Test) = (Columns(train, Longest), Columns(test, Longest));
        int common = train.CountBy(static e => e.Label).MaxBy(static label => label.Value).Key;
        MostFrequent = test.Count(e => e.Label == common) / (double)test.Length;
    }

    /// <summary><c>tokens</c> [count, longest], <c>lengths</c> [count] and <c>label</c> [count].</summary>
    public Dataset Train { get; }

    /// <summary>The same of those that test.</summary>
    public Dataset Test { get; }

    /// <summary>How many were too long.</summary>
    public int LeftOut { get; }

    /// <summary>Tokens of the longest that was kept.</summary>
    public int Longest { get; }

    /// <summary>The accuracy, on the test set, of always saying what is most frequent in the training set.</summary>
    public double MostFrequent { get; }

    /// <summary>Expressions of a folder's <see cref="FileName"/>, or drawn ones.</summary>
    /// <param name="folder">The folder, or null.</param>
    /// <param name="seed">Of what is drawn.</param>
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line is no expression, or its label is not its value.</exception>
    public static IReadOnlyList<(int[] Tokens, int Label)> Read(string? folder, ulong seed)
    {
        if (folder is null)
        {
            var generator = new ListOpsGenerator(seed);
            return [.. Enumerable.Range(0, Drawn).Select(_ => generator.Next())
                .Select(static tokens => (tokens, ListOpsExpression.Evaluate(tokens)))];
        }

        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file '{path}'.");
        }

        using FileStream file = File.OpenRead(path);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        string text;
        try
        {
            text = reader.ReadToEnd();
        }
        catch (InvalidDataException wrong)
        {
            throw new InvalidDataException($"'{path}' is no gzip file: {wrong.Message}", wrong);
        }

        return Parse(path, new StringReader(text));
    }

    /// <summary>Lines of a label from 0 to 9, a tab and an expression whose value it is. Empty lines do not
    /// count.</summary>
    /// <param name="name">What messages call the text.</param>
    /// <param name="reader">The lines.</param>
    /// <exception cref="InvalidDataException">A line is something else; the message has its number.</exception>
    public static IReadOnlyList<(int[] Tokens, int Label)> Parse(string name, TextReader reader)
    {
        var all = new List<(int[] Tokens, int Label)>();
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Length == 0)
            {
                continue;
            }

            try
            {
                all.Add(ParseLine(line));
            }
            catch (InvalidDataException wrong)
            {
                throw new InvalidDataException(
                    string.Create(CultureInfo.InvariantCulture, $"Line {number} of '{name}': {wrong.Message}"), wrong);
            }
        }

        return all;
    }

    private static (int[] Tokens, int Label) ParseLine(string line)
    {
        if (line.Split('\t') is not [var label, var text])
        {
            throw new InvalidDataException("it is not a label, a tab and an expression.");
        }

        if (label is not [>= '0' and <= '9'])
        {
            throw new InvalidDataException($"the label '{label}' is not from 0 to 9.");
        }

        int[] tokens = ListOpsExpression.Parse(text);
        int value = ListOpsExpression.Evaluate(tokens);
        return value == label[0] - '0'
            ? (tokens, value)
            : throw new InvalidDataException($"the label is {label}, the value of the expression {value}.");
    }

    private static Dataset Columns((int[] Tokens, int Label)[] all, int longest)
    {
        var tokens = new int[all.Length * longest];
        for (int i = 0; i < all.Length; i++)
        {
            all[i].Tokens.CopyTo(tokens, i * longest);
        }

        return new Dataset()
            .With("tokens", new IntTensor(tokens, [all.Length, longest]))
            .With("lengths", new IntTensor([.. all.Select(static e => e.Tokens.Length)], [all.Length]))
            .With("label", new IntTensor([.. all.Select(static e => e.Label)], [all.Length]));
    }
}
