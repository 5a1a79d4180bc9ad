using System;
using Dsl;
using Dsl.Data;

namespace Samples.Sequence;

/// <summary>Sequences of noise whose first number is 1 or -1, which is what has to be known at the end.</summary>
internal static class DelayedBits
{
    /// <summary>Positions of a sequence.</summary>
    public const int Length = 1024;

    /// <summary>How far the noise goes to either side.</summary>
    private const float Noise = 0.3f;

    /// <summary>x [count, <see cref="Length"/>, 1] and label [count], 1 for a first number of 1.</summary>
    public static Dataset Draw(int count, int seed)
    {
        var random = new Random(seed);
        float[] x = new float[count * Length];
        int[] label = new int[count];
        for (int i = 0; i < count; i++)
        {
            for (int t = 1; t < Length; t++)
            {
                x[(i * Length) + t] = Noise * ((2 * random.NextSingle()) - 1);
            }

            label[i] = random.Next(2);
            x[i * Length] = (2 * label[i]) - 1;
        }

        return new Dataset()
            .With("x", new Tensor(x, [count, Length, 1]))
            .With("label", new IntTensor(label, [count]));
    }
}
