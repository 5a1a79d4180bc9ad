namespace Dsl;

/// <summary>Which keys a query sees of those that it may see at all (Child et al. 2019, "Generating Long Sequences with
/// Sparse Transformers", section 4.2). With a stride of about √n, n queries see about n·√n keys, and every position
/// reaches every earlier one in two layers.</summary>
public enum AttentionPattern
{
    /// <summary>All.</summary>
    Full,

    /// <summary>Those less than a stride away, and those a multiple of it away: for pictures and whatever else has
    /// rows.</summary>
    Strided,

    /// <summary>Those of the same part of as many positions as the stride, and the last ones of every part, which sum
    /// it up: for text.</summary>
    Fixed,
}
