using System;

namespace Dsl.Generator.Scheduling;

/// <summary>DSL4001: a correct model that no skeleton can compute yet.</summary>
internal sealed class UnsupportedException : Exception
{
    public UnsupportedException(string where, string what, string instead)
        : base($"{where}: {what}; {instead}")
    {
        Where = where;
        What = what;
        Instead = instead;
    }

    /// <summary>The layer, parameter or value.</summary>
    public string Where { get; }

    /// <summary>What is missing, a clause.</summary>
    public string What { get; }

    /// <summary>What to write instead, an imperative clause.</summary>
    public string Instead { get; }
}
