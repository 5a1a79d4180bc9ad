using System;
using System.Linq;
using Dsl.Kernels;

namespace Dsl.Eager;

/// <summary>Attention, executed as it stands. Sums in double.</summary>
internal static class EagerAttention
{
    public static Tensor Attend(
        Tensor queries, Tensor keys, Tensor values, AttentionOptions options, Tensor? bias, IntTensor? segments)
    {
        Check(queries, keys, values, options, bias, segments);
        (int batch, int positions, int others) = (queries.Shape[0], queries.Shape[1], keys.Shape[1]);
        int keyWidth = queries.Shape[2] / options.Heads;
        int valueWidth = values.Shape[2] / options.KeyHeads;
        float[] result = new float[batch * positions * options.Heads * valueWidth];
        double[] weights = new double[others];
        for (int row = 0; row < batch * positions * options.Heads; row++)
        {
            int head = row % options.Heads;
            int query = row / options.Heads % positions;
            int b = row / options.Heads / positions;
            int keyHead = head / (options.Heads / options.KeyHeads);
            for (int key = 0; key < others; key++)
            {
                weights[key] = double.NaN;
                if (options.Sees(query, key) && SameSegment(segments, b, query, key))
                {
                    double sum = 0;
                    for (int c = 0; c < keyWidth; c++)
                    {
                        sum += (double)queries.Values[(row * keyWidth) + c]
                            * keys.Values[(((b * others) + key) * keys.Shape[2]) + (keyHead * keyWidth) + c];
                    }

                    weights[key] = (sum * options.Scale) + BiasOf(bias, options, head, query, key, positions, others);
                }
            }

            Weigh(weights, options.Score);
            for (int c = 0; c < valueWidth; c++)
            {
                double sum = 0;
                for (int key = 0; key < others; key++)
                {
                    float value = values.Values[(((b * others) + key) * values.Shape[2]) + (keyHead * valueWidth) + c];
                    sum += double.IsNaN(weights[key]) ? 0 : weights[key] * value;
                }

                result[(row * valueWidth) + c] = (float)sum;
            }
        }

        return new Tensor(result, batch, positions, options.Heads * valueWidth);
    }

    /// <summary>What a position t of a sequence b sees: s up to its own where it is causal, of its own segment. The positions of a
    /// segment are neighbours.</summary>
    public static Func<int, int, int, bool> Sight(bool causal, IntTensor? segments = null) => (b, t, s) =>
    {
        bool sees = !causal || s <= t;
        for (int i = Math.Min(t, s); i <= Math.Max(t, s) && sees; i++)
        {
            sees = SameSegment(segments, b, t, i);
        }

        return sees;
    };

    /// <summary>Σ (q·k) v over the positions s that t sees in sequence b.</summary>
    public static Tensor Products(Tensor q, Tensor k, Tensor v, int heads, Func<int, int, int, bool> sees)
    {
        (int batch, int n, int m) = (q.Shape[0], q.Shape[1], k.Shape[1]);
        (int d, int e) = (q.Shape[2] / heads, v.Shape[2] / heads);
        double[] sums = new double[batch * n * heads * e];
        for (int row = 0; row < batch * n * heads; row++)
        {
            (int head, int t, int b) = (row % heads, row / heads % n, row / heads / n);
            for (int s = 0; s < m; s++)
            {
                if (!sees(b, t, s))
                {
                    continue;
                }

                int other = (((b * m) + s) * heads) + head;
                double weight = 0;
                for (int c = 0; c < d; c++)
                {
                    weight += (double)q.Values[(row * d) + c] * k.Values[(other * d) + c];
                }

                for (int c = 0; c < e; c++)
                {
                    sums[(row * e) + c] += weight * v.Values[(other * e) + c];
                }
            }
        }

        return new Tensor(Array.ConvertAll(sums, static x => (float)x), batch, n, v.Shape[2]);
    }

    /// <summary>Scores become weights; NaN marks what is not visible.</summary>
    private static void Weigh(double[] scores, AttentionScore score)
    {
        double[] visible = [.. scores.Where(static s => !double.IsNaN(s))];
        if (visible.Length == 0)
        {
            return;
        }

        double largest = visible.Max();
        double sum = visible.Sum(s => Math.Exp(s - largest));
        for (int i = 0; i < scores.Length; i++)
        {
            double s = scores[i];
            scores[i] = double.IsNaN(s) ? s : score switch
            {
                AttentionScore.Softmax => Math.Exp(s - largest) / sum,
                AttentionScore.ReluSquared => Math.Max(s, 0) * Math.Max(s, 0),
                AttentionScore.Laplace => 0.5 * (1 + SpecialFunctions.Erf((s - Math.Sqrt(0.5)) * Math.Sqrt(2 * Math.PI))),
                _ => s,
            };
        }
    }

