using System;

namespace Samples.Language;

/// <summary>Chooses a character by its scores: with probabilities Softmax(scores / temperature) among the few best
/// (Fan et al. 2018, arXiv:1805.04833).</summary>
/// <param name="temperature">0: always the best. 1: the model's own probabilities.</param>
/// <param name="top">How many of the best may be chosen; 0: any.</param>
/// <param name="seed">The same seed and scores choose the same.</param>
internal sealed class CharacterSampler(double temperature, int top, ulong seed)
{
    private readonly Random _random = new(unchecked((int)((seed * 2654435761) + 37)));

    /// <summary>The number of the chosen character; of equal scores the lower number is better.</summary>
    public int Choose(ReadOnlySpan<float> scores)
    {
        var order = new int[scores.Length];
        var keys = new float[scores.Length];
        for (int i = 0; i < order.Length; i++)
        {
            (order[i], keys[i]) = (i, -scores[i]);
        }

        // Sorting is not stable, so equal scores are told apart by their number.
        Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
        if (temperature <= 0)
        {
            return order[0];
        }

        int count = top <= 0 ? order.Length : Math.Min(top, order.Length);
        var weights = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            weights[i] = Math.Exp(((double)scores[order[i]] - scores[order[0]]) / temperature);
            sum += weights[i];
        }

        double at = _random.NextDouble() * sum;
        for (int i = 0; i < count - 1; i++)
        {
            at -= weights[i];
            if (at < 0)
            {
                return order[i];
            }
        }

        return order[count - 1];
    }
}
