using System;
using System.Linq;
using Dsl;
using Models.Face;
using Xunit;

namespace Models.Tests.Face;

/// <summary>A bank of networks is its networks.</summary>
public sealed class DeepIdBankTests
{
    private const int Patches = 4;
    private const int Batch = 2;
    private const int Pixels = 3 * 39 * 31;

    /// <summary>Weights of the same layer lie patch after patch; those of a local layer place after place, and at a place
    /// patch after patch.</summary>
    [Fact]
    public void A_bank_gives_what_its_networks_give_alone()
    {
        SmallDeepId[] alone = [.. Enumerable.Range(0, Patches).Select(static p =>
        {
            var net = new SmallDeepId();
            net.Parameters.Initialize((ulong)(p + 1));
            return net;
        })];
        var bank = new DeepIdBank();
        foreach (Parameter parameter in bank.Parameters)
        {
            int places = parameter.Name.Contains(".Conv3.", StringComparison.Ordinal) ? 6
                : parameter.Name.Contains(".Conv4.", StringComparison.Ordinal) ? 2 : 1;
            float[][] own = [.. alone.Select(net => net.Parameters[parameter.Name].ReadOnlyValues.ToArray())];
            int part = own[0].Length / places;
            parameter.CopyFrom([.. Enumerable.Range(0, places)
                .SelectMany(place => own.SelectMany(values => values.Skip(place * part).Take(part)))]);
        }

        var random = new Random(5);
        float[] images = [.. Enumerable.Range(0, Batch * Patches * Pixels).Select(_ => random.NextSingle() - 0.5f)];
        int[] labels = [3, 30];
        using DeepIdBank.Session all = bank.CreateSession(maximum: new Sizes { ["b"] = Batch });
        var features = new float[Batch * Patches * 160];
        all.Forward(images, features);
        float loss = 0;
        for (int p = 0; p < Patches; p++)
        {
            float[] patch = [.. Enumerable.Range(0, Batch)
                .SelectMany(b => images.Skip(((b * Patches) + p) * Pixels).Take(Pixels))];
            using SmallDeepId.Session one = alone[p].CreateSession(maximum: new Sizes { ["b"] = Batch });
            var expected = new float[Batch * 32];
            one.Forward(patch, expected);
            loss += one.Loss(patch, labels);

            // A network alone gives scores, the bank what they are made of.
            float[] weight = alone[p].Parameters["Classify.Weight"].ReadOnlyValues.ToArray();
            float[] bias = alone[p].Parameters["Classify.Bias"].ReadOnlyValues.ToArray();
            float largest = expected.Max(Math.Abs);
            Assert.All(Enumerable.Range(0, expected.Length), i =>
            {
                float[] own = [.. features.Skip((((i / 32) * Patches) + p) * 160).Take(160)];
                double score = bias[i % 32] + own.Select((f, k) => (double)f * weight[((i % 32) * 160) + k]).Sum();
                Assert.Equal(expected[i], score, 1e-4 * largest);
            });
        }

        Assert.Equal(loss, all.Loss(images, labels), 1e-4f * loss);
    }
}
