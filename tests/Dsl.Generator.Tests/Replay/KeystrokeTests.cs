using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Tests.Corpus;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace Dsl.Generator.Tests.Replay;

/// <summary>
/// A file as it is typed, one generator driver all the way, as in an editor: whatever stands there at any moment,
/// nothing is thrown and no stage fails. The program is every prefix that ends with a token; at every seventh token also
/// the one that ends inside it, and the whole program without it. Covered are all files of Models with a model or a
/// block, each alone, and a few mistakes of the corpus. When these files have more than <see cref="Tokens"/> tokens
/// together, it is every second one of each, or every third …
/// </summary>
public class KeystrokeTests
{
    private const int Sample = 7;

    /// <summary>How many tokens of all models are typed: what is more than that is typed several tokens at a
    /// time.</summary>
    private const int Tokens = 2000;

    /// <summary>Mistakes that end in different stages.</summary>
    private static readonly string[] s_mistakes =
    [
        "DSL1003/LambdaInMap", "DSL1009/TruncatingCast", "DSL2001/ResidualOfAnotherWidth", "DSL2008/LossOfEverySample",
        "DSL4001/FiveSymbols", "DSL1011/ForgottenAttribute", "DSL2011/RepeatThatNarrows",
    ];

    private static readonly string[] s_models = [.. ModelSources.Of("Models").Where(IsModel)];

    private static readonly int s_step =
        1 + (s_models.Sum(static p => TokensOf(ModelSources.Read(p)).Count()) / Tokens);

    public static TheoryData<string> Files => [.. s_models, .. s_mistakes];

    [Theory]
    [MemberData(nameof(Files))]
    public void Typing_never_breaks_the_generator(string path)
    {
        string text = path.EndsWith(".cs", StringComparison.Ordinal) ? ModelSources.Read(path)
            : CorpusFile.Read(path).Source;
        SyntaxTree tree = Programs.Tree("");
        var compilation = Programs.CompilationWith(Programs.RealRuntime).AddSyntaxTrees(tree);
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new DslGenerator().AsSourceGenerator()],
            parseOptions: Programs.ParseOptions,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.Implementation));
        foreach (string state in Typed(text).Concat(WithoutOneToken(text)))
        {
            SyntaxTree next = tree.WithChangedText(SourceText.From(state, System.Text.Encoding.UTF8));
            compilation = compilation.ReplaceSyntaxTree(tree, next);
            tree = next;
            driver = driver.RunGenerators(compilation);
            GeneratorDriverRunResult result = driver.GetRunResult();
            Assert.True(result.Results.Single()
                .Exception is null, $"{result.Results.Single().Exception}\nafter\n{state}");
            Assert.True(!result.Diagnostics.Any(static d => d.Id is "CS8785" or "DSL9001"),
                $"{string.Join("\n", result.Diagnostics)}\nafter\n{state}");
        }
    }

    private static bool IsModel(string path) => ModelSources.Read(path) is var text
        && (text.Contains("\n[Model", StringComparison.Ordinal) || text.Contains("\n[Block", StringComparison.Ordinal));

    private static IEnumerable<string> Typed(string text)
    {
        foreach (var (i, token) in Stops(text).Index())
        {
            if (i % Sample == 0 && token.Span.Length > 1)
            {
                yield return text[..(token.SpanStart + (token.Span.Length / 2))];
            }

            yield return text[..token.Span.End];
        }
    }

    private static IEnumerable<string> WithoutOneToken(string text) =>
        Stops(text).Where(static (_, i) => i % Sample == 0).Select(t => text.Remove(t.SpanStart, t.Span.Length));

    /// <summary>The tokens after which the program is read, the last one among them.</summary>
    private static IEnumerable<SyntaxToken> Stops(string text) =>
        TokensOf(text).Reverse().Where(static (_, i) => i % s_step == 0).Reverse();

    private static IEnumerable<SyntaxToken> TokensOf(string text) =>
        Programs.Tree(text).GetRoot().DescendantTokens().Where(static t => t.Span.Length > 0);
}
