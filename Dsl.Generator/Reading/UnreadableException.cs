using System;
using System.Collections.Generic;
using System.Linq;
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

    /// <summary>Changes of the source that remove the problem.</summary>
    public List<Offer> Offers { get; } = new();

    /// <summary>Adds changes of the source; nulls are none.</summary>
    public UnreadableException Offering(params Offer?[] offers)
    {
        Offers.AddRange(offers.OfType<Offer>());
        return this;
    }

    /// <summary>True when the [Pointwise] function's own reading reports it, so that the model must not report it
    /// again.</summary>
    public bool IsReportedElsewhere { get; set; }

    /// <summary>Says whether another reading reports it.</summary>
    public UnreadableException Elsewhere(bool isReported)
    {
        IsReportedElsewhere = isReported;
        return this;
    }

    /// <summary>Source text for a message: on one line, and not long.</summary>
    public static string Excerpt(SyntaxNode node)
    {
        string text = Regex.Replace(node.ToString(), @"\s+", " ");
        return text.Length <= 60 ? text : text.Substring(0, 57) + "...";
    }
}
