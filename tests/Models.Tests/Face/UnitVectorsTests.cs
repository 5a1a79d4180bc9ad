using System;
using System.Linq;
using Samples.Identify;
using Xunit;
using Xunit.Abstractions;

namespace Models.Tests.Face;

/// <summary>How the sample <c>identify</c> joins what several networks say of a drawing.</summary>
public sealed class UnitVectorsTests(ITestOutputHelper output)
{
    [Fact]
    public void The_cosine_of_joined_embeddings_is_the_mean_of_cosines()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        float[][] first = [.. Enumerable.Range(0, 3).Select(_ => Draw(random))];
        float[][] second = [.. Enumerable.Range(0, 3).Select(_ => Draw(random))];
        float[] a = UnitVectors.Join(first);
        float[] b = UnitVectors.Join(second);
        Assert.Equal(1, UnitVectors.Product(a, a), 1e-5f);
        Assert.Equal(
            first.Zip(second, static (u, v) => UnitVectors.Product(u, v)).Average(), UnitVectors.Product(a, b), 1e-5f);
    }

    [Fact]
    public void Zeros_have_no_direction()
    {
        Assert.Equal([0, 0], UnitVectors.Normalize([0, 0]));
        Assert.Equal([0.6f, -0.8f], UnitVectors.Normalize([3, -4]));
    }

    /// <summary>Networks do not agree on lengths; each counts alike.</summary>
    private static float[] Draw(Random random)
    {
        float length = 1 + (10 * random.NextSingle());
        return UnitVectors.Normalize(Enumerable.Range(0, 16).Select(_ => length * (random.NextSingle() - 0.4f)).ToArray());
    }
}
