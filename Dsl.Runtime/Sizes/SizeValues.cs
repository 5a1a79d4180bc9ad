using System;
using System.Collections.Generic;
using System.Linq;

namespace Dsl;

/// <summary>The values of a program's symbolic sizes: names fixed, values changed in place between calls.</summary>
#if DSL_GENERATOR
internal
#else
public
#endif
sealed class SizeValues
{
    private readonly string[] _names;
    private readonly int[] _values;

    /// <summary>Every name starts at value 0.</summary>
    public SizeValues(IEnumerable<string> names)
    {
        _names = names.ToArray();
        _values = new int[_names.Length];
    }

    /// <summary>The names, in the order of <see cref="ValueAt"/>.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The value of one symbol.</summary>
    /// <exception cref="ArgumentException">The symbol is not one of <see cref="Names"/>.</exception>
    public int this[string name]
    {
        get => _values[IndexOf(name)];
        set => _values[IndexOf(name)] = value;
    }

    /// <summary>The value by position.</summary>
    public int ValueAt(int index) => _values[index];

    private int IndexOf(string name)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (string.Equals(_names[i], name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        throw new ArgumentException($"Unknown symbolic size '{name}'; known: {string.Join(", ", _names)}.", nameof(name));
    }
}
