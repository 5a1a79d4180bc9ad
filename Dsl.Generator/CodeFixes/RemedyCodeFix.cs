using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Dsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Rename;
using Microsoft.CodeAnalysis.Text;

namespace Dsl.CodeFixes;

/// <summary>
/// Offers what the generator says would remove a problem. Every remedy is a verb of <see cref="Edits"/> with a text and
/// a place; nothing is worked out again here.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RemedyCodeFix))]
[Shared]
public sealed class RemedyCodeFix : CodeFixProvider
{
    /// <summary>The ids for which the generator knows remedies; a test compares them with the corpus.</summary>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(
        "DSL1001", "DSL1002", "DSL1003", "DSL1004", "DSL1006", "DSL1007", "DSL1009", "DSL1010", "DSL1016", "DSL1017",
        "DSL2001", "DSL2002", "DSL2003", "DSL2004", "DSL2005", "DSL2006", "DSL2007", "DSL2008", "DSL2009", "DSL2014");

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            for (int i = 0; i < diagnostic.AdditionalLocations.Count; i++)
            {
                if (await EditOf(context, diagnostic, i).ConfigureAwait(false) is var (document, edit))
                {
                    context.RegisterCodeFix(
                        CodeAction.Create(
                            edit.Title, cancel => Apply(document, edit, cancel), equivalenceKey: edit.Title),
                        diagnostic);
                }
            }
        }
    }

    /// <summary>A remedy as an edit of a document; null when the source is not as the generator saw it.</summary>
    private static async Task<(Document Document, Edit Edit)?> EditOf(CodeFixContext context, Diagnostic diagnostic,
        int remedy)
    {
        Location location = diagnostic.AdditionalLocations[remedy];
        Solution solution = context.Document.Project.Solution;
        if (location.SourceTree is not { } tree
            || (solution.GetDocument(tree) ?? ByPath(solution, tree.FilePath)) is not { } document
            || !diagnostic.Properties.TryGetValue(RemedyVerbs.VerbKey(remedy), out string? verb) || verb is null
            || !diagnostic.Properties.TryGetValue(RemedyVerbs.TextKey(remedy), out string? text) || text is null
            || await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root
            || !root.FullSpan.Contains(location.SourceSpan))
        {
            return null;
        }

        SourceText source = await document.GetTextAsync(context.CancellationToken).ConfigureAwait(false);
        return Edits.Find(verb, new EditSite(root, source, location.SourceSpan, text)) is { } edit ? (document, edit)
            : null;
    }

    private static Document? ByPath(Solution solution, string path) =>
        solution.GetDocumentIdsWithFilePath(path).Select(solution.GetDocument).FirstOrDefault();

    private static async Task<Solution> Apply(Document document, Edit edit, CancellationToken cancel)
    {
        if (edit.NewName is null)
        {
            SourceText text = await document.GetTextAsync(cancel).ConfigureAwait(false);
            return document.WithText(text.WithChanges(edit.Changes)).Project.Solution;
        }

        SemanticModel? model = await document.GetSemanticModelAsync(cancel).ConfigureAwait(false);
        return edit.Declaration is { } declaration && model?.GetDeclaredSymbol(declaration, cancel) is { } symbol
            ? await Renamer.RenameSymbolAsync(document.Project.Solution, symbol, default, edit.NewName, cancel)
                .ConfigureAwait(false)
            : document.Project.Solution;
    }
}
