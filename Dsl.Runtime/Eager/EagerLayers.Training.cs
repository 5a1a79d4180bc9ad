using System;

namespace Dsl.Eager;

/// <content>Layers that do something else in training.</content>
public static partial class EagerLayers
{
    /// <summary>y = activation(gain·(x - mean)/√(variance + ε) + bias) for each channel. In training mean and variance
    /// are the batch's, and the running ones move towards them; see <see cref="BatchNormAttribute"/>.</summary>
    /// <param name="x">[b, c], [b, c, l] or [b, c, h, w].</param>
    /// <param name="gain">[c].</param>
    /// <param name="bias">[c].</param>
    /// <param name="runningMean">[c]; changed in training.</param>
    /// <param name="runningVariance">[c]; changed in training.</param>
    /// <param name="momentum">The weight of a batch in the running statistics.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="activation">Applied to every output.</param>
    /// <returns>The shape of x.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names the parameter.</exception>
    public static Tensor BatchNorm(
        Tensor x,
        Parameter gain,
        Parameter bias,
        Parameter runningMean,
        Parameter runningVariance,
        double momentum,
        double epsilon,
        Activation activation)
    {
        int channels = gain.Length;
        if (x.Rank < 2 || x.Shape[1] != channels)
        {
            throw new ArgumentException(
                $"'{gain.Name}' expects [b, {channels}, …] but the input is {Shapes.Print(x.Extents)}.", nameof(x));
        }

        int inner = Shapes.LengthOf(x.Extents[2..]);
        int count = x.Shape[0] * inner;
        float[] result = new float[x.Values.Length];
        for (int c = 0; c < channels; c++)
        {
            double mean = runningMean.ReadOnlyValues[c];
            double variance = runningVariance.ReadOnlyValues[c];
            if (Functions.Training)
            {
                (mean, variance) = Moments(x, channels, c, inner);
                double unbiased = variance * count / Math.Max(count - 1, 1);
                runningMean.Values[c] = (float)(((1 - momentum) * runningMean.Values[c]) + (momentum * mean));
                runningVariance.Values[c] =
                    (float)(((1 - momentum) * runningVariance.Values[c]) + (momentum * unbiased));
            }

            double scale = gain.ReadOnlyValues[c] / Math.Sqrt(variance + epsilon);
            for (int i = 0; i < count; i++)
            {
                int at = At(i, channels, c, inner);
                result[at] = (float)(((x.Values[at] - mean) * scale) + bias.ReadOnlyValues[c]);
            }
        }

        return Activate(new Tensor(result, [.. x.Extents]), activation);
    }

    /// <summary>Zero with probability <paramref name="rate"/>, else x/(1 - rate), in training; otherwise x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="rate">From 0 to below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside.</exception>
    public static Tensor Dropout(Tensor x, float rate)
    {
        if (!(rate >= 0 && rate < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "'rate' must be from 0 to below 1.");
        }

        if (TrainingMode.Current is not { } mode || rate == 0)
        {
            return x;
        }

        int site = mode.NextSite();
        float scale = (float)(1 / (1 - (double)rate));
        float[] result = new float[x.Values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = rate <= mode.Key.Uniform(i, site) ? x.Values[i] * scale : 0;
        }

        return new Tensor(result, [.. x.Extents]);
    }

    /// <summary>Mean and variance (dividing by n) of a channel, in two passes.</summary>
    private static (double Mean, double Variance) Moments(Tensor x, int channels, int channel, int inner)
    {
        int count = x.Shape[0] * inner;
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += x.Values[At(i, channels, channel, inner)];
        }

        double squares = 0;
        for (int i = 0; i < count; i++)
        {
            double deviation = x.Values[At(i, channels, channel, inner)] - (sum / count);
            squares += deviation * deviation;
        }

        return (sum / count, squares / count);
    }

    /// <summary>Where element i of a channel lies.</summary>
    private static int At(int i, int channels, int channel, int inner) =>
        (((i / inner * channels) + channel) * inner) + (i % inner);
}
