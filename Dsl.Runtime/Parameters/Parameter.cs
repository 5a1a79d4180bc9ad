using System;
using System.Collections.Generic;

namespace Dsl;

/// <summary>A learned tensor of a model, in logical layout: a window into its <see cref="ParameterSet"/>'s
/// array.</summary>
public sealed class Parameter
{
    private readonly ParameterSet _set;
    private readonly ParameterInfo _info;

    internal Parameter(ParameterSet set, ParameterInfo info, int index, int start) =>
        (_set, _info, Index, Start) = (set, info, index, start);

    /// <summary>The checkpoint key, for example <c>Stem.Weight</c>.</summary>
    public string Name => _info.Name;

    /// <summary>The logical extents.</summary>
    public IReadOnlyList<int> Shape => _info.Shape;

    /// <summary>The number of elements.</summary>
    public int Length => _info.Length;

    /// <summary>Whether weight decay applies: false for biases and norms.</summary>
    public bool Decays => _info.Decays;

    /// <summary>Whether its learning rate is at most the optimiser's <see cref="Optimizer.SlowRate"/>.</summary>
    public bool LearnsSlowly => _info.LearnsSlowly;

    /// <summary>False for a state: a tensor that training carries along but no gradient changes, such as the running
    /// mean of a norm. It is saved and hashed like the others; optimisers and averages leave it alone.</summary>
    public bool Learns => _info.Learns;

    /// <summary>Among how many ranks it is sharded along its first axis; the extents are those of one. 1: every rank has all of
    /// it.</summary>
    public int Shards => _info.Shards;

    /// <summary>Of a state that counts steps, what falls with them; null for all others.</summary>
    public MarginAnnealing? Annealing => _info.Annealing;

    /// <summary>How it gets its initial values.</summary>
    public Initializer Initializer => _info.Initializer;

    /// <summary>The elements in row-major order, to read or to write. Sessions take them anew before their next call,
    /// so write before that call and do not keep the span; to read only, <see cref="ReadOnlyValues"/> is
    /// cheaper.</summary>
    public Span<float> Values
    {
        get
        {
            _set.Fetch?.Invoke();
            _set.Version++;
            return Raw;
        }
    }

    /// <summary>The elements in row-major order.</summary>
    public ReadOnlySpan<float> ReadOnlyValues
    {
        get
        {
            _set.Fetch?.Invoke();
            return Raw;
        }
    }

    /// <summary>Its place in the set.</summary>
    internal int Index { get; }

    /// <summary>Its first element in the set's array.</summary>
    internal int Start { get; }

    internal ReadOnlySpan<int> Extents => _info.Extents;

    /// <summary>The elements as they lie here, whether or not a training session has newer ones; it writes them through
    /// this.</summary>
    internal Span<float> Raw => _set.Raw(this);

    /// <summary>The same for one who replaces all of them: initial values that nobody has seen are not drawn.</summary>
    internal Span<float> Overwritten => _set.Overwritten(this);

    /// <summary>Replaces all elements.</summary>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public void CopyFrom(ReadOnlySpan<float> values)
    {
        if (values.Length != Length)
        {
            throw new ArgumentException(
                $"Parameter '{Name}' of shape {Shapes.Print(Extents)} has {Length} elements, "
                    + $"{values.Length} are given.",
                nameof(values));
        }

        _set.Fetch?.Invoke();
        _set.Version++;
        values.CopyTo(Overwritten);
    }

    /// <summary>Copies the elements as they lie here. Very many initial values that nobody has seen are drawn where they go, and take
    /// no memory here.</summary>
    internal void CopyTo(Span<float> values) => _set.CopyTo(this, values);

    /// <summary>A copy as a tensor.</summary>
    public Tensor ToTensor() => new(ReadOnlyValues.ToArray(), Extents.ToArray());

    /// <summary>Name and shape: <c>Stem.Weight [32, 1, 3, 3]</c>.</summary>
    public override string ToString() => $"{Name} {Shapes.Print(Extents)}";
}
