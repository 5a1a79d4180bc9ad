using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Dsl.CodeFixes;
using Dsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Dsl.Generator.Tests.Corpus;

/// <summary>
/// Every seeded mistake is reported once, with its whole message, on the guilty token, and every fix that is offered
/// leaves a program without a mistake. With <c>DSL_CORPUS=write</c> message, compiler errors and fixes are written into
/// the files, for an author to read.
/// </summary>
public partial class CorpusTests
{
    private static bool IsWriting => Environment.GetEnvironmentVariable("DSL_CORPUS") == "write";

    public static TheoryData<string> Names => [.. CorpusFile.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Mistake_is_reported_where_it_is_and_fixed(string name)
    {
        CorpusFile file = CorpusFile.Read(name);
        CorpusProgram program = await CorpusProgram.Of(file.Source);
        string all = string.Join("\n", program.Found.Select(static d => d.ToString()).Concat(program.Errors));
        Assert.True(program.Found.Length == 1, all);
        Diagnostic diagnostic = program.Found[0];
        Assert.True(file.Id == diagnostic.Id, all);

        string message = diagnostic.GetMessage(CultureInfo.InvariantCulture);
        ImmutableArray<string> errors = [.. program.Errors.Select(Id).Distinct().Order(StringComparer.Ordinal)];
        var fixes = await program.Fixes(diagnostic);
        foreach (var (title, after) in fixes)
        {
            CorpusProgram repaired = await CorpusProgram.Of(after, kernels: false);
            string left = string.Join("\n", repaired.Found.Select(static d => d.ToString()).Concat(repaired.Errors));
            Assert.True(left.Length == 0, $"'{title}' leaves\n{left}\nin\n{after}");
        }

        if (IsWriting)
        {
            (file with { Message = message, Also = errors, Fixes = fixes }).Write();
        }
        else
        {
            Assert.Equal(file.Message, message);
            Assert.True(file.Also.SequenceEqual(errors), string.Join("\n", program.Errors));
            Assert.Equal(Text(file.Fixes), Text(fixes));
        }

        Assert.Equal("Model.cs", diagnostic.Location.SourceTree?.FilePath);
        Assert.True(
            file.Marked == diagnostic.Location.SourceSpan,
            $"marked '{file.Source.Substring(file.Marked.Start, file.Marked.Length)}' but reported at "
            + $"'{diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan)}'");

        // Who expects, what, who produces, what; of a claim: whose, what, what instead.
        int quoted = file.Id switch { "DSL2001" => 4, "DSL2005" => 3, _ => 0 };
        Assert.True(Quoted().Count(message) >= quoted, message);
    }

    [Fact]
    public void At_least_half_of_150_mistakes_can_be_fixed()
    {
        CorpusFile[] files = [.. CorpusFile.Names.Select(CorpusFile.Read)];
        int fixable = files.Count(static f => !f.Fixes.IsEmpty);
        Assert.True(files.Length >= 150 && 2 * fixable >= files.Length, $"{fixable} of {files.Length}");
    }

    /// <summary>DSL9001 is no mistake of a model, DSL1018 one of its project.</summary>
    [Fact]
    public void Every_diagnostic_has_a_mistake() => Assert.Equal(
        Descriptors.All.Select(static d => d.Id).Where(static id => id is not ("DSL1018" or "DSL9001")),
        CorpusFile.Names.Select(static n => n.Split('/')[0]).Distinct());

    [Fact]
    public void Ids_with_fixes_are_those_that_the_provider_names() => Assert.Equal(
        new RemedyCodeFix().FixableDiagnosticIds.Order(StringComparer.Ordinal),
        CorpusFile.Names.Select(CorpusFile.Read).Where(static f => !f.Fixes.IsEmpty).Select(static f => f.Id)
            .Distinct());

    /// <summary>A verb that the generator says and no fix knows would be offered nowhere. Both assemblies have the
    /// class.</summary>
    [Fact]
    public void Every_verb_has_an_edit() => Assert.Equal(
        typeof(Descriptors).Assembly.GetType("Dsl.Generator.Diagnostics.RemedyVerbs")!.GetFields()
            .Select(static f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal),
        Edits.Verbs.Order(StringComparer.Ordinal));

    private static string Text(IEnumerable<KeyValuePair<string, string>> fixes) =>
        string.Join("\n", fixes.Select(static f => $"//// {f.Key}\n{f.Value}"));

    private static string Id(string error) => ErrorId().Match(error).Value;

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Quoted();

    [GeneratedRegex("CS[0-9]{4}")]
    private static partial Regex ErrorId();
}
