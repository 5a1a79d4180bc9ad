using System;
using System.Collections.Generic;

namespace Models.Perceptrons;

/// <summary>
/// Rosenblatt's perceptron with his learning rule: y = 1 when w·x + b &gt; T, else 0; after each sample with target t,
/// w += η(t - y)x and b += η(t - y). No gradient is involved: the step has none.
/// </summary>
/// <remarks>
/// A learned offset b and a hand-set threshold T = -b are the same thing, except that nobody has to guess b. For
/// separable samples of radius R and margin γ, offset included, the rule makes at most (R/γ)² mistakes (Novikoff 1962);
/// with a fixed T there is no such promise. Source: F. Rosenblatt, "The perceptron", Psychological Review 65 (1958).
/// </remarks>
public sealed class PerceptronRule
{
    private readonly double[] _weights;

    /// <summary>A perceptron whose weights and offset are 0.</summary>
    /// <param name="inputs">Numbers per sample.</param>
    /// <param name="learnsBias">Whether b is learned; otherwise it stays 0.</param>
    /// <param name="threshold">T, set by hand.</param>
    /// <param name="rate">The learning rate η.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive (inputs, rate) or not finite.</exception>
    public PerceptronRule(int inputs, bool learnsBias = true, double threshold = 0, double rate = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        if (!double.IsFinite(threshold))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "A threshold must be finite.");
        }

        if (!(rate > 0) || !double.IsFinite(rate))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A learning rate must be positive and finite.");
        }

        _weights = new double[inputs];
        (LearnsBias, Threshold, Rate) = (learnsBias, threshold, rate);
    }

    /// <summary>The weights w, one per input.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>The offset b; 0 when it is not learned.</summary>
    public double Bias { get; private set; }

    /// <summary>Whether b is learned.</summary>
    public bool LearnsBias { get; }

    /// <summary>The hand-set threshold T.</summary>
    public double Threshold { get; }

    /// <summary>The learning rate η.</summary>
    public double Rate { get; }

    /// <summary>1 when w·x + b &gt; T (strictly), else 0.</summary>
    /// <exception cref="ArgumentException">The sample has another length, or a number of it is not finite.</exception>
    public int Predict(ReadOnlySpan<double> sample)
    {
        RequireSample(sample, "The sample");
        return Fires(sample);
    }

    /// <summary>Applies the rule to one sample.</summary>
    /// <param name="sample">The inputs.</param>
    /// <param name="target">0 or 1.</param>
    /// <returns>Whether the prediction was wrong, so that something changed.</returns>
    /// <exception cref="ArgumentException">The sample or the target is not valid; nothing has changed.</exception>
    public bool Update(ReadOnlySpan<double> sample, int target)
    {
        RequireSample(sample, "The sample");
        RequireTarget(target, "The target");
        return Learn(sample, target);
    }

    /// <summary>Applies the rule to all samples in order, epoch after epoch, until one passes without a
    /// mistake.</summary>
    /// <param name="samples">The inputs of each sample.</param>
    /// <param name="targets">0 or 1 for each sample.</param>
    /// <param name="epochs">The most epochs.</param>
    /// <returns>The mistakes of each epoch; the last one is 0 exactly when the samples are learned.</returns>
    /// <exception cref="ArgumentException">A sample or a target is not valid; nothing has changed.</exception>
    public IReadOnlyList<int> Train(IReadOnlyList<double[]> samples, IReadOnlyList<int> targets, int epochs)
    {
        if (samples.Count != targets.Count || samples.Count == 0)
        {
            throw new ArgumentException(
                $"There are {samples.Count} samples and {targets.Count} targets.", nameof(targets));
        }

        // One NaN would poison the weights for good, so everything is looked at before anything is learned.
        for (int i = 0; i < samples.Count; i++)
        {
            RequireSample(samples[i], $"Sample {i}");
            RequireTarget(targets[i], $"Target {i}");
        }

        var mistakes = new List<int>();
        while (mistakes.Count < epochs && (mistakes.Count == 0 || mistakes[^1] > 0))
        {
            int wrong = 0;
            for (int i = 0; i < samples.Count; i++)
            {
                wrong += Learn(samples[i], targets[i]) ? 1 : 0;
            }

            mistakes.Add(wrong);
        }

        return mistakes;
    }

    private int Fires(ReadOnlySpan<double> sample)
    {
        double sum = Bias;
        for (int i = 0; i < sample.Length; i++)
        {
            sum += _weights[i] * sample[i];
        }

        return sum > Threshold ? 1 : 0;
    }

    private bool Learn(ReadOnlySpan<double> sample, int target)
    {
        int error = target - Fires(sample);
        if (error == 0)
        {
            return false;
        }

        for (int i = 0; i < sample.Length; i++)
        {
            _weights[i] += Rate * error * sample[i];
        }

        Bias += LearnsBias ? Rate * error : 0;
        return true;
    }

    private void RequireSample(ReadOnlySpan<double> sample, string what)
    {
        if (sample.Length != _weights.Length)
        {
            throw new ArgumentException(
                $"{what} has {sample.Length} numbers; {_weights.Length} are expected.", nameof(sample));
        }

        for (int i = 0; i < sample.Length; i++)
        {
            if (!double.IsFinite(sample[i]))
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"{what} has {sample[i]} at position {i}; expected finite numbers."),
                    nameof(sample));
            }
        }
    }

    private static void RequireTarget(int target, string what)
    {
        if (target is not (0 or 1))
        {
            throw new ArgumentException($"{what} is {target}; 0 or 1 is expected.", nameof(target));
        }
    }
}
