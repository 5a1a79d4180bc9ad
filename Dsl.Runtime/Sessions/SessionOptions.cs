using Dsl.Sharding;

namespace Dsl.Sessions;

/// <summary>What a session is created with.</summary>
public sealed record SessionOptions
{
    /// <summary>The largest value of every symbolic size; a size that is not named takes the model's example value.</summary>
    public Sizes Sizes { get; init; } = [];

    /// <summary>Where to run; null for the host with one thread per core.</summary>
    public Device? Device { get; init; }

    /// <summary>Reserves memory for gradients and for this optimiser's arrays; null for a session that does not train.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>The ranks that a model with sharded classes (<see cref="MarginSoftmaxAttribute.Shards"/>) is trained by, one session
    /// each; null for all other models.</summary>
    public ICollectives? Collectives { get; init; }

    /// <summary>
    /// Whether rows of very many classes (<see cref="MarginSoftmaxAttribute"/>) take the optimiser's step while
    /// <see cref="EntryPoint.Train"/> computes their gradient, so that no array of it exists. On the host only, and not with
    /// <see cref="Dsl.Optimizer.ClipNorm"/> or <see cref="Dsl.Optimizer.Accumulates"/>, which need all gradients first, nor for rows in a <see cref="ParameterGroup"/>. A run of
    /// Train has then changed these rows; <see cref="Dsl.Optimizer.Update(ModelSession)"/> changes the other parameters. When the
    /// loss is not finite nothing changes.
    /// </summary>
    public bool InPlaceUpdates { get; init; } = true;
}
