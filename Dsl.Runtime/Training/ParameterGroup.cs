using System;
using System.Collections.Generic;
using System.Linq;

namespace Dsl;

/// <summary>
/// Parameters that learn otherwise than the rest of a model, or not at all: the layers taken over from another model, a head
/// that begins anew. See <see cref="Optimizer.Groups"/>.
/// </summary>
public sealed class ParameterGroup
{
    /// <summary>Names the parameters.</summary>
    /// <param name="names">Of a parameter, <c>Stem.Weight</c>, or of a layer or block, <c>Trunk</c> or <c>Trunk.3</c>, which
    /// stands for all parameters in it.</param>
    /// <exception cref="ArgumentException">There is no name, or an empty one.</exception>
    public ParameterGroup(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Length == 0 || names.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A group needs names of parameters or layers.", nameof(names));
        }

        Names = [.. names];
    }

    /// <summary>What the group was named by.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Factor on the optimiser's learning rate, not negative; 0 freezes. The step of parameters that learn slowly stays
    /// below <see cref="Optimizer.SlowRate"/> all the same.</summary>
    public float RateFactor
    {
        get;
        init => field = value >= 0f && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "'RateFactor' must be finite and not negative.");
    } = 1f;

    /// <summary>λ of those parameters of the group that decay; null: the optimiser's.</summary>
    public float? WeightDecay
    {
        get;
        init => field = value is null || (value >= 0f && float.IsFinite(value.Value))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "'WeightDecay' must be finite and not negative.");
    }

    /// <summary>Whether the parameters keep their values: no step, no decay, no part in the norm of the gradients. What only
    /// their gradients need is not computed. States, such as the running mean of a norm, go on following the data.</summary>
    public bool IsFrozen => RateFactor == 0f;

    /// <summary>A group that does not learn.</summary>
    /// <param name="names">As for a group.</param>
    public static ParameterGroup Frozen(params string[] names) => new(names) { RateFactor = 0f };

    /// <summary>Whether the group has a parameter.</summary>
    internal bool Has(string parameter) => Names.Any(name => IsNamed(parameter, name));

    internal static bool IsNamed(string parameter, string name) =>
        parameter.StartsWith(name, StringComparison.Ordinal)
        && (parameter.Length == name.Length || parameter[name.Length] == '.');
}
