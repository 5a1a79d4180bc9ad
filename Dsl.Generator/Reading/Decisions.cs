using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Reading;

/// <summary>
/// Which way conditions on constructor parameters go while a block's <c>Forward</c> is run. It is run again and again,
/// each time with the last open decision the other way, until every way was taken.
/// </summary>
internal sealed class Decisions
{
    /// <summary>More ways than this through one function were not meant.</summary>
    public const int MaximumVariants = 32;

    /// <summary>A loop whose end depends on constructor parameters is followed for so many turns; no argument is known
    /// that would end it.</summary>
    public const int MaximumTurns = 16;

    private readonly List<ConditionSpec> _path = new();
    private int _at;

    /// <summary>How many have been taken in this run.</summary>
    public int Count => _at;

    /// <summary>Whether this run was given up inside a loop.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>The decisions of this run.</summary>
    public EquatableArray<ConditionSpec> Conditions => _path.Take(_at).ToEquatable();

    /// <summary>The outcome of a condition; of one met before in this run, the same.</summary>
    public bool Decide(string expression)
    {
        if (_path.Take(_at).FirstOrDefault(c => c.Expression == expression) is { } known)
        {
            return known.Holds;
        }

        if (_at == _path.Count)
        {
            _path.Add(new ConditionSpec(expression, Holds: true));
        }

        return _path[_at++].Holds;
    }

    /// <summary>Gives this run up.</summary>
    public void Abandon() => IsAbandoned = true;

    /// <summary>Turns the last decision that has another way; false when there is none.</summary>
    public bool Next()
    {
        while (_path.Count > 0 && !_path[_path.Count - 1].Holds)
        {
            _path.RemoveAt(_path.Count - 1);
        }

        _at = 0;
        IsAbandoned = false;
        if (_path.Count == 0)
        {
            return false;
        }

        _path[_path.Count - 1] = _path[_path.Count - 1] with { Holds = false };
        return true;
    }
}

/// <summary>Ends a run of a function that was given up; caught by <see cref="FunctionReader"/>.</summary>
internal sealed class AbandonedException : Exception
{
}
