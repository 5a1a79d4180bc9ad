using System;

namespace Models.Agents;

/// <summary>What is wrong with a reply.</summary>
public enum ActionErrorKind
{
    /// <summary>No line begins with <c>Action:</c>, or something other than a thought stands before it.</summary>
    NoActionLabel,

    /// <summary>Nothing follows <c>Action:</c>.</summary>
    NoAction,

    /// <summary>Something other than <c>name(</c>, or than a new line between two calls.</summary>
    CallExpected,

    /// <summary>Something other than <c>key='text'</c>, a comma or a closing parenthesis.</summary>
    ArgumentExpected,

    /// <summary>A text has no end.</summary>
    UnterminatedText,

    /// <summary>A backslash before a character that needs none.</summary>
    UnknownEscape,

    /// <summary>There is no such action.</summary>
    UnknownAction,

    /// <summary>The action has no such argument.</summary>
    UnknownArgument,

    /// <summary>An argument is there twice.</summary>
    DuplicateArgument,

    /// <summary>An argument is not there.</summary>
    MissingArgument,

    /// <summary>A place is not written as one.</summary>
    NotAPoint,

    /// <summary>There is no such direction.</summary>
    NotADirection,

    /// <summary>Something other than one to three lower-case names.</summary>
    NotHotkeys,
}

/// <summary>Why a reply cannot be read.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Position">Where, in characters from the start of the reply; for a place, direction or key where its
/// text begins.</param>
/// <param name="Found">What is there.</param>
/// <param name="Expected">What should be.</param>
public sealed record ActionError(ActionErrorKind Kind, int Position, string Found, string Expected)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{Kind} at {Position}: {Expected} expected, found {(Found.Length == 0 ? "the end" : $"'{Found}'")}.");
}

/// <summary>A reply cannot be read.</summary>
/// <param name="error">Why.</param>
public sealed class ActionFormatException(ActionError error) : FormatException(error?.ToString())
{
    /// <summary>Why.</summary>
    public ActionError Error { get; } = error ?? throw new ArgumentNullException(nameof(error));
}
