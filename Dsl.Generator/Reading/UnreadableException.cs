using System;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Dsl.Generator.Reading;

/// <summary>Ends the reading of one function: the diagnostic, and where. Caught inside Reading/.</summary>
internal sealed class UnreadableException : Exception
{
    public UnreadableException(string id, Location location, params string[] arguments)
        : base(id)
    {
        Id = id;
        Location = location;
        Arguments = arguments;
    }

    public string Id { get; }

    public Location Location { get; }

    public string[] Arguments { get; }

    /// <summary>True when the [Pointwise] function's own reading reports it, so that the model must not report it
    /// again.</summary>
    public bool IsReportedElsewhere { get; set; }

    /// <summary>Source text for a message: on one line, and not long.</summary>
    public static string Excerpt(SyntaxNode node)
    {
        string text = Regex.Replace(node.ToString(), @"\s+", " ");
        return text.Length <= 60 ? text : text.Substring(0, 57) + "...";
    }
}
