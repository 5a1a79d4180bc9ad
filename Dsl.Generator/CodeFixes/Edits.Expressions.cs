using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Dsl.CodeFixes;

/// <summary>Edits of attributes, calls and lambdas.</summary>
internal static partial class Edits
{
    private static readonly char[] s_space = { ' ' };

    private const string ReturnTarget = "return: ";

    private static Edit? SetAttribute(EditSite site)
    {
        SyntaxNode? owner = site.Root.FindNode(site.Span).AncestorsAndSelf()
            .FirstOrDefault(static n => n is ParameterSyntax or MemberDeclarationSyntax);
        bool isReturn = site.Text.StartsWith(ReturnTarget, StringComparison.Ordinal);
        string attribute = isReturn ? site.Text.Substring(ReturnTarget.Length) : site.Text;
        string name = attribute.Split('(')[0];
        SyntaxList<AttributeListSyntax> lists = owner switch
        {
            ParameterSyntax parameter => parameter.AttributeLists,
            MemberDeclarationSyntax member => member.AttributeLists,
            _ => default,
        };
        AttributeSyntax? old = lists
            .Where(l => (l.Target?.Identifier.ValueText == "return") == isReturn)
            .SelectMany(static l => l.Attributes)
            .FirstOrDefault(a => a.Name.ToString() is var written
                && (written == name || written == name + "Attribute"));
        if (old is not null)
        {
            return EditSite.Change($"Change [{(isReturn ? ReturnTarget : "")}{old}] to [{site.Text}]", old.Span,
                attribute);
        }

        // On the line of a parameter or method of one line; a class gets it above.
        return owner switch
        {
            null => null,
            TypeDeclarationSyntax type => EditSite.Insert(
                $"Add [{site.Text}]", type.SpanStart, $"[{site.Text}]\n{Indent(site.Source, type.SpanStart)}"),
            _ => EditSite.Insert($"Add [{site.Text}]", owner.SpanStart, $"[{site.Text}] "),
        };
    }

    /// <summary><c>Conv Padding 1</c>: attribute, argument, value.</summary>
    private static Edit? SetArgument(EditSite site)
    {
        string[] words = site.Text.Split(s_space, 3);
        AttributeSyntax? attribute = site.Find<MethodDeclarationSyntax>()?.AttributeLists.SelectMany(static l =>
            l.Attributes)
            .FirstOrDefault(a => a.Name.ToString().Split('.').Last() is var name
                && (name == words[0] || name == words[0] + "Attribute"));
        if (words.Length < 3 || attribute?.ArgumentList is not { } arguments)
        {
            return null;
        }

        AttributeArgumentSyntax? old = arguments.Arguments.FirstOrDefault(a =>
            a.NameEquals?.Name.Identifier.ValueText == words[1]);
        return old is null
            ? EditSite.Insert($"Set {words[1]} = {words[2]}", arguments.CloseParenToken.SpanStart,
                $", {words[1]} = {words[2]}")
            : EditSite.Change($"Set {words[1]} = {words[2]}", old.Expression.Span, words[2]);
    }

    /// <summary><c>1 size 4</c>: position, parameter, value.</summary>
    private static Edit? PassArgument(EditSite site)
    {
        string[] words = site.Text.Split(s_space, 3);
        if (words.Length < 3 || site.Find<InvocationExpressionSyntax>() is not { } call)
        {
            return null;
        }

        SeparatedSyntaxList<ArgumentSyntax> arguments = call.ArgumentList.Arguments;
        int position = int.Parse(words[0], CultureInfo.InvariantCulture);
        ArgumentSyntax? argument = arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == words[1])
            ?? (position < arguments.Count && arguments[position].NameColon is null ? arguments[position] : null);
        string title = $"Pass {words[2]} as '{words[1]}'";
        return argument is null
            ? EditSite.Insert(title, call.ArgumentList.CloseParenToken.SpanStart, $", {words[1]}: {words[2]}")
            : EditSite.Change(title, argument.Expression.Span, words[2]);
    }

    private static Edit? SwapArguments(EditSite site) =>
        site.Find<InvocationExpressionSyntax>()?.ArgumentList.Arguments is { Count: >= 2 } arguments
            ? new Edit($"Exchange '{arguments[0]}' and '{arguments[1]}'", ImmutableArray.Create(
                new TextChange(arguments[0].Span, arguments[1].ToString()),
                    new TextChange(arguments[1].Span, arguments[0].ToString())))
            : null;

    /// <summary>An expression, or every value that a method returns.</summary>
    private static Edit? Wrap(EditSite site)
    {
        SyntaxNode node = site.Root.FindNode(site.Span, getInnermostNodeForTie: true);
        IEnumerable<ExpressionSyntax> wrapped = node switch
        {
            ExpressionSyntax expression => new[] { expression },
            MethodDeclarationSyntax { ExpressionBody: { } body } => new[] { body.Expression },
            MethodDeclarationSyntax { Body: { } block } =>
                block.DescendantNodes(static n => n is not AnonymousFunctionExpressionSyntax)
                .OfType<ReturnStatementSyntax>().Select(static r => r.Expression).OfType<ExpressionSyntax>(),
            _ => Array.Empty<ExpressionSyntax>(),
        };
        var changes = wrapped.SelectMany(e => new[]
        {
            new TextChange(new TextSpan(e.SpanStart, 0), site.Text + "("),
                new TextChange(new TextSpan(e.Span.End, 0), ")"),
        }).ToImmutableArray();
        return changes.IsEmpty ? null : new Edit($"Apply {site.Text}", changes);
    }

    private static Edit? Unwrap(EditSite site) =>
        site.Find<InvocationExpressionSyntax>() is { ArgumentList.Arguments: { Count: > 0 } arguments } call
            ? EditSite.Change($"Remove '{call.Expression}'", call.Span, arguments[0].Expression.ToString())
            : null;

    /// <summary><c>v => v * v</c> becomes a pointwise function of its own at the end of the class.</summary>
    private static Edit? Extract(EditSite site)
    {
        if (site.Find<LambdaExpressionSyntax>() is not { } lambda
            || lambda.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type)
        {
            return null;
        }

        IEnumerable<string> parameters = lambda switch
        {
            SimpleLambdaExpressionSyntax simple => new[] { simple.Parameter.Identifier.ValueText },
            ParenthesizedLambdaExpressionSyntax many =>
                many.ParameterList.Parameters.Select(static p => p.Identifier.ValueText),
            _ => Array.Empty<string>(),
        };
        string body = lambda.ExpressionBody is { } expression ? $" => {expression};" : $" {lambda.Block}";
        string member = $"[Pointwise] private static float {site.Text}("
            + string.Join(", ", parameters.Select(static p => "float " + p)) + ")" + body;
        return new Edit($"Make it the pointwise function '{site.Text}'", ImmutableArray.Create(
            new TextChange(lambda.Span, site.Text), Append(site.Source, type, member)));
    }
}
