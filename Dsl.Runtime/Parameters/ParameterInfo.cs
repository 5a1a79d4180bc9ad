using System;
using System.Collections.Generic;

namespace Dsl;

/// <summary>What the build knows of a parameter.</summary>
public sealed class ParameterInfo
{
    /// <summary>Describes a parameter.</summary>
    /// <param name="name">The checkpoint key, for example <c>Stem.Weight</c>.</param>
    /// <param name="shape">Logical extents.</param>
    /// <param name="initializer">How it gets its initial values.</param>
    /// <param name="decays">Whether weight decay applies: false for biases and norms.</param>
    /// <exception cref="ArgumentException">The name is empty, or an extent is negative.</exception>
    public ParameterInfo(string name, int[] shape, Initializer initializer, bool decays)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Length = Shapes.LengthOf(shape);
        (Name, Extents, Initializer, Decays) = (name, (int[])shape.Clone(), initializer, decays);
    }

    /// <summary>The checkpoint key.</summary>
    public string Name { get; }

    /// <summary>How it gets its initial values.</summary>
    public Initializer Initializer { get; }

    /// <summary>Whether weight decay applies.</summary>
    public bool Decays { get; }

    /// <summary>False for a state: a tensor that training carries along but no gradient changes, such as the running
    /// mean of a norm.</summary>
    public bool Learns { get; init; } = true;

    /// <summary>Whether its learning rate is at most the optimiser's <see cref="Optimizer.SlowRate"/>: for the rates and frequencies of
    /// recurrences, which act through every position.</summary>
    public bool LearnsSlowly { get; init; }

    /// <summary>Among how many ranks it is sharded along its first axis; the extents are those of one. 1: every rank has all of
    /// it.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Of a state that counts steps, what falls with them; null for all others.</summary>
    public MarginAnnealing? Annealing { get; init; }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The logical extents.</summary>
    public IReadOnlyList<int> Shape => Extents;

    internal int[] Extents { get; }
}
