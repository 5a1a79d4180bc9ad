using System;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class DiagonalStatesTests(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(DiagonalScanTests.Extents), MemberType = typeof(DiagonalScanTests))]
    public void Scans_with_states_equal_the_reference(int batch, int positions, int channels, int states) =>
        Check(batch, positions, channels, states, seed: 1);

    [Fact]
    public void Scans_of_random_extents_equal_the_reference()
    {
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 10; i++)
        {
            Check(random.Next(1, 3), random.Next(1, 150), random.Next(1, 50), random.Next(1, 20), seed + i);
        }
    }

    /// <summary>Both directions, with borders between positions and without, with lengths of samples and without. The
    /// first flag of a row may be a border, too.</summary>
    private static void Check(int batch, int positions, int channels, int states, int seed)
    {
        (float[] re, float[] im) = DiagonalScanTests.Poles(seed, channels * states);
        float[] goesOn = DiagonalScanTests.Borders(seed + 1, batch * positions);
        float[] u = HostRun.Random(seed + 2, batch * positions * channels);
        float[] start = HostRun.Random(seed + 3, batch * channels * states * 2);
        if (goesOn.Length > 0)
        {
            goesOn[0] = 0;
        }

        float[] lengths = SampleLengths.Of(seed + 4, batch, positions);
        for (int i = 0; i < 16; i++)
        {
            (bool reverse, bool resets, bool toStates, bool own) =
                ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0);
            float[] input = own ? SampleLengths.Padded(u, lengths, positions, channels) : u;
            DiagonalScanShape shape = DiagonalStatesReference.Shape(
                batch, positions, channels, states, toStates, reverse, resets, own);
            var reference = new DiagonalStatesReference(
                shape, mode => new(re[mode], im[mode]), at => goesOn[at] != 0, sample => lengths[sample]);
            double[] expected = toStates ? reference.To(at => input[at]) : reference.From(at => start[at]);
            float[][] buffers =
            [
                toStates ? input : start, re, im, HostRun.Missing(expected.Length),
                .. resets ? (float[][])[goesOn] : [], .. own ? (float[][])[lengths] : [],
            ];
            string[] names =
            [
                "from", "re", "im", "to", .. resets ? (string[])["on"] : [], .. own ? (string[])["lengths"] : [],
            ];
            HostRun.All(
                new DiagonalScanKernel("scan", names, shape), [], buffers, [3],
                values => HostRun.AssertNear(expected, values));
        }
    }
}
