using System;
using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Lowering;

/// <summary>What an unknown symbolic size most likely means.</summary>
internal static class NearSymbols
{
    /// <summary>The text of a size with the unknown symbol replaced: by the one known symbol, by one that it begins
    /// with or that begins with it, else null.</summary>
    public static string? Correct(string text, string unknown, ICollection<string> known)
    {
        string? near = known.Count == 1
            ? known.First()
            : known.OrderBy(static k => k, StringComparer.Ordinal).FirstOrDefault(k =>
                string.Equals(k, unknown, StringComparison.OrdinalIgnoreCase)
                || k.StartsWith(unknown, StringComparison.OrdinalIgnoreCase)
                || unknown.StartsWith(k, StringComparison.OrdinalIgnoreCase));
        return near is null ? null : System.Text.RegularExpressions.Regex.Replace(text, $@"\b{unknown}\b", near);
    }
}
