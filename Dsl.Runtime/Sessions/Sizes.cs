using System;
using System.Collections;
using System.Collections.Generic;

namespace Dsl;

/// <summary>Values of symbolic sizes by name: <c>new Sizes { ["b"] = 64 }</c>.</summary>
public sealed class Sizes : IReadOnlyCollection<KeyValuePair<string, int>>
{
    private readonly SortedDictionary<string, int> _values = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <summary>The value of one symbol.</summary>
    /// <exception cref="ArgumentException">Read: the symbol has no value.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Written: the value is not positive.</exception>
    public int this[string name]
    {
        get => _values.TryGetValue(name, out int value)
            ? value
            : throw new ArgumentException($"Symbolic size '{name}' has no value; given: {this}.", nameof(name));
        set => _values[name] = value > 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Symbolic size '{name}' must be positive.");
    }

    /// <summary>Adds a symbol: <c>new Sizes { { "b", 64 } }</c>.</summary>
    /// <exception cref="ArgumentException">The symbol already has a value.</exception>
    public void Add(string name, int value)
    {
        if (_values.ContainsKey(name))
        {
            throw new ArgumentException($"Symbolic size '{name}' is given twice.", nameof(name));
        }

        this[name] = value;
    }

    /// <summary>Whether the symbol has a value, and which.</summary>
    public bool TryGet(string name, out int value) => _values.TryGetValue(name, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, int>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The form <c>b=64, t=128</c>.</summary>
    public override string ToString() => _values.Count == 0 ? "none" : string.Join(", ", Pairs());

    private IEnumerable<string> Pairs()
    {
        foreach (KeyValuePair<string, int> pair in _values)
        {
            yield return FormattableString.Invariant($"{pair.Key}={pair.Value}");
        }
    }
}
