namespace Dsl.Sessions;

/// <summary>What a session is created with.</summary>
public sealed record SessionOptions
{
    /// <summary>The largest value of every symbolic size.</summary>
    public Sizes Sizes { get; init; } = [];
}
