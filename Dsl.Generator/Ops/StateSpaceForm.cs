namespace Dsl.Generator.Ops;

/// <summary>How what is the same recurrence at all positions is computed. One of <c>Dsl.StateSpaceForm</c>.</summary>
internal enum StateSpaceForm
{
    /// <summary>As takes less time at the example's sizes.</summary>
    Cheapest,

    /// <summary>Position by position.</summary>
    Recurrence,

    /// <summary>By transforms, with its response to an impulse.</summary>
    Convolution,
}
