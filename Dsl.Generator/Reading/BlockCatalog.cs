using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;

namespace Dsl.Generator.Reading;

/// <summary>
/// Finds what a block class is: read from its source, or from the spec that its generated half carries in metadata.
/// What is wrong inside a block of this compilation is reported at the block, not where it is used.
/// </summary>
internal sealed class BlockCatalog
{
    private readonly Compilation _compilation;
    private readonly SiteRecorder _sites;
    private readonly CancellationToken _cancellation;
    private readonly SortedDictionary<string, BlockSpec> _known = new(StringComparer.Ordinal);
    private readonly HashSet<ISymbol> _unreadable = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _circular = new(SymbolEqualityComparer.Default);
    private readonly List<INamedTypeSymbol> _active = new();

    public BlockCatalog(Compilation compilation, SiteRecorder sites, CancellationToken cancellation)
    {
        _compilation = compilation;
        _sites = sites;
        _cancellation = cancellation;
    }

    /// <summary>All blocks found, those of other blocks included, by name.</summary>
    public EquatableArray<BlockSpec> All => _known.Values.ToEquatable();

    /// <summary>A block.</summary>
    /// <param name="type">The class.</param>
    /// <param name="layer">The layer that uses it, for messages.</param>
    /// <param name="use">Where it is named.</param>
    /// <exception cref="UnreadableException">It is no block, is unreadable, or uses itself.</exception>
    public BlockSpec Find(INamedTypeSymbol type, string layer, Location use)
    {
        string name = ModelReader.Key(SymbolText.Namespace(type), type.Name);
        if (_known.TryGetValue(name, out BlockSpec? known))
        {
            return known;
        }

        if (!type.Has(Names.Block))
        {
            throw new UnreadableException(
                "DSL1011", use, layer, type.Name, "mark the class with [Block] and make it partial, or name another")
                .Offering(StrayLayers.CouldBeBlock(type)
                    ? new Offer(RemedyVerbs.SetAttribute, type.Locations[0], "Block")
                    : null)
                .Elsewhere(StrayLayers.AreIn(type));
        }

        if (!_unreadable.Contains(type))
        {
            BlockSpec? spec = type.DeclaringSyntaxReferences.Any(r => _compilation.ContainsSyntaxTree(r.SyntaxTree))
                ? FromSource(type, layer, use)
                : FromMetadata(type, layer, use);
            if (spec is not null)
            {
                return _known[name] = spec;
            }

            _unreadable.Add(type);
        }

        throw _active.Count > 0 && _circular.Contains(type) && _circular.Contains(_active[_active.Count - 1])
            ? Circular(type, use)
            : new UnreadableException("DSL1011", use, layer, type.Name, "correct its errors") { IsReportedElsewhere = true };
    }

    /// <summary>Runs the reading of a block while uses of it are known to be circular.</summary>
    public T Inside<T>(INamedTypeSymbol type, Func<T> read)
    {
        _active.Add(type);
        try
        {
            return read();
        }
        finally
        {
            _active.RemoveAt(_active.Count - 1);
        }
    }

    private BlockSpec? FromSource(INamedTypeSymbol type, string layer, Location use)
    {
        int start = _active.FindIndex(t => SymbolEqualityComparer.Default.Equals(t, type));
        if (start >= 0)
        {
            _circular.UnionWith(_active.Skip(start));
            throw Circular(type, use);
        }

        var context = new ModelContext(_compilation, type, _sites, _cancellation, this);
        ReadBlock? read = new BlockReader(context).Read();
        return read is { IsComplete: true } ? read.Spec : null;
    }

    private static UnreadableException Circular(INamedTypeSymbol type, Location use) =>
        new("DSL1008", use, type.Name, "the graph has a fixed size: write [Use(Repeat = …)] or let the blocks end");

    private BlockSpec FromMetadata(INamedTypeSymbol type, string layer, Location use)
    {
        var arguments = type.Attribute(Names.BlockSpec)?.ConstructorArguments ?? default;
        if (arguments.IsDefault || arguments.Length != 2 || arguments[1].Value is not string text)
        {
            throw new UnreadableException(
                "DSL1011", use, layer, type.Name,
                $"'{type.ContainingAssembly.Name}' was built without the generator or with errors: build it again");
        }

        if (!Equals(arguments[0].Value, SpecText.Version))
        {
            throw new UnreadableException(
                "DSL1011", use, layer, type.Name,
                $"its spec has version {arguments[0].Value} and this compiler reads version {SpecText.Version}: "
                + $"build '{type.ContainingAssembly.Name}' again");
        }

        IReadOnlyList<BlockSpec> blocks = SpecReader.ParseBlocks(text);
        foreach (BlockSpec used in blocks.Skip(1).Where(b => !_known.ContainsKey(b.Name)))
        {
            _known[used.Name] = used;
        }

        return blocks[0];
    }
}
