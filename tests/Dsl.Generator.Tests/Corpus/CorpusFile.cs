using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis.Text;

namespace Dsl.Generator.Tests.Corpus;

/// <summary>
/// One mistake: <c>Corpus/DSLnnnn/Name.cs.txt</c>. A head of comment lines, the program with the guilty text in «…»,
/// and for every fix that is offered its title and the program after it.
/// </summary>
/// <example><code>
/// // DSL1001: Class 'M' is not partial …
/// // also CS0751
///
/// [Model] public sealed class «M» { … }
/// //// Add 'partial'
/// [Model] public sealed partial class M { … }
/// </code></example>
/// <param name="Name">Folder and file without the ending: <c>DSL1001/NotPartial</c>.</param>
/// <param name="Id">The diagnostic, from the folder.</param>
/// <param name="Message">The whole message.</param>
/// <param name="Also">Ids of what the compiler itself reports once the generated files are there.</param>
/// <param name="Source">The program without marks.</param>
/// <param name="Marked">The guilty text.</param>
/// <param name="Fixes">Title and program after the fix.</param>
internal sealed record CorpusFile(
    string Name,
    string Id,
    string Message,
    ImmutableArray<string> Also,
    string Source,
    TextSpan Marked,
    ImmutableArray<KeyValuePair<string, string>> Fixes)
{
    private const string Ending = ".cs.txt";
    private const string FixLine = "//// ";
    private const int Columns = 120;

    /// <summary>The folder of the corpus in the repository.</summary>
    public static string Folder => Path.Combine(Harness.Repository.Root, "tests", "Dsl.Generator.Tests", "Corpus");

    /// <summary>The names of all files.</summary>
    public static IEnumerable<string> Names => Directory.GetFiles(Folder, "*" + Ending, SearchOption.AllDirectories)
        .Select(static p => Path.GetRelativePath(Folder, p).Replace('\\', '/'))
        .Select(static p => p[..^Ending.Length])
        .OrderBy(static n => n, StringComparer.Ordinal);

    /// <summary>Reads a file by its name.</summary>
    public static CorpusFile Read(string name)
    {
        string[] lines = File.ReadAllText(PathOf(name)).Replace("\r", "").Split('\n');
        string id = name.Split('/')[0];
        string[] head = [.. lines.TakeWhile(static l => l.StartsWith("// ", StringComparison.Ordinal))
            .Select(static l => l[3..])];
        string message = string.Join(" ", head.Where(static l => !IsAlso(l)));
        string[] sections = string.Join("\n", lines.Skip(head.Length)).Split("\n" + FixLine);
        string marked = sections[0].TrimStart('\n').TrimEnd('\n') + "\n";
        int start = marked.IndexOf('«');
        return new CorpusFile(
            name,
            id,
            message.StartsWith(id + ": ", StringComparison.Ordinal) ? message[(id.Length + 2)..] : message,
            [.. head.Where(IsAlso).SelectMany(static l => l.Split(' ').Skip(1))],
            marked.Replace("«", "").Replace("»", ""),
            TextSpan.FromBounds(start, marked.IndexOf('»') - 1),
            [.. sections.Skip(1).Select(static s => KeyValuePair.Create(
                s[..s.IndexOf('\n')], s[(s.IndexOf('\n') + 1)..].TrimEnd('\n') + "\n"))]);

        static bool IsAlso(string line) => line.StartsWith("also CS", StringComparison.Ordinal);
    }

    /// <summary>Writes the file as it should read after what was seen: for an author, who then reads the
    /// difference.</summary>
    public void Write()
    {
        string head = Wrapped($"{Id}: {Message}") + (Also.IsEmpty ? "" : $"// also {string.Join(" ", Also)}\n");
        string marked = Source.Insert(Marked.End, "»").Insert(Marked.Start, "«");
        File.WriteAllText(
            PathOf(Name),
                head + "\n" + marked + string.Concat(Fixes.Select(static f => $"{FixLine}{f.Key}\n{f.Value}")));
    }

    private static string PathOf(string name) => Path.Combine(Folder, name + Ending);

    private static string Wrapped(string text)
    {
        var lines = new List<string> { "//" };
        foreach (string word in text.Split(' '))
        {
            if (lines[^1].Length + 1 + word.Length > Columns)
            {
                lines.Add("//");
            }

            lines[^1] += " " + word;
        }

        return string.Concat(lines.Select(static l => l + "\n"));
    }
}
