using System;
using System.Globalization;

namespace Dsl;

/// <summary>
/// How the share λ of the plain cosine falls with the steps of L- and A-Softmax: max(least, base·(1 + γ·t)^-power) in step t (Liu et
/// al. 2017, "SphereFace", as its authors' code has it). A state counts the steps.
/// </summary>
/// <param name="Base">λ before the first step.</param>
/// <param name="Gamma">γ, how fast it falls.</param>
/// <param name="Power">The exponent of its fall.</param>
/// <param name="Least">The least λ.</param>
public sealed record MarginAnnealing(double Base, double Gamma, double Power, double Least)
{
    /// <summary>λ in a step, from 0.</summary>
    public double At(double step) => Math.Max(Least, Base * Math.Pow(1 + (Gamma * step), -Power));

    /// <summary>The first step at which λ is the least one; infinity when it never is.</summary>
    public double LeastFrom => Base <= Least ? 0
        : Least <= 0 || Gamma <= 0 || Power <= 0 ? double.PositiveInfinity
        : Math.Ceiling((Math.Pow(Base / Least, 1 / Power) - 1) / Gamma);

    /// <summary>What is to be said of a run that ends before λ is the least one: until then it trains mostly the plain
    /// cosine.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="steps">The steps of the run.</param>
    /// <returns>Null when there is nothing to be said.</returns>
    internal string? Warning(string layer, long steps)
    {
        if (LeastFrom <= steps || Math.Max(Least, 1) >= At(steps))
        {
            return null;
        }

        string when = double.IsFinite(LeastFrom)
            ? string.Create(CultureInfo.InvariantCulture, $"is {Least:G4} only from step {LeastFrom:N0} on")
            : string.Create(CultureInfo.InvariantCulture, $"never is {Least:G4}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"λ of '{layer}' {when}, and the run ends after {steps:N0} steps with {At(steps):G4}: "
            + $"the margin has a share of {100 / (1 + At(steps)):G2} % there. Take a smaller LambdaBase or a larger LambdaGamma.");
    }
}
