using System;
using System.Linq;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Eager;

/// <summary>What attention among positions that hash alike has in common with attention.</summary>
public class EagerLshTests(ITestOutputHelper output)
{
    private const int Heads = 2, Width = 4;

    [Theory]
    [InlineData(12, 6, false)]
    [InlineData(12, 6, true)]
    [InlineData(11, 6, true)]
    [InlineData(9, 9, false)]
    [InlineData(9, 30, true)]
    [InlineData(1, 4, true)]
    public void Chunks_of_half_the_positions_are_full_attention(int positions, int bucketSize, bool causal)
    {
        Tensor x = Numbers(1, 1f, 2, positions, Heads * Width);
        Tensor values = Numbers(2, 1f, 2, positions, Heads * 3);
        Tensor all = Functions.LshAttend(x, values, Numbers(3, 1f, Width, 3, 2), Heads, bucketSize, causal);
        float[] expected = Full(x, values, causal).ToArray();
        float[] got = all.ToArray();
        Assert.All(Enumerable.Range(0, got.Length), i => Assert.Equal(expected[i], got[i], 1e-5f));
    }

    [Fact]
    public void More_rounds_come_nearer_to_full_attention()
    {
        int[] rounds = [1, 2, 4, 8];
        double[] errors = [.. rounds.Select(static count =>
        {
            double sum = 0;
            for (int seed = 1; seed <= 12; seed++)
            {
                Tensor x = Numbers(seed, 2f, 1, 64, Heads * Width);
                Tensor values = Numbers(seed + 100, 1f, 1, 64, Heads * 3);
                Tensor rotations = Numbers(seed + 200, 1f, Width, count, 4);
                float[] near = Functions.LshAttend(x, values, rotations, Heads, 8, causal: true).ToArray();
                sum += near.Zip(Full(x, values, causal: true).ToArray(), static (a, b) => Math.Abs((double)a - b)).Average();
            }

            return sum / 12;
        })];
        output.WriteLine($"rounds {string.Join(", ", rounds)}: errors {string.Join(", ", errors)}");
        Assert.True(errors[1] < errors[0] && errors[2] < errors[1] && errors[3] < errors[2]);
    }

    /// <summary>Without duplicates the rounds together are softmax attention to everybody who is met in any of them.</summary>
    [Theory]
    [InlineData(40, 8)]
    [InlineData(37, 12)]
    [InlineData(13, 3)]
    public void Without_duplicates_each_pair_counts_once(int positions, int bucketSize)
    {
        const int Rounds = 3;
        Tensor x = Numbers(1, 2f, 1, positions, Width);
        Tensor values = Numbers(2, 1f, 1, positions, 3);
        Tensor rotations = Numbers(3, 1f, Width, Rounds, 2);
        var met = new bool[positions, positions];
        for (int round = 0; round < Rounds; round++)
        {
            int[] order = [.. Enumerable.Range(0, positions).OrderBy(i => Bucket(x, rotations, i, round))];
            int chunks = (positions + bucketSize - 1) / bucketSize;
            for (int p = 0; p < positions; p++)
            {
                for (int q = 0; q < positions; q++)
                {
                    int back = ((p / bucketSize) - (q / bucketSize) + chunks) % chunks;
                    met[order[p], order[q]] |= back <= 1;
                }
            }
        }

        float[] expected = Full(x, values, causal: false, heads: 1, (i, j) => met[i, j]).ToArray();
        float[] once = Attend(allowDuplicates: false);
        Assert.All(Enumerable.Range(0, once.Length), i => Assert.Equal(expected[i], once[i], 1e-5f));
        Assert.NotEqual(once, Attend(allowDuplicates: true));

        float[] Attend(bool allowDuplicates) => Functions.LshAttend(
            x, values, rotations, 1, bucketSize, allowDuplicates: allowDuplicates).ToArray();
    }

    /// <summary>Who shares a chunk does not depend on values, so later ones change nothing.</summary>
    [Fact]
    public void Later_values_change_no_earlier_result()
    {
        Tensor x = Numbers(1, 1f, 1, 21, Heads * Width);
        Tensor rotations = Numbers(3, 1f, Width, 2, 2);
        float[] values = Numbers(2, 1f, 1, 21, Heads * 3).ToArray();
        float[] before = Attend();
        const int Changed = 13 * Heads * 3;
        for (int i = Changed; i < values.Length; i++)
        {
            values[i] *= 30;
        }

        float[] after = Attend();
        Assert.Equal(before[..Changed], after[..Changed]);
        Assert.NotEqual(before[Changed..], after[Changed..]);

        float[] Attend() => Functions.LshAttend(x, new Tensor([.. values], 1, 21, Heads * 3), rotations, Heads, 4, true).ToArray();
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        Tensor x = Numbers(1, 1f, 1, 5, 8);
        var error = Assert.Throws<ArgumentException>(() => Functions.LshAttend(x, x, Numbers(2, 1f, 3, 2, 2), Heads, 4));
        Assert.Contains("do not fit 2 heads", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Softmax attention of queries to themselves as keys of unit length, to oneself only without another.</summary>
    private static Tensor Full(
        Tensor x, Tensor values, bool causal, int heads = Heads, Func<int, int, bool>? sees = null)
    {
        (int batch, int n, int width) = (x.Shape[0], x.Shape[1], values.Shape[2] / heads);
        float[] result = new float[values.Length];
        for (int row = 0; row < batch * n * heads; row++)
        {
            (int b, int i, int head) = (row / heads / n, row / heads % n, row % heads);
            int[] keys = [.. Enumerable.Range(0, n).Where(j => (!causal || j <= i) && (sees?.Invoke(i, j) ?? true))];
            double[] weights = [.. keys.Select(j => i == j ? -5e4 : Score(j))];
            double largest = weights.Max();
            weights = [.. weights.Select(w => Math.Exp(w - largest))];
            for (int c = 0; c < width; c++)
            {
                result[(row * width) + c] = (float)(keys.Zip(weights, (j, w) =>
                    w * values.Values[((((b * n) + j) * heads) + head) * width + c]).Sum() / weights.Sum());
            }

            double Score(int j)
            {
                double[] q = Row(x, b, i, head, heads), k = Row(x, b, j, head, heads);
                double length = Math.Sqrt(k.Sum(static v => v * v));
                return q.Zip(k, static (a, c) => a * c).Sum() / length / Math.Sqrt(Width);
            }
        }

        return new Tensor(result, [.. values.Extents]);
    }

    private static double[] Row(Tensor x, int b, int i, int head, int heads) => [.. Enumerable.Range(0, Width)
        .Select(c => (double)x.Values[((((b * x.Shape[1]) + i) * heads) + head) * Width + c])];

    /// <summary>The index of the largest of [x·R, -x·R].</summary>
    private static int Bucket(Tensor x, Tensor rotations, int i, int round)
    {
        (int rounds, int half) = (rotations.Shape[1], rotations.Shape[2]);
        double[] row = Row(x, 0, i, 0, 1);
        double[] along = [.. Enumerable.Range(0, half).Select(m => row.Select((v, c) =>
            v * rotations.Values[(((c * rounds) + round) * half) + m]).Sum())];
        double[] both = [.. along, .. along.Select(static a => -a)];
        return Array.IndexOf(both, both.Max());
    }

    private static Tensor Numbers(int seed, float scale, params int[] shape)
    {
        var random = new Random(seed);
        float[] values = new float[shape.Aggregate(1, static (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = scale * ((random.NextSingle() * 2) - 1);
        }

        return new Tensor(values, shape);
    }
}
