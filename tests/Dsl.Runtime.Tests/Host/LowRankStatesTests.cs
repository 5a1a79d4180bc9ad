using System;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class LowRankStatesTests(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(LowRankScanTests.Extents), MemberType = typeof(LowRankScanTests))]
    public void Coupled_scans_with_states_equal_the_reference(int batch, int positions, int channels, int states) =>
        Check(batch, positions, channels, states, seed: 1);

    [Fact]
    public void Coupled_scans_of_random_extents_equal_the_reference()
    {
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 5; i++)
        {
            Check(random.Next(1, 3), random.Next(1, 100), random.Next(1, 40), random.Next(1, 20), seed + i);
        }
    }

    /// <summary>Last states, what states give, and gradients; both directions, with borders between positions and
    /// without, with lengths of samples and without. The first flag of a row may be a border, too.</summary>
    private static void Check(int batch, int positions, int channels, int states, int seed)
    {
        float[] u = HostRun.Random(seed, batch * positions * channels);
        float[] ofY = HostRun.Random(seed + 1, u.Length);
        float[] modes = LowRankReference.Modes(seed + 2, channels, states);
        float[] goesOn = LowRankScanTests.Borders(seed + 3, batch * positions);
        float[] start = HostRun.Random(seed + 4, batch * channels * states * 2);
        float[] ofLast = HostRun.Random(seed + 5, start.Length);
        if (goesOn.Length > 0)
        {
            goesOn[0] = 0;
        }

        float[] lengths = SampleLengths.Of(seed + 6, batch, positions);
        for (int i = 0; i < 8; i++)
        {
            (bool reverse, bool resets, bool own) = ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
            string[] on = [.. resets ? (string[])["on"] : [], .. own ? (string[])["lengths"] : []];
            float[][] borders = [.. resets ? (float[][])[goesOn] : [], .. own ? (float[][])[lengths] : []];
            float[] input = own ? SampleLengths.Padded(u, lengths, positions, channels) : u;
            float[] back = own ? SampleLengths.Padded(ofY, lengths, positions, channels) : ofY;
            LowRankScanShape shape = LowRankReference.Shape(batch, positions, channels, states, reverse, resets) with
            {
                FromStates = true, Lengths = own,
            };
            LowRankScanShape both = shape with { ToStates = true };

            var y = new double[u.Length];
            var given = new LowRankReference(shape, at => modes[at], static _ => 0, at => goesOn[at] != 0, at => lengths[at]);
            given.Forward(
                state => given.OfPlanes(at => start[at], state), (at, value) => y[at] = value, static (_, _) => { });
            HostRun.All(
                new LowRankScanKernel("scan", ["modes", "y", "start", .. on], shape), [],
                [modes, HostRun.Missing(u.Length), start, .. borders], [1], values => HostRun.AssertNear(y, values));

            var reference = new LowRankReference(
                both, at => modes[at], at => input[at], at => goesOn[at] != 0, at => lengths[at]);
            double[] last = reference.Last(at => start[at]);
            HostRun.All(
                new LowRankScanKernel("scan", ["u", "modes", "start", "last", .. on], both), [],
                [input, modes, start, HostRun.Missing(start.Length), .. borders], [3],
                values => HostRun.AssertNear(last, values));

            double[] expected = reference.Backward(
                at => back[at], state => reference.OfPlanes(at => start[at], state),
                state => reference.OfPlanes(at => ofLast[at], state));
            string[] names = ["u", "modes", "y", "start", "last", .. on, "gradient", "scratch"];
            HostRun.All(
                new LowRankScanGradientKernel("gradient", names, both), [],
                [
                    input, modes, back, start, ofLast, .. borders, HostRun.Missing(expected.Length),
                    HostRun.Missing(LowRankParts.Scratch(positions, channels, states).Constant),
                ],
                [names.Length - 2, names.Length - 1], values => HostRun.AssertNear(expected, values));
        }
    }
}
