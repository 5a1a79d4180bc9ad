using System;
using System.Linq;
using Dsl.Runtime.Tests.Eager;
using Models.Face.Evaluation;
using Xunit;

namespace Models.Tests.Face.Evaluation;

/// <summary>The protocol of Labeled Faces in the Wild.</summary>
public sealed class TenFoldVerificationTests
{
    [SkippableFact]
    public void Folds_are_golden()
    {
        GoldenCase golden = GoldenCase.Open("lfw_10fold");
        (float[] first, float[] second) = (golden.Floats("aux.e1"), golden.Floats("aux.e2"));
        bool[] same = Array.ConvertAll(golden.Doubles("aux.same"), static s => s == 1);
        double[] distances = TenFoldVerification.Distances(first, second, 16);
        Assert.All(golden.Doubles("out.dist").Zip(distances), static d => Assert.Equal(d.First, d.Second, 1e-6));
        foreach (TenFoldResult result in (TenFoldResult[])
            [TenFoldVerification.Evaluate(first, second, 16, same),
            TenFoldVerification.Evaluate(golden.Doubles("out.dist"), same)])
        {
            Assert.Equal(golden.Doubles("out.fold_acc"), result.Accuracies);
            Assert.All(
                golden.Doubles("out.fold_threshold").Zip(result.Thresholds),
                static t => Assert.Equal(t.First, t.Second, 1e-14));
            Assert.Equal(golden.Doubles("out.mean")[0], result.Mean, 1e-14);
            Assert.Equal(golden.Doubles("out.std")[0], result.Deviation, 1e-14);
        }
    }

