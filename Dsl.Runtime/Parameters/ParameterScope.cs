using System;
using System.Collections.Generic;
using System.Globalization;

namespace Dsl;

/// <summary>The parameters of one use of a block: those of its model whose names begin with the layer's.</summary>
public sealed class ParameterScope
{
    private readonly ParameterSet? _parameters;

    internal ParameterScope(ParameterSet? parameters, string prefix) => (_parameters, Prefix) = (parameters, prefix);

    /// <summary>Of a block that no model has made: it has no parameters and cannot run.</summary>
    public static ParameterScope None { get; } = new(null, "");

    /// <summary>What the names of its parameters begin with: <c>Down.</c>, <c>Trunk.3.</c>.</summary>
    public string Prefix { get; }

    /// <summary>A parameter by its name inside the block: <c>Expand.Weight</c>.</summary>
    /// <exception cref="InvalidOperationException">The block is not part of a model.</exception>
    /// <exception cref="KeyNotFoundException">There is none; the message lists near names.</exception>
    public Parameter this[string name] => Parameters[Prefix + name];

    private ParameterSet Parameters => _parameters ?? throw new InvalidOperationException(
        "This block is not part of a model, so it has no parameters: declare it as a layer with [Use<…>] and run the model.");

    /// <summary>The parameters of a block inside this one.</summary>
    /// <param name="layer">The layer that uses it.</param>
    public ParameterScope Scope(string layer) => new(_parameters, $"{Prefix}{layer}.");

    /// <summary>The parameters of one of several blocks inside this one.</summary>
    /// <param name="layer">The layer that repeats it.</param>
    /// <param name="index">Which, from 0.</param>
    public ParameterScope Scope(string layer, int index) =>
        Scope($"{layer}.{index.ToString(CultureInfo.InvariantCulture)}");
}
