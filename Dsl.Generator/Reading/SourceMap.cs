using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;

namespace Dsl.Generator.Reading;

/// <summary>
/// Where the sites of a spec are. Locations change with every blank line, so this value feeds the diagnostics output
/// only. They are real locations of the present syntax trees: <c>#pragma warning</c> does not apply to rebuilt ones,
/// and the compiler rejects those of an older tree (two locations of different trees are unequal, so a stale map never
/// survives an edit).
/// </summary>
internal sealed class SourceMap : IEquatable<SourceMap>
{
    private readonly Location[] _locations;

    public SourceMap(IEnumerable<Location> locations) => _locations = locations.ToArray();

    /// <summary>The location of a site; the first, which is the class, when there is no such site.</summary>
    public Location this[int site] =>
        site >= 0 && site < _locations.Length ? _locations[site] : _locations.FirstOrDefault() ?? Location.None;

    public bool Equals(SourceMap? other) => other is not null && _locations.SequenceEqual(other._locations);

    public override bool Equals(object? obj) => Equals(obj as SourceMap);

    public override int GetHashCode() => _locations.Length == 0 ? 0 : _locations[0].GetHashCode();
}

/// <summary>A change of the source that removes a problem of reading: a <see cref="Remedy"/> that still has a
/// location.</summary>
internal sealed record Offer(string Verb, Location Location, string Text);

/// <summary>Numbers locations as the reader meets them; the same location has the same number.</summary>
internal sealed class SiteRecorder
{
    private readonly Dictionary<Location, int> _sites = new();
    private readonly List<Location> _locations = new();

    public int Record(Location? location)
    {
        location ??= Location.None;
        if (!_sites.TryGetValue(location, out int site))
        {
            site = _locations.Count;
            _sites.Add(location, site);
            _locations.Add(location);
        }

        return site;
    }

    public int Record(SyntaxNode node) => Record(node.GetLocation());

    public int Record(ISymbol symbol) => Record(symbol.Locations.FirstOrDefault());

    public int Record(SyntaxReference? reference) => Record(reference?.GetSyntax().GetLocation());

    /// <summary>Offers as remedies, whose sites are numbers.</summary>
    public EquatableArray<Remedy> Record(IEnumerable<Offer> offers) =>
        offers.Select(o => new Remedy(o.Verb, Record(o.Location), o.Text)).ToEquatable();

    public SourceMap ToMap() => new(_locations);
}