    private static bool SameSegment(IntTensor? segments, int batch, int query, int key)
    {
        if (segments is null)
        {
            return true;
        }

        int of = segments.Data[(batch * segments.Shape[1]) + query];
        return of >= 0 && segments.Data[(batch * segments.Shape[1]) + key] == of;
    }

    private static double BiasOf(
        Tensor? bias, AttentionOptions options, int head, int query, int key, int queries, int keys)
    {
        if (bias is null)
        {
            return 0;
        }

        int start = options.Chunk > 0 ? query / options.Chunk * options.Chunk : 0;
        (int spanQueries, int spanKeys) = options.Chunk > 0 ? (options.Chunk, options.Chunk) : (queries, keys);
        bool dense = bias.Shape[^1] == spanKeys && bias.Rank > 1 && bias.Shape[^2] == spanQueries;
        int length = dense ? spanQueries * spanKeys : spanQueries + spanKeys - 1;
        int at = dense ? ((query - start) * spanKeys) + key - start : key - query + spanQueries - 1;
        return bias.Values[(bias.Length > length ? head * length : 0) + at];
    }

    private static void Check(
        Tensor queries, Tensor keys, Tensor values, AttentionOptions options, Tensor? bias, IntTensor? segments)
    {
        string[] problems =
        [
            .. new (string Name, Tensor Of)[] { ("queries", queries), ("keys", keys), ("values", values) }
                .Where(static x => x.Of.Rank != 3).Select(static x => $"{x.Name} have {x.Of.Rank} axes, not 3"),
        ];
        if (problems.Length == 0)
        {
            int heads = options.Heads;
            int groups = options.KeyHeads;
            problems =
            [
                .. new (bool Wrong, string Text)[]
                {
                    (queries.Shape[2] % heads != 0, $"{heads} heads do not divide the width {queries.Shape[2]}"),
                    (heads % groups != 0, $"{groups} key heads do not divide {heads} heads"),
                    (keys.Shape[2] != queries.Shape[2] / heads * groups, "a key is not as wide as a query"),
                    (values.Shape[2] % groups != 0, $"{groups} key heads do not divide the width {values.Shape[2]}"),
                    (keys.Shape[1] != values.Shape[1], "there are not as many values as keys"),
                    (options.IsLocal && keys.Shape[1] != queries.Shape[1], "there are not as many keys as queries"),
                    (segments is not null && (segments.Rank != 2 || segments.Shape[1] != keys.Shape[1]),
                        "segments are not [b, n]"),
                }.Where(static p => p.Wrong).Select(static p => p.Text),
            ];
        }

        if (problems.Length > 0)
        {
            throw new ArgumentException(
                $"Attention of queries {Shapes.Print(queries.Extents)}, keys {Shapes.Print(keys.Extents)} and values "
                + $"{Shapes.Print(values.Extents)}: {string.Join("; ", problems)}.", nameof(queries));
        }

        _ = bias;
    }
}

/// <summary>How attention weighs values.</summary>
/// <param name="Heads">Heads of the queries.</param>
/// <param name="KeyHeads">Heads of keys and values.</param>
/// <param name="Scale">The factor of q·k.</param>
/// <param name="Score">What is made of a score.</param>
internal sealed record AttentionOptions(int Heads, int KeyHeads, double Scale, AttentionScore Score)
{
    public bool Causal { get; init; }

    public int Window { get; init; }

    public int Chunk { get; init; }

    public SparsePattern Pattern { get; init; }

    /// <summary>Whether positions of queries and keys are compared.</summary>
    public bool IsLocal => Causal || Window > 0 || Chunk > 0 || Pattern.IsSparse;

    public bool Sees(int query, int key) => (!Causal || key <= query)
        && (Window == 0 || Math.Abs(key - query) < Window)
        && (Chunk == 0 || key / Chunk == query / Chunk)
        && Pattern.Shows(query, key);
}
