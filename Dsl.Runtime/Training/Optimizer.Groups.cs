using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Sessions;

namespace Dsl;

/// <content>Which scalars each parameter's step reads.</content>
public abstract partial class Optimizer
{
    private static readonly int[] s_kinds = [Hyper.Decay, Hyper.NoDecay, Hyper.Slow];

    /// <summary>Parameters that learn otherwise than the others, or not at all. The first group that has a parameter counts; in
    /// none are those that have nothing special.</summary>
    /// <example><code>new AdamW(1e-3f) { Groups = [ParameterGroup.Frozen("Stem"), new("Trunk") { RateFactor = 0.1f }] }</code></example>
    public IReadOnlyList<ParameterGroup> Groups
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = [.. value];
        }
    } = [];

    /// <summary>Floats that a session keeps for scalars.</summary>
    internal int HyperLength => Hyper.Length + (Groups.Count * Hyper.GroupLength);

    /// <summary>Whether a group has a parameter.</summary>
    internal bool HasGroup(string parameter) => GroupOf(parameter) >= 0;

    /// <summary>Whether a parameter keeps its values.</summary>
    internal bool Freezes(string parameter) => IsFrozen(GroupOf(parameter));

    /// <summary>Refuses groups that name what a model does not have, or leave nothing to learn.</summary>
    /// <exception cref="ArgumentException">They do; the message lists near names.</exception>
    internal void RequireGroups(ParameterSet parameters)
    {
        foreach (string name in Groups.SelectMany(static g => g.Names))
        {
            if (!parameters.Any(p => p.Learns && ParameterGroup.IsNamed(p.Name, name)))
            {
                string[] known = [.. parameters.Where(static p => p.Learns).SelectMany(static p => Prefixes(p.Name)).Distinct()];
                IReadOnlyList<string> near = NearNames.Of(name, known);
                throw new ArgumentException(
                    $"A parameter group names '{name}', but no parameter that learns has or begins with this name. "
                    + (near.Count > 0
                        ? $"Did you mean {string.Join(" or ", near)}?"
                        : $"There are: {string.Join(", ", known.Where(static k => !k.Contains('.')))}."));
            }
        }

        if (Groups.Count > 0 && parameters.All(p => !p.Learns || Freezes(p.Name)))
        {
            throw new ArgumentException("Every parameter is frozen: nothing would learn. Leave out the optimiser to run the model.");
        }
    }

    /// <summary>Ranges of the parameters whose steps read the same scalars, and where these are; none for those that are frozen or
    /// take their steps in place.</summary>
    internal IEnumerable<(long Begin, long End, int Scalars)> Ranges(ITrainingMemory memory) =>
        Merged(Grouped(memory).Where(g => !IsFrozen(g.Group)).Select(static g => (g.Begin, g.End, ScalarsOf(g.Kind, g.Group))));

    /// <summary>Ranges of the parameters that are frozen.</summary>
    internal IEnumerable<(long Begin, long End)> FrozenRanges(ITrainingMemory memory) =>
        Merged(Grouped(memory).Where(g => IsFrozen(g.Group)).Select(static g => (g.Begin, g.End, 0)))
            .Select(static r => (r.Begin, r.End));

    /// <summary>Writes λ, the factor on the parameter and the factor on the rate: of those in no group, then of each
    /// group.</summary>
    private void WriteGroups(Span<float> hyper, float rate)
    {
        for (int i = -1; i < Groups.Count; i++)
        {
            ParameterGroup? group = i < 0 ? null : Groups[i];
            float factor = group?.RateFactor ?? 1f;
            foreach (int kind in s_kinds)
            {
                Span<float> scalars = hyper[ScalarsOf(kind, i)..];
                float share = kind == Hyper.Slow && rate * factor > SlowRate ? SlowRate / rate : factor;
                float decay = kind == Hyper.Decay ? group?.WeightDecay ?? WeightDecay : 0f;
                scalars[Hyper.Lambda] = DecouplesDecay ? 0f : decay;
                scalars[Hyper.Factor] = DecouplesDecay ? (float)(1 - ((double)rate * share * decay)) : 1f;
                scalars[Hyper.RateFactor] = share;
            }
        }
    }

    /// <summary>Neighbours with the same scalars together, and none that is empty.</summary>
    private static List<(long Begin, long End, int Scalars)> Merged(IEnumerable<(long Begin, long End, int Scalars)> ranges)
    {
        var merged = new List<(long Begin, long End, int Scalars)>();
        foreach ((long begin, long end, int scalars) in ranges)
        {
            if (merged.Count > 0 && merged[^1] is var last && last.End == begin && last.Scalars == scalars)
            {
                merged[^1] = (last.Begin, end, scalars);
            }
            else if (end > begin)
            {
                merged.Add((begin, end, scalars));
            }
        }

        return merged;
    }

    /// <summary>Where the three scalars of a kind of parameters are, counted from those of a session.</summary>
    private static int ScalarsOf(int kind, int group) =>
        group < 0 ? kind : Hyper.Length + (group * Hyper.GroupLength) + kind - Hyper.Decay;

    /// <summary>The group of a parameter; -1: none.</summary>
    private int GroupOf(string parameter)
    {
        for (int i = 0; i < Groups.Count; i++)
        {
            if (Groups[i].Has(parameter))
            {
                return i;
            }
        }

        return -1;
    }

    private bool IsFrozen(int group) => group >= 0 && Groups[group].IsFrozen;

    /// <summary>The parameters in the order of memory, behind those that take their steps in place; neighbours of one kind together
    /// where there are no groups.</summary>
    private IEnumerable<(long Begin, long End, int Kind, int Group)> Grouped(ITrainingMemory memory)
    {
        (long Begin, long End, int Kind)[] kinds =
        [
            (memory.InPlaceLength, memory.DecayingLength, Hyper.Decay),
            (memory.DecayingLength, memory.FastLength, Hyper.NoDecay),
            (memory.FastLength, memory.ParameterLength, Hyper.Slow),
        ];
        ParameterSlot[] slots = Groups.Count == 0 ? [] : [.. memory.ParameterSlots.Where(static s => s.Learns).OrderBy(static s => s.Offset)];
        foreach ((long begin, long end, int kind) in kinds)
        {
            ParameterSlot[] inside = [.. slots.Where(s => s.Offset >= begin && s.Offset < end)];
            if (inside.Length == 0)
            {
                yield return (begin, end, kind, -1);
            }

            for (int i = 0; i < inside.Length; i++)
            {
                yield return (inside[i].Offset, i + 1 < inside.Length ? inside[i + 1].Offset : end, kind, GroupOf(inside[i].Name));
            }
        }
    }

    private static IEnumerable<string> Prefixes(string name)
    {
        for (int dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            yield return name[..dot];
        }

        yield return name;
    }
}