    [Fact]
    public void The_threshold_comes_from_the_other_folds()
    {
        // Fold 0 has its pairs the wrong way round: what the others teach is wrong for it.
        (var distances, var same) = (new double[40], new bool[40]);
        for (int i = 0; i < 40; i++)
        {
            same[i] = i % 2 == 0;
            distances[i] = same[i] == (i >= 4) ? 0.5 : 1.5;
        }

        TenFoldResult result = TenFoldVerification.Evaluate(distances, same);
        Assert.Equal([0, 1, 1, 1, 1, 1, 1, 1, 1, 1], result.Accuracies);
        Assert.Equal(0.9, result.Mean, 1e-15);
        Assert.Equal(0.3, result.Deviation, 1e-15);
        Assert.All(result.Thresholds, static t => Assert.Equal(0.51, t, 1e-15));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Folds_are_what_the_definition_says(bool subtractMean)
    {
        var random = new Random(Seeds.Value);
        for (int round = 0; round < 20; round++)
        {
            int pairs = random.Next(10, 50);
            float[] first = Draw(), second = Draw();
            bool[] same = [.. Enumerable.Range(0, pairs).Select(_ => random.Next(2) == 0)];
            TenFoldResult result = TenFoldVerification.Evaluate(first, second, 3, same, subtractMean);
            for (int fold = 0; fold < 10; fold++)
            {
                (double accuracy, double threshold) = Defined(first, second, same, fold, subtractMean);
                Assert.True(
                    (accuracy, threshold) == (result.Accuracies[fold], result.Thresholds[fold]),
                    $"seed {Seeds.Value}, round {round}, fold {fold}");
            }

            float[] Draw() => [.. Enumerable.Range(0, 3 * pairs).Select(_ => random.NextSingle() - 0.3f)];
        }
    }

    [Fact]
    public void A_shift_of_all_embeddings_goes_with_the_mean()
    {
        var random = new Random(Seeds.Value);
        (var first, var second) = (new float[100 * 4], new float[100 * 4]);
        bool[] same = [.. Enumerable.Range(0, 100).Select(static i => i % 2 == 0)];
        for (int i = 0; i < first.Length; i++)
        {
            first[i] = random.NextSingle() - 0.5f;
            second[i] = same[i / 4] ? first[i] + (0.1f * random.NextSingle()) : random.NextSingle() - 0.5f;
        }

        float[] Shifted(float[] values) => Array.ConvertAll(values, static v => v + 4);
        double near = TenFoldVerification.Evaluate(first, second, 4, same, subtractMean: true).Mean;
        double far = TenFoldVerification.Evaluate(Shifted(first), Shifted(second), 4, same, subtractMean: true).Mean;
        double plain = TenFoldVerification.Evaluate(Shifted(first), Shifted(second), 4, same).Mean;
        Assert.Equal(near, far, 0.011);
        Assert.True(far > plain, $"seed {Seeds.Value}: {far}, {plain}");
    }

    [Fact]
    public void The_length_of_an_embedding_does_not_matter()
    {
        float[] first = [.. Enumerable.Range(0, 20).Select(static i => i % 2 == 0 ? 3f : 4f)];
        Assert.All(TenFoldVerification.Distances(first, Array.ConvertAll(first, static v => 7 * v), 2),
            static d => Assert.Equal(0, d, 1e-12));
    }

    [Fact]
    public void Wrong_input_is_named()
    {
        float[] ten = [.. Enumerable.Repeat(1f, 20)];
        var same = new bool[10];
        Assert.Equal("first", Throws(() => TenFoldVerification.Evaluate(ten.AsSpan(1), ten, 2, same)));
        Assert.Equal("second", Throws(() => TenFoldVerification.Evaluate(ten, ten.AsSpan(2), 2, same)));
        Assert.Equal("second", Throws(() => TenFoldVerification.Distances(ten, ten.AsSpan(2), 2)));
        Assert.Equal("same", Throws(() => TenFoldVerification.Evaluate(ten, ten, 2, same.AsSpan(1))));
        Assert.Equal("same", Throws(
            () => TenFoldVerification.Evaluate(ten.AsSpan(2), ten.AsSpan(2), 2, same.AsSpan(1))));
        Assert.Equal("distances", Throws(
            () => TenFoldVerification.Evaluate([0, double.NaN, 0, 0, 0, 0, 0, 0, 0, 0], same)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TenFoldVerification.Evaluate(ten, ten, 0, same));
        foreach (float bad in (float[])[0, float.NaN, float.PositiveInfinity])
        {
            float[] wrong = [.. ten];
            (wrong[6], wrong[7]) = (bad, bad);
            Assert.Contains("Embedding 3", Assert.Throws<ArgumentException>(
                () => TenFoldVerification.Evaluate(ten, wrong, 2, same)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>One fold from the definition: chosen on the pairs outside, counted on those inside.</summary>
    private static (double Accuracy, double Threshold) Defined(
        float[] first, float[] second, bool[] same, int fold, bool subtractMean)
    {
        int[] inside = [.. Enumerable.Range(0, same.Length)
            .Where(i => i >= same.Length * fold / 10 && i < same.Length * (fold + 1) / 10)];
        int[] outside = [.. Enumerable.Range(0, same.Length).Except(inside)];
        double[] mean = [.. Enumerable.Range(0, 3).Select(
            d => subtractMean ? outside.Average(i => ((double)first[(3 * i) + d] + second[(3 * i) + d]) / 2) : 0)];
        double[] distances = [.. Enumerable.Range(0, same.Length).Select(i => Unit(first, i).Zip(Unit(second, i))
            .Sum(static v => (v.First - v.Second) * (v.First - v.Second)))];
        double threshold = Enumerable.Range(0, 400).Select(static t => t * 0.01)
            .MaxBy(t => outside.Count(i => Right(i, t)));
        return ((double)inside.Count(i => Right(i, threshold)) / inside.Length, threshold);

        bool Right(int pair, double t) => distances[pair] < t == same[pair];

        double[] Unit(float[] values, int pair)
        {
            double[] centered = [.. Enumerable.Range(0, 3).Select(d => values[(3 * pair) + d] - mean[d])];
            double length = Math.Sqrt(centered.Sum(static v => v * v));
            return Array.ConvertAll(centered, v => v / length);
        }
    }

    private static string? Throws(Func<object> evaluate) => Assert.Throws<ArgumentException>(evaluate).ParamName;
}
