using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using SkiaSharp;

namespace Samples.Identify;

/// <summary>Handwritten characters of many alphabets (Lake, Salakhutdinov and Tenenbaum 2015, "Human-level concept
/// learning through probabilistic program induction"): the two small background sets and the runs of one-shot
/// classification, from their zip files.</summary>
internal static class Omniglot
{
    private static readonly string[] s_backgrounds = ["images_background_small1.zip", "images_background_small2.zip"];
    private const string RunsFile = "all_runs.zip";
    private const int RunCount = 20;

    private static readonly string[] s_train = ["Latin", "Greek", "Korean", "Balinese", "Japanese_(katakana)"];
    private static readonly string[] s_verify = ["Sanskrit", "Tagalog", "Early_Aramaic"];

    /// <summary>Reads the three files of a folder. An alphabet that is in both background sets is taken once.</summary>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is no such zip, or has not what it should have.</exception>
    public static GlyphData Read(DirectoryInfo folder)
    {
        var alphabets = new Dictionary<string, List<Character>>(StringComparer.Ordinal);
        foreach (string name in s_backgrounds)
        {
            using ZipArchive zip = Open(folder, name);
            foreach (IGrouping<string, ZipArchiveEntry> alphabet in Pictures(zip).GroupBy(static e => Part(e, 1)))
            {
                if (s_train.Concat(s_verify).Contains(alphabet.Key))
                {
                    alphabets.TryAdd(alphabet.Key, ReadAlphabet(alphabet, name));
                }
            }
        }

        return new GlyphData(
            "Omniglot", Take(folder, alphabets, s_train), Take(folder, alphabets, s_verify), ReadRuns(folder));
    }

    private static List<Character> Take(
        DirectoryInfo folder, Dictionary<string, List<Character>> alphabets, IReadOnlyList<string> names) =>
    [
        .. names.SelectMany(name => alphabets.TryGetValue(name, out List<Character>? characters)
            ? characters
            : throw new InvalidDataException(
                $"No zip of '{folder.FullName}' has the alphabet '{name}' ({string.Join(", ", s_backgrounds)})."))
    ];

    private static List<Character> ReadAlphabet(IEnumerable<ZipArchiveEntry> pictures, string file) =>
    [
        .. pictures.GroupBy(static e => $"{Part(e, 1)}/{Part(e, 2)}")
            .OrderBy(static c => c.Key, StringComparer.Ordinal)
            .Select(c => new Character(
                c.Key, [.. c.OrderBy(static e => e.Name, StringComparer.Ordinal).Select(e => ReadGlyph(e, file))]))
    ];

    private static List<OneShotRun> ReadRuns(DirectoryInfo folder)
    {
        using ZipArchive zip = Open(folder, RunsFile);
        return
        [
            .. Enumerable.Range(1, RunCount).Select(i => ReadRun(zip, FormattableString.Invariant($"run{i:00}")))
        ];
    }

    /// <summary><c>class_labels.txt</c> has a line for each test drawing: its file, and that of its character's
    /// training drawing.</summary>
    private static OneShotRun ReadRun(ZipArchive zip, string run)
    {
        using var reader = new StreamReader(Entry(zip, run + "/class_labels.txt").Open());
        string[][] pairs =
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        ];
        if (pairs.Length == 0 || pairs.Any(static p => p.Length != 2))
        {
            throw new InvalidDataException($"'{run}/class_labels.txt' of '{RunsFile}' is not a list of pairs of files.");
        }

        string[] training = [.. pairs.Select(static p => p[1]).Distinct().Order(StringComparer.Ordinal)];
        return new OneShotRun(
            [.. training.Select(name => ReadGlyph(Entry(zip, name), RunsFile))],
            [.. pairs.Select(p => (ReadGlyph(Entry(zip, p[0]), RunsFile), Array.IndexOf(training, p[1])))]);
    }

    private static ZipArchiveEntry Entry(ZipArchive zip, string name) => zip.GetEntry(name)
        ?? throw new InvalidDataException($"'{RunsFile}' has no '{name}'.");

    private static ZipArchive Open(DirectoryInfo folder, string name)
    {
        string path = Path.Combine(folder.FullName, name);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"'{folder.FullName}' has no '{name}'.", path);
        }

        try
        {
            return ZipFile.OpenRead(path);
        }
        catch (InvalidDataException)
        {
            throw new InvalidDataException($"'{path}' is no zip file.");
        }
    }

    /// <summary>Pictures lie at set/alphabet/character/file.</summary>
    private static IEnumerable<ZipArchiveEntry> Pictures(ZipArchive zip) => zip.Entries
        .Where(static e => e.Name.EndsWith(".png", StringComparison.Ordinal) && e.FullName.Count(static c => c == '/') == 3);

    private static string Part(ZipArchiveEntry entry, int at) => entry.FullName.Split('/')[at];

    private static Glyph ReadGlyph(ZipArchiveEntry entry, string file)
    {
        using Stream stream = entry.Open();
        using var whole = new MemoryStream();
        stream.CopyTo(whole);
        using SKBitmap? bitmap = SKBitmap.Decode(whole.ToArray());
        if (bitmap is null || bitmap.Width != Glyph.Side || bitmap.Height != Glyph.Side)
        {
            throw new InvalidDataException(
                $"'{entry.FullName}' of '{file}' is no picture of {Glyph.Side} x {Glyph.Side} pixels.");
        }

        // Ink is black on white.
        return new Glyph([.. bitmap.Pixels.Select(static p => p.Red < 128 ? (byte)1 : (byte)0)]);
    }
}
