using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Dsl.CodeFixes;

/// <summary>The verbs of <see cref="RemedyVerbs"/> as edits of text. Text, so that the user's own layout
/// stays.</summary>
internal static partial class Edits
{
    private static readonly Dictionary<string, Func<EditSite, Edit?>> ByVerb = new(StringComparer.Ordinal)
    {
        [RemedyVerbs.Replace] = Replace,
        [RemedyVerbs.Remove] = Remove,
        [RemedyVerbs.AddModifier] = AddModifier,
        [RemedyVerbs.RemoveModifier] = RemoveModifier,
        [RemedyVerbs.SetAttribute] = SetAttribute,
        [RemedyVerbs.SetArgument] = SetArgument,
        [RemedyVerbs.RemoveArgument] = RemoveArgument,
        [RemedyVerbs.PassArgument] = PassArgument,
        [RemedyVerbs.SwapArguments] = SwapArguments,
        [RemedyVerbs.SetType] = SetType,
        [RemedyVerbs.Wrap] = Wrap,
        [RemedyVerbs.Unwrap] = Unwrap,
        [RemedyVerbs.MakeLayer] = MakeLayer,
        [RemedyVerbs.MakeConstant] = MakeConstant,
        [RemedyVerbs.AddMember] = AddMember,
        [RemedyVerbs.Extract] = Extract,
        [RemedyVerbs.Rename] = Rename,
    };

    /// <summary>The verbs, for the test that compares them with the generator's.</summary>
    public static IEnumerable<string> Verbs => ByVerb.Keys;

    /// <summary>The edit of a verb; null when the verb is unknown or the place is not what it needs.</summary>
    public static Edit? Find(string verb, EditSite site) => ByVerb.TryGetValue(verb, out var edit) ? edit(site) : null;

    private static Edit Replace(EditSite site) => EditSite.Change(
        site.Text.Length == 0 ? $"Remove '{site.Old}'" : $"Change '{site.Old}' to '{site.Text}'", site.Span, site.Text);

    private static Edit? Remove(EditSite site)
    {
        SyntaxNode node = site.Root.FindNode(site.Span);
        if (node.AncestorsAndSelf().OfType<AttributeSyntax>()
            .FirstOrDefault() is { Parent: AttributeListSyntax list } attribute)
        {
            string title = $"Remove [{attribute.Name}]";
            if (list.Attributes.Count == 1)
            {
                return EditSite.Change(title, list.FullSpan, "");
            }

            int at = list.Attributes.IndexOf(attribute);
            return EditSite.Change(title, at == 0
                ? TextSpan.FromBounds(attribute.SpanStart, list.Attributes[1].SpanStart)
                : TextSpan.FromBounds(list.Attributes[at - 1].Span.End, attribute.Span.End), "");
        }

        SyntaxNode? removed = node.AncestorsAndSelf()
            .FirstOrDefault(static n => n is StatementSyntax or MemberDeclarationSyntax);
        return removed is null ? null : EditSite.Change($"Remove '{site.Old}'", Whole(removed), "");
    }

    /// <summary>A member with the blank line before it, or after the first one; a statement with its own.</summary>
    private static TextSpan Whole(SyntaxNode removed)
    {
        bool isFirst = removed.GetFirstToken().GetPreviousToken().IsKind(SyntaxKind.OpenBraceToken);
        SyntaxTriviaList after = removed.GetLastToken().GetNextToken().LeadingTrivia;
        bool isBlank = after.Count > 0 && after[0].IsKind(SyntaxKind.EndOfLineTrivia);
        return isFirst && isBlank && removed is MemberDeclarationSyntax
            ? TextSpan.FromBounds(removed.FullSpan.Start, after[0].FullSpan.End)
            : removed.FullSpan;
    }

    /// <summary><c>partial</c> goes last, as C# wants it; others first.</summary>
    private static Edit? AddModifier(EditSite site)
    {
        if (site.Find<MemberDeclarationSyntax>() is not { } member)
        {
            return null;
        }

        SyntaxToken last = member switch
        {
            TypeDeclarationSyntax type => type.Keyword,
            MethodDeclarationSyntax method => method.ReturnType.GetFirstToken(),
            _ => default,
        };
        return last.RawKind == 0 ? null : EditSite.Insert($"Add '{site.Text}'", last.SpanStart, site.Text + " ");
    }

