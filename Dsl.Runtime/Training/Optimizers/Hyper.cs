namespace Dsl;

/// <summary>
/// Which scalar an optimiser's body finds where, counted from the session's HyperBase. Scalars travel through memory,
/// because a
/// kernel's launch is prepared once while they change with every step.
/// </summary>
internal static class Hyper
{
    /// <summary>Floats a session keeps for scalars, without those of groups.</summary>
    public const int Length = 64;

    /// <summary>The learning rate, with a bias correction where the optimiser has one.</summary>
    public const int Rate = 0;

    /// <summary>Factor on the gradient: 1, or less when its norm is clipped.</summary>
    public const int Clip = 1;

    /// <summary>Factor of the first running mean: momentum, β₁.</summary>
    public const int First = 2;

    /// <summary>1 - β₁; for SGD the factor of the gradient in the step.</summary>
    public const int FirstRest = 3;

    /// <summary>Factor of the running mean of squares: β₂, α.</summary>
    public const int Second = 4;

    /// <summary>1 - β₂.</summary>
    public const int SecondRest = 5;

    /// <summary>1/√(1 - β₂ᵗ); for SGD the factor of the velocity in the step.</summary>
    public const int Correction = 6;

    /// <summary>ε of the denominator.</summary>
    public const int Epsilon = 7;

    /// <summary>Three scalars for parameters that decay: λ added to the gradient as λ·p, the factor on p itself, and the factor
    /// on the rate, which is 1.</summary>
    public const int Decay = 8;

    /// <summary>The same three for parameters that do not: 0, 1 and 1.</summary>
    public const int NoDecay = 11;

    /// <summary>The same three for parameters that learn slowly: 0, 1 and what brings the rate to
    /// <see cref="Optimizer.SlowRate"/>.</summary>
    public const int Slow = 14;

    /// <summary>Scalars of a <see cref="ParameterGroup"/>, behind all others: three times three.</summary>
    public const int GroupLength = 9;

    /// <summary>Of such three: which one is λ, the factor on the parameter and the factor on the rate.</summary>
    public const int Lambda = 0;
    public const int Factor = 1;
    public const int RateFactor = 2;

    /// <summary>Weight of the newest parameters in their running average.</summary>
    public const int Average = 17;

    /// <summary>0 for the first micro-batch of a step, 1 for the others.</summary>
    public const int Keep = 18;

    /// <summary>Weight of a micro-batch.</summary>
    public const int Share = 19;

    /// <summary>How many of the scalars the host writes before a step.</summary>
    public const int Written = 20;

    /// <summary>√Σg², which the reduction leaves.</summary>
    public const int Norm = 20;

    /// <summary>The partial sums of the reduction.</summary>
    public const int Partials = 21;

    /// <summary>Into how many rows the gradients are cut, besides a rest.</summary>
    public const int Rows = 32;
}
