using System;
using System.Linq;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class DeltaScanTests(ITestOutputHelper output)
{
    /// <summary>Which of the gradients is the decay's.</summary>
    private const int Decay = 4;

    public static TheoryData<int, int, int, int, int> Extents => new()
    {
        { 1, 1, 1, 1, 1 }, { 2, 0, 3, 4, 5 }, { 0, 5, 2, 4, 4 }, { 2, 37, 3, 5, 7 }, { 1, 64, 2, 16, 16 }, { 1, 65, 1, 33, 40 },
        { 1, 97, 2, 20, 70 }, { 3, 32, 1, 48, 3 }, { 1, 33, 1, 2, 129 }, { 1, 4, 1, 1024, 2 }, { 1, 34, 1, 3, 1024 },
    };

    [Theory]
    [MemberData(nameof(Extents))]
    public void Result_and_states_equal_the_reference(int batch, int positions, int heads, int keys, int values) =>
        CheckResult(batch, positions, heads, keys, values, seed: 1);

    [Theory]
    [MemberData(nameof(Extents))]
    public void Gradients_equal_the_reference(int batch, int positions, int heads, int keys, int values) =>
        CheckGradients(batch, positions, heads, keys, values, seed: 1);

    [Fact]
    public void Random_extents_equal_the_reference()
    {
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 6; i++)
        {
            var (batch, positions, heads) = (random.Next(1, 3), random.Next(1, 110), random.Next(1, 4));
            var (keys, values) = (random.Next(1, 40), random.Next(1, 40));
            CheckResult(batch, positions, heads, keys, values, seed + i);
            CheckGradients(batch, positions, heads, keys, values, seed + i);
        }
    }

    [Fact]
    public void Gradients_that_are_not_wanted_are_not_written()
    {
        (DeltaReference reference, float[][] operands, float[] o) = Random(2, 37, 2, 5, 20, seed: 3, decays: false);
        double[][] all = reference.Gradients(at => o[at]);
        for (int which = 0; which < all.Length; which++)
        {
            DeltaScanShape shape = reference.Shape with { Gradients = (DeltaGradients)(1 << which) };
            HostRun.All(
                new DeltaScanGradientKernel("g", ["q", "k", "v", "strength", "o", "to", "scratch"], shape), [],
                [.. operands, o, HostRun.Missing(all[which].Length), HostRun.Missing(reference.Scratch)], [5, 6],
                result => HostRun.AssertNear(all[which], result));
        }
    }

    /// <summary>Orthonormal keys at full strength: the state is a table, which gives what was written last.</summary>
    [Fact]
    public void Orthonormal_keys_give_their_values()
    {
        const int Positions = 70, Width = 32;
        float[] k = new float[Positions * Width], q = new float[Positions * Width];
        float[] v = HostRun.Random(5, Positions * Width);
        var expected = new double[Positions * Width];
        for (int t = 0; t < Positions; t++)
        {
            // Reflections at a vector of ones: orthonormal, and no unit vectors. A query asks for the key before its own.
            for (int i = 0; i < Width; i++)
            {
                k[(t * Width) + i] = (i == t % Width ? 1f : 0f) - (2f / Width);
            }

            int asked = Math.Max(0, t - 1);
            k.AsSpan(asked * Width, Width).CopyTo(q.AsSpan(t * Width));
            for (int i = 0; i < Width; i++)
            {
                expected[(t * Width) + i] = v[(asked * Width) + i];
            }
        }

        float[] strength = [.. Enumerable.Repeat(1f, Positions)];
        var reference = new DeltaReference(1, Positions, 1, Width, Width)
        {
            Q = at => q[at], K = at => k[at], V = at => v[at], Strength = at => strength[at],
        };
        HostRun.AssertNear(expected, [.. reference.Run().O.Select(static x => (float)x)]);
        HostRun.All(
            new DeltaScanKernel("scan", DeltaReference.Names(decays: false, hasState: false), reference.Shape), [],
            [q, k, v, strength, HostRun.Missing(v.Length)], [4], result => HostRun.AssertNear(expected, result));
    }

    /// <summary>Without strength nothing is written: what the state was is left, as much as the decay leaves.</summary>
    [Fact]
    public void No_strength_writes_nothing()
    {
        (DeltaReference reference, float[][] operands, _) = Random(1, 40, 2, 6, 9, seed: 8, decays: false);
        HostRun.All(
            new DeltaScanKernel("scan", DeltaReference.Names(decays: false, hasState: false), reference.Shape), [],
            [operands[0], operands[1], operands[2], new float[operands[3].Length], HostRun.Missing(operands[2].Length)], [4],
            static result => Assert.All(result, static x => Assert.Equal(0f, x)));
    }

    /// <summary>With a decay and without, with states before the first position and without.</summary>
    private static void CheckResult(int batch, int positions, int heads, int keys, int values, int seed)
    {
        float[] initial = HostRun.Random(seed + 9, batch * heads * keys * values);
        for (int i = 0; i < 4; i++)
        {
            (bool decays, bool hasState) = ((i & 1) != 0, (i & 2) != 0);
            (DeltaReference reference, float[][] operands, _) = Random(
                batch, positions, heads, keys, values, seed, decays, hasState ? at => initial[at] : static _ => 0);
            (double[] o, double[] last) = reference.Run();
            float[][] buffers =
            [
                .. operands.Take(4), HostRun.Missing(o.Length), .. operands.Skip(4), .. hasState ? (float[][])[initial] : [],
            ];
            var kernel = new DeltaScanKernel("scan", DeltaReference.Names(decays, hasState), reference.Shape);
            int kept = buffers.Length - 1;
            HostRun.All(kernel, [], buffers, hasState ? [4, kept] : [4], result => HostRun.AssertNear(o, result));
            if (hasState)
            {
                HostRun.All(kernel, [], buffers, [kept, 4], result => HostRun.AssertNear(last, result));
            }
        }
    }

    private static void CheckGradients(int batch, int positions, int heads, int keys, int values, int seed)
    {
        foreach (bool decays in new[] { false, true })
        {
            (DeltaReference reference, float[][] operands, float[] o) =
                Random(batch, positions, heads, keys, values, seed, decays);
            double[][] expected = reference.Gradients(at => o[at]);
            float[][] buffers =
            [
                .. operands.Take(4), o, .. operands.Skip(4), .. expected.Select(static e => HostRun.Missing(e.Length)),
                HostRun.Missing(reference.Scratch),
            ];
            int first = 1 + operands.Length;

            // What the gradient of a decay changes by at a position is q·dq - k·dk: 0 at the first, but for their rounding.
            double[] products = [.. reference.Run().O.Select((y, at) => Math.Abs(y * o[at]))];
            double terms = products.Chunk(values).Select(Enumerable.Sum).DefaultIfEmpty().Max();
            for (int which = 0; which < expected.Length; which++)
            {
                int[] written = [first + which, .. Enumerable.Range(first, 6).Where(i => i != first + which)];
                HostRun.All(
                    new DeltaScanGradientKernel("g", DeltaReference.GradientNames(decays), reference.Shape), [], buffers, written,
                    result => HostRun.AssertNear(expected[which], result, terms: which == Decay ? terms : 0));
            }
        }
    }

    /// <summary>q, k, v, strengths, and logarithms of a decay that now and then forgets all; and a gradient.</summary>
    private static (DeltaReference Reference, float[][] Operands, float[] O) Random(
        int batch, int positions, int heads, int keys, int values, int seed, bool decays, Func<int, double>? initial = null)
    {
        int rows = batch * positions * heads;
        float[] q = HostRun.Random(seed, rows * keys);

        // Keys about as long as 1, so that no state grows.
        float[] k = Array.ConvertAll(HostRun.Random(seed + 1, rows * keys), x => x * 1.5f / MathF.Sqrt(keys));
        float[] v = HostRun.Random(seed + 2, rows * values);
        float[] strength = HostRun.Random(seed + 3, rows, 0, 1);
        float[] decay = Array.ConvertAll(HostRun.Random(seed + 4, rows, -0.5f, 0), static x => x < -0.47f ? -1e4f : x);
        var reference = new DeltaReference(batch, positions, heads, keys, values)
        {
            Q = at => q[at],
            K = at => k[at],
            V = at => v[at],
            Strength = at => strength[at],
            Decay = decays ? at => decay[at] : null,
            Initial = initial ?? (static _ => 0),
        };
        return (reference, [q, k, v, strength, .. decays ? (float[][])[decay] : []], HostRun.Random(seed + 6, v.Length));
    }
}
