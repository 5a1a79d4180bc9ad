using System;
using System.Collections.Generic;
using System.Linq;

namespace Dsl;

/// <summary>Finds what somebody who misspelt a name may have meant.</summary>
internal static class NearNames
{
    /// <summary>At most three names, the nearest first; all that differ in few letters or contain the misspelt
    /// one.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> known) => known
        .Select(k => (Name: k, Distance: Distance(name, k)))
        .Where(k => k.Distance <= Math.Max(2, name.Length / 3)
            || k.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
        .OrderBy(static k => k.Distance)
        .ThenBy(static k => k.Name, StringComparer.Ordinal)
        .Take(3)
        .Select(static k => k.Name)
        .ToArray();

    /// <summary>Insertions, deletions and substitutions that turn one text into the other (Levenshtein), case
    /// ignored.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                bool same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                int substituted = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
