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
}