    private static Edit? RemoveModifier(EditSite site)
    {
        SyntaxTokenList modifiers = site.Root.FindNode(site.Span).AncestorsAndSelf().Select(static n => n switch
        {
            MemberDeclarationSyntax member => member.Modifiers,
            ParameterSyntax parameter => parameter.Modifiers,
            _ => default,
        }).FirstOrDefault(static m => m.Count > 0);
        SyntaxToken modifier = modifiers.FirstOrDefault(m => m.ValueText == site.Text);
        return modifier.RawKind == 0
            ? null
            : EditSite.Change($"Remove '{site.Text}'",
                TextSpan.FromBounds(modifier.SpanStart, modifier.GetNextToken().SpanStart), "");
    }

    private static Edit? SetType(EditSite site) => site.Find<ParameterSyntax>() is { Type: { } type }
        ? EditSite.Change($"Change '{type}' to '{site.Text}'", type.Span, site.Text)
        : null;

    private static Edit? MakeLayer(EditSite site)
    {
        if (site.Find<MethodDeclarationSyntax>() is not { } method)
        {
            return null;
        }

        string modifiers = string.Concat(method.Modifiers
            .Where(static m => !m.IsKind(SyntaxKind.PartialKeyword) && !m.IsKind(SyntaxKind.StaticKeyword))
            .Select(static m => m.ValueText + " "));
        int head = method.Modifiers.Count > 0 ? method.Modifiers[0].SpanStart : method.ReturnType.SpanStart;
        return new Edit($"Make '{method.Identifier}' a partial method without a body", ImmutableArray.Create(
            new TextChange(TextSpan.FromBounds(head, method.ReturnType.SpanStart), modifiers + "partial "),
            new TextChange(TextSpan.FromBounds(method.ParameterList.Span.End, method.Span.End), ";")));
    }

    private static Edit? MakeConstant(EditSite site)
    {
        if (site.Find<FieldDeclarationSyntax>() is not { } field)
        {
            return null;
        }

        string modifiers = string.Concat(field.Modifiers
            .Where(static m => !m.IsKind(SyntaxKind.ReadOnlyKeyword) && !m.IsKind(SyntaxKind.StaticKeyword))
            .Select(static m => m.ValueText + " "));
        int head = field.Modifiers.Count > 0 ? field.Modifiers[0].SpanStart : field.Declaration.SpanStart;
        return EditSite.Change(
            $"Make '{field.Declaration.Variables[0].Identifier}' a const",
            TextSpan.FromBounds(head, field.Declaration.SpanStart),
            modifiers + "const ");
    }

    private static Edit? AddMember(EditSite site)
    {
        if (site.Find<TypeDeclarationSyntax>() is not { } type)
        {
            return null;
        }

        // public Tensor Forward(…) => …; is shown as 'Forward'.
        string name = SyntaxFactory.ParseMemberDeclaration(site.Text) is MethodDeclarationSyntax method
            ? method.Identifier.ValueText
            : site.Text;
        return Append(site, $"Add '{name}'", type);
    }

    private static Edit Append(EditSite site, string title, TypeDeclarationSyntax type, params TextChange[] others) =>
        new(
            title,
            others.Append(Append(site.Source, type, site.Text)).OrderBy(static c => c.Span.Start).ToImmutableArray());

    /// <summary>A member of its own at the end of a class, indented like the members before it.</summary>
    private static TextChange Append(SourceText source, TypeDeclarationSyntax type, string member)
    {
        string indent = type.Members.Count > 0
            ? Indent(source, type.Members.Last().SpanStart)
            : Indent(source, type.SpanStart) + "    ";
        TextLine line = source.Lines.GetLineFromPosition(type.CloseBraceToken.SpanStart);
        bool ownLine = source.ToString(TextSpan.FromBounds(line.Start, type.CloseBraceToken.SpanStart)).Trim()
            .Length == 0;
        string blank = type.Members.Count > 0 ? "\n" : "";
        return ownLine
            ? new TextChange(new TextSpan(line.Start, 0), $"{blank}{indent}{member}\n")
            : new TextChange(new TextSpan(type.CloseBraceToken.SpanStart, 0), member + " ");
    }

    private static string Indent(SourceText source, int position)
    {
        string line = source.Lines.GetLineFromPosition(position).ToString();
        return line.Substring(0, line.Length - line.TrimStart().Length);
    }

    private static Edit? Rename(EditSite site) => site.Find<MemberDeclarationSyntax>() is { } member
        ? new Edit($"Rename '{site.Old}' to '{site.Text}'", ImmutableArray<TextChange>.Empty)
        {
            NewName = site.Text,
            Declaration = member,
        }
        : null;
}
