using System;

namespace Dsl.Generator.Rewrites;

/// <summary>What the two forms of a state space cost for each channel, in nanoseconds of a core: operations at the rates that the kernels
/// reach on a processor with AVX-512. What counts is their ratio (docs/state-spaces.md).</summary>
/// <param name="isLowRank">Whether states are coupled.</param>
/// <param name="states">Complex states of a channel.</param>
/// <param name="samples">Sequences.</param>
/// <param name="positions">Positions of each.</param>
/// <param name="isTrained">Whether gradients count, too.</param>
internal sealed class ScanCost(bool isLowRank, int states, long samples, long positions, bool isTrained)
{
    /// <summary>A scan for the results and another for the gradient of what comes in, and the sums for that of poles and weights;
    /// for each sample.</summary>
    public double Recurrence => samples * (isTrained ? (2 * Scan) + Sums : Scan);

    /// <summary>The response to an impulse and its gradient, once. Then the transforms: for each sample there and back, and one of or to
    /// the response; in training thrice, for the results and for the gradients of both.</summary>
    public double Convolution =>
        (isTrained ? Scan + Sums : Scan) + (((2 * samples) + 1) * (isTrained ? 3 : 1) * Transform);

    private double Scan => isLowRank ? States * 24 / 85 : States * 12 / 110;

    private double Sums => isLowRank ? States * 92 / 85 : States * 24 / 130;

    private double States => (double)states * positions;

    private double Transform
    {
        get
        {
            // Twice the length, to a power of two.
            double bits = Math.Ceiling(Math.Log(Math.Max((2 * positions) - 1, 2), 2));
            return 2.5 * Math.Pow(2, bits) * bits / 35;
        }
    }
}
