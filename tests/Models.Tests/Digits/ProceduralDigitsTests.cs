using System;
using System.Linq;
using Samples.Digits;
using Xunit;

namespace Models.Tests.Digits;

public class ProceduralDigitsTests
{
    [Fact]
    public void AnImageDependsOnSeedAndIndexOnly()
    {
        (float[] images, int[] digits) = ProceduralDigits.Draw(50, seed: 3);
        float[] image = new float[ProceduralDigits.Pixels];
        foreach (int index in (int[])[49, 0, 17])
        {
            Array.Fill(image, float.NaN);
            Assert.Equal(digits[index], ProceduralDigits.Draw(image, 3, index));
            Assert.Equal(images.AsSpan(index * ProceduralDigits.Pixels, ProceduralDigits.Pixels).ToArray(), image);
        }

        Assert.NotEqual(images, ProceduralDigits.Draw(50, seed: 4).Images);
    }

    [Fact]
    public void PixelsAreInRangeAndInkIsCentred()
    {
        const int Count = 2000;
        (float[] images, int[] digits) = ProceduralDigits.Draw(Count, seed: 1);
        Assert.All(images, static v => Assert.InRange(v, 0f, 1f));
        Assert.All(digits.CountBy(static d => d), static d => Assert.InRange(d.Value, 130, 270));
        Assert.Equal(10, digits.Distinct().Count());
        double ink = images.Sum(static v => (double)v);
        const int Side = ProceduralDigits.Side;
        double x = images.Select(static (v, i) => (double)v * (i % Side)).Sum() / ink;
        double y = images.Select(static (v, i) => (double)v * (i / Side % Side)).Sum() / ink;
        Assert.InRange(x, 13.2, 13.8);
        Assert.InRange(y, 13.2, 13.8);

        // MNIST has about 103 of 784 pixels' worth of ink.
        Assert.InRange(ink / Count, 70, 130);
    }

    /// <summary>The set must be worth a convolution: softmax regression, trained by plain stochastic gradient descent,
    /// stays at or below 85 %, yet well above chance.</summary>
    [Fact]
    public void ALinearClassifierFailsOnMany()
    {
        (float[] images, int[] digits) = ProceduralDigits.Draw(8000, seed: 1);
        (float[] heldOut, int[] truth) = ProceduralDigits.Draw(2000, seed: 2);
        float[] weights = new float[10 * ProceduralDigits.Pixels];
        float[] scores = new float[10];
        for (int step = 0; step < 5 * digits.Length; step++)
        {
            int sample = step % digits.Length;
            ReadOnlySpan<float> image = images.AsSpan(sample * ProceduralDigits.Pixels, ProceduralDigits.Pixels);
            Score(weights, image, scores);
            float shift = scores.Max();
            float sum = scores.Sum(s => MathF.Exp(s - shift));
            for (int digit = 0; digit < 10; digit++)
            {
                float push = 0.01f * ((digits[sample] == digit ? 1f : 0f) - (MathF.Exp(scores[digit] - shift) / sum));
                Span<float> row = weights.AsSpan(digit * ProceduralDigits.Pixels, ProceduralDigits.Pixels);
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] += push * image[i];
                }
            }
        }

        int right = 0;
        for (int sample = 0; sample < truth.Length; sample++)
        {
            Score(weights, heldOut.AsSpan(sample * ProceduralDigits.Pixels, ProceduralDigits.Pixels), scores);
            right += Array.IndexOf(scores, scores.Max()) == truth[sample] ? 1 : 0;
        }

        Assert.InRange(right / (double)truth.Length, 0.5, 0.85);
    }

    private static void Score(ReadOnlySpan<float> weights, ReadOnlySpan<float> image, Span<float> scores)
    {
        for (int digit = 0; digit < 10; digit++)
        {
            float sum = 0f;
            for (int i = 0; i < image.Length; i++)
            {
                sum += weights[(digit * image.Length) + i] * image[i];
            }

            scores[digit] = sum;
        }
    }
}
