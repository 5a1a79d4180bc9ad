using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Dsl.CodeFixes;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Dsl.Generator.Tests.Corpus;

/// <summary>A program of the corpus in an editor's workspace, against the real runtime: what is reported, and what is
/// offered.</summary>
internal sealed class CorpusProgram
{
    private const string File = "Model.cs";

    private readonly Document _document;

    private CorpusProgram(Document document, ImmutableArray<Diagnostic> found, ImmutableArray<string> errors)
    {
        _document = document;
        Found = found;
        Errors = errors;
    }

    /// <summary>What the generator reports.</summary>
    public ImmutableArray<Diagnostic> Found { get; }

    /// <summary>The errors of the compiler itself with the generated files there, each once: id and text.</summary>
    public ImmutableArray<string> Errors { get; }

    /// <summary>Compiles a program as a build does.</summary>
    /// <param name="source">Its one file.</param>
    /// <param name="kernels">False: as an editor does, which is faster where nothing is wrong.</param>
    public static async Task<CorpusProgram> Of(string source, bool kernels = true)
    {
        CSharpCompilation template = Programs.CompilationWith(Programs.RealRuntime);
        using var workspace = new AdhocWorkspace();
        var project = ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Demo", "Demo", LanguageNames.CSharp,
            compilationOptions: template.Options, parseOptions: Programs.ParseOptions,
                metadataReferences: template.References);
        Document document = workspace.AddProject(project)
            .AddDocument("Usings.cs", template.SyntaxTrees.Single().GetText(), filePath: "Usings.cs").Project
            .AddDocument(File, SourceText.From(source, System.Text.Encoding.UTF8), filePath: File);
        Compilation compilation = (await document.Project.GetCompilationAsync())!;
        GeneratorDriver driver = Programs.Driver(kernels)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation program, out _);
        GeneratorDriverRunResult result = driver.GetRunResult();
        Xunit.Assert.Null(result.Results.Single().Exception);
        return new CorpusProgram(
            document,
            [.. result.Diagnostics.Where(static d => d.Severity >= DiagnosticSeverity.Info)],
            [.. program.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error)
                .Select(static d => d.ToString())]);
    }

    /// <summary>Every fix of a diagnostic: its title and the program after it.</summary>
    public async Task<ImmutableArray<KeyValuePair<string, string>>> Fixes(Diagnostic diagnostic)
    {
        var actions = new List<CodeAction>();
        await new RemedyCodeFix().RegisterCodeFixesAsync(
            new CodeFixContext(_document, diagnostic, (action, _) => actions.Add(action), default));
        var fixes = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (CodeAction action in actions)
        {
            var operation = (ApplyChangesOperation)(await action.GetOperationsAsync(default)).Single();
            SourceText text = await operation.ChangedSolution.GetDocument(_document.Id)!.GetTextAsync();
            fixes.Add(KeyValuePair.Create(action.Title, text.ToString()));
        }

        return fixes.ToImmutable();
    }
}
