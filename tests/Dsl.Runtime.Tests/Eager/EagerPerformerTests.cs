using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Eager;
using Xunit;

namespace Dsl.Runtime.Tests.Eager;

/// <summary>What attention by random features and attention to sums of positions have in common with
/// attention.</summary>
public class EagerPerformerTests
{
    private const int Channels = 8, Heads = 2, Width = 4;

    [Fact]
    public void More_features_come_nearer_to_softmax()
    {
        Tensor x = Numbers(1, 0.3f, 2, 9, Channels);
        double[] errors = [.. new[] { 4, 64, 1024 }.Select(features =>
        {
            ParameterSet set = Parameters(Directions(features));
            Tensor exact = EagerLayers.Attention(x, null, null, set.Scope("A"), new AttentionAttribute(Heads));
            double sum = 0;
            for (ulong seed = 1; seed <= 8; seed++)
            {
                set.Redraw(seed);
                Tensor estimate = EagerLayers.Performer(
                    x, null, set.Scope("A"), new PerformerAttribute(Heads) { Epsilon = 0 });
                sum += Distance(exact, estimate);
            }

            return sum / 8;
        })];
        Assert.True(errors[1] < errors[0] / 2 && errors[2] < errors[1] / 2, string.Join(", ", errors));
    }

    [Fact]
    public void A_long_query_reads_the_only_key()
    {
        // |q|²/2 is 100 here: as a factor of features it would leave nothing of them.
        var queries = new Tensor([20f, 0, 0, 0], 1, 1, Width);
        var keys = new Tensor([0.1f, -0.2f, 0.3f, 0], 1, 1, Width);
        var values = new Tensor([1f, -2, 3, 4], 1, 1, Width);
        var directions = new Tensor([0.1f, 1, 0, 0, -0.1f, 0, 1, 0, 0.05f, 0, 0, 1], 3, Width);

        Tensor read = EagerPerformer.Attend(queries, keys, values, directions, 1, new PerformerAttribute(1) { Epsilon = 0 });

        Assert.All(values.ToArray().Zip(read.ToArray()), static p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    [Theory]
    [InlineData(PerformerKernel.Softmax)]
    [InlineData(PerformerKernel.Relu)]
    public void Later_positions_change_no_earlier_result(PerformerKernel kernel)
    {
        ParameterSet set = Parameters(Directions(6));
        var options = new PerformerAttribute(Heads) { Causal = true, Kernel = kernel };
        float[] values = Numbers(2, 1f, 1, 9, Channels).ToArray();
        Tensor before = EagerLayers.Performer(new Tensor([.. values], 1, 9, Channels), null, set.Scope("A"), options);
        for (int i = 5 * Channels; i < values.Length; i++)
        {
            values[i] *= 30;
        }

        Tensor after = EagerLayers.Performer(new Tensor(values, 1, 9, Channels), null, set.Scope("A"), options);
        Assert.Equal(before.ToArray()[..(5 * Channels)], after.ToArray()[..(5 * Channels)]);
        Assert.All(after.ToArray(), static v => Assert.True(float.IsFinite(v)));
    }

    [Theory]
    [InlineData(LinformerSharing.HeadWise)]
    [InlineData(LinformerSharing.KeyValue)]
    [InlineData(LinformerSharing.None)]
    public void As_many_sums_as_positions_are_attention_when_each_is_a_position(LinformerSharing sharing)
    {
        const int N = 7;
        int[] shape = sharing == LinformerSharing.None ? [Heads, N, N] : [N, N];
        ParameterSet set = Parameters(
            new ParameterInfo("A.Weight", shape, Initializer.Zeros(), decays: true),
            new ParameterInfo("A.ValueWeight", shape, Initializer.Zeros(), decays: true));
        foreach (string name in new[] { "A.Weight", "A.ValueWeight" })
        {
            Span<float> values = set[name].Values;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = i / N % N == i % N ? 1 : 0;
            }
        }

        Tensor x = Numbers(3, 1f, 2, N, Channels);
        Tensor exact = EagerLayers.Attention(x, null, null, set.Scope("A"), new AttentionAttribute(Heads));
        Tensor sums = EagerLayers.Linformer(
            x, set.Scope("A"), set["A.Weight"], new LinformerAttribute(Heads, N) { Rank = N, Sharing = sharing });
        Assert.Equal(exact.ToArray(), sums.ToArray());
    }

    [Fact]
    public void More_positions_than_weights_are_refused()
    {
        ParameterSet set = Parameters(new ParameterInfo("A.Weight", [5, 3], Initializer.Uniform(1), decays: true));
        var options = new LinformerAttribute(Heads, 5) { Rank = 3, Sharing = LinformerSharing.KeyValue };
        var refused = Assert.Throws<ArgumentException>(() => EagerLayers.Linformer(
            Numbers(4, 1f, 1, 6, Channels), set.Scope("A"), set["A.Weight"], options));
        Assert.Contains("6 positions, and weights for 5", refused.Message, StringComparison.Ordinal);
    }

    private static ParameterInfo Directions(int features) => new(
        "A.Directions", [features, Width], Initializer.OrthogonalRows(Width), decays: false) { Learns = false };

    private static ParameterSet Parameters(params ParameterInfo[] more)
    {
        IEnumerable<ParameterInfo> projections = new[] { "Query", "Key", "Value", "Output" }.Select(static name =>
            new ParameterInfo("A." + name, [Channels, Channels], Initializer.KaimingUniform(Channels), decays: true));
        return new ParameterSet([.. projections, .. more]);
    }

    private static Tensor Numbers(ulong seed, float scale, params int[] shape)
    {
        var values = new float[shape.Aggregate(1, static (n, d) => n * d)];
        Initializer.Normal(scale).Fill(values, seed, 0);
        return new Tensor(values, shape);
    }

    private static double Distance(Tensor x, Tensor y) =>
        Math.Sqrt(x.ToArray().Zip(y.ToArray(), static (a, b) => (double)(a - b) * (a - b)).Sum());
}
