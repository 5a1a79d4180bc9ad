using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Dsl.CodeFixes;

/// <summary>Where a remedy is applied.</summary>
/// <param name="Root">The file's syntax.</param>
/// <param name="Source">The file's text.</param>
/// <param name="Span">The place in it.</param>
/// <param name="Text">The remedy's text.</param>
internal sealed record EditSite(SyntaxNode Root, SourceText Source, TextSpan Span, string Text)
{
    /// <summary>The outermost node of a kind that has exactly this place, else the innermost one around it.</summary>
    public T? Find<T>()
        where T : SyntaxNode =>
        Root.FindNode(Span).AncestorsAndSelf().OfType<T>().Where(n => n.Span == Span).LastOrDefault()
        ?? Root.FindNode(Span, getInnermostNodeForTie: true).AncestorsAndSelf().OfType<T>().FirstOrDefault();

    /// <summary>The text at the place.</summary>
    public string Old => Source.ToString(Span);

    /// <summary>An edit that replaces one span.</summary>
    public static Edit Change(string title, TextSpan span, string text) =>
        new(title, ImmutableArray.Create(new TextChange(span, text)));

    /// <summary>An edit that inserts text.</summary>
    public static Edit Insert(string title, int at, string text) => Change(title, new TextSpan(at, 0), text);
}

/// <summary>What is shown and what is done: changes of text, or a rename.</summary>
/// <param name="Title">What the editor shows.</param>
/// <param name="Changes">The changes, in order of position.</param>
internal sealed record Edit(string Title, ImmutableArray<TextChange> Changes)
{
    /// <summary>When not null, <see cref="Declaration"/> is renamed instead.</summary>
    public string? NewName { get; init; }

    /// <summary>What is renamed.</summary>
    public SyntaxNode? Declaration { get; init; }
}
