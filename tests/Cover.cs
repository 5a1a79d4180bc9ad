using System.Collections.Generic;
using System.Linq;

namespace Dsl.Tests;

/// <summary>What may stand for all: the name, all that it has, and what it costs.</summary>
internal sealed record Candidate(string Name, IReadOnlySet<string> Features, int Cost);

/// <summary>Chooses tests that take long.</summary>
internal static class Cover
{
    /// <summary>Candidates that together have everything at little cost: again and again the one with most for its cost that is
    /// new; then without those that later ones have made needless, the dearest first.</summary>
    /// <param name="candidates">In an order that decides between equals.</param>
    public static IReadOnlyList<string> Of(IReadOnlyCollection<Candidate> candidates)
    {
        var missing = candidates.SelectMany(static c => c.Features).ToHashSet();
        var chosen = new List<Candidate>();
        while (missing.Count > 0)
        {
            Candidate best = candidates.MaxBy(c => c.Features.Count(missing.Contains) / (double)c.Cost)!;
            chosen.Add(best);
            missing.ExceptWith(best.Features);
        }

        foreach (Candidate candidate in chosen.OrderByDescending(static c => c.Cost).ToArray())
        {
            if (chosen.Where(c => c != candidate).SelectMany(static c => c.Features).ToHashSet().IsSupersetOf(candidate.Features))
            {
                chosen.Remove(candidate);
            }
        }

        return [.. chosen.Select(static c => c.Name)];
    }
}
