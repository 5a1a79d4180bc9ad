using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;

namespace Dsl.Generator.Diagnostics;

/// <summary>Turns problems into diagnostics: the only place where sites and locations meet.</summary>
internal static class DiagnosticsOutput
{
    /// <summary>The diagnostics of one class, in order of location: those of reading, and those of later
    /// stages.</summary>
    public static IEnumerable<Diagnostic> Of(ReadDiagnostics read, IEnumerable<Problem> later) => read.Problems
        .Concat(later)
        .Distinct()
        .Select(problem => Of(problem, read.Map))
        .OrderBy(static d => d.Location.SourceSpan.Start)
        .ThenBy(static d => d.Id, StringComparer.Ordinal);

    /// <summary>Verb and text of every remedy by its number, which is also the number of its location.</summary>
    private static ImmutableDictionary<string, string?> Properties(EquatableArray<Remedy> remedies)
    {
        var properties = ImmutableDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        for (int i = 0; i < remedies.Count; i++)
        {
            properties[RemedyVerbs.VerbKey(i)] = remedies[i].Verb;
            properties[RemedyVerbs.TextKey(i)] = remedies[i].Text;
        }

        return properties.ToImmutable();
    }

    private static Diagnostic Of(Problem problem, SourceMap map)
    {
        // Line breaks (of an exception's text) would cut the message off in a build log.
        object[] arguments = problem.Arguments
            .Select(static object (a) => a.Replace("\r", "").Replace("\n", " | ")).ToArray();
        if (Descriptors.Find(problem.Id) is { } descriptor)
        {
            return Diagnostic.Create(
                descriptor,
                map[problem.Site],
                problem.Remedies.Select(r => map[r.Site]),
                Properties(problem.Remedies),
                arguments);
        }

        string text = $"{problem.Id} is not in the table of diagnostics: {string.Join("; ", problem.Arguments)}";
        return Diagnostic.Create(Descriptors.Find("DSL9001")!, map[problem.Site], "Diagnostics", text);
    }
}
