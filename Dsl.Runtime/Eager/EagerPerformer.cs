using System;

namespace Dsl.Eager;

/// <summary>Attention by random features, executed as it stands. Sums in double.</summary>
internal static class EagerPerformer
{
    /// <summary>Σ (φ(q)·φ(k)) v over Σ φ(q)·φ(k).</summary>
    public static Tensor Attend(
        Tensor queries, Tensor keys, Tensor values, Tensor directions, int heads, PerformerAttribute options,
        IntTensor? segments = null, EagerState? state = null)
    {
        if (options is { Causal: true, Kernel: PerformerKernel.Softmax })
        {
            return SoFar(queries, keys, values, directions, heads, segments, state);
        }

        double epsilon = options.Causal ? 0 : options.Epsilon;
        double[] q = Along(queries, directions, heads);
        double[] k = Along(keys, directions, heads);
        int features = directions.Shape[0];
        if (options.Kernel == PerformerKernel.Relu)
        {
            (q, k) = (Array.ConvertAll(q, Rectified), Array.ConvertAll(k, Rectified));
        }
        else
        {
            (int perBatch, int width) = (queries.Shape[1] * heads, queries.Shape[2] / heads);
            double[] unshifted = (double[])k.Clone();

            // Where nothing is added, |q|²/2 is a factor of the whole row and cancels: with it a long query's features are all 0.
            Exponentiate(q, epsilon, features, row => Largest(q, row * features, 1, features, 1)
                + (epsilon == 0 ? 0 : HalfSquare(queries, row, width)));
            Exponentiate(k, epsilon, features, row => HalfSquare(keys, row, width) + Largest(
                unshifted, ((row / perBatch * perBatch) + (row % heads)) * features, perBatch / heads, features,
                heads * features));
        }

        Tensor Of(double[] x) => new(
            Array.ConvertAll(x, static v => (float)v), queries.Shape[0], queries.Shape[1], heads * features);
        if (state is not null)
        {
            return EagerDecay.Products(Of(q), Of(k), values, heads, FeatureMap.Identity, true, 1e-30f, segments, state);
        }

        Func<int, int, int, bool> sees = EagerAttention.Sight(options.Causal, segments);
        Tensor sum = EagerAttention.Products(Of(q), Of(k), values, heads, sees);
        return sum / (EagerAttention.Products(Of(q), Of(k), (values * 0f) + 1f, heads, sees) + 1e-30f);
    }

    /// <summary>The causal layer: sums over positions so far, of each feature measured from its largest exponent so far, to
    /// which they are brought down where that grows.</summary>
    private static Tensor SoFar(
        Tensor queries, Tensor keys, Tensor values, Tensor directions, int heads, IntTensor? segments, EagerState? state)
    {
        (int m, int n) = (directions.Shape[0], queries.Shape[1]);
        (int d, int e) = (queries.Shape[2] / heads, values.Shape[2] / heads);
        double[] q = Along(queries, directions, heads);
        double[] k = Along(keys, directions, heads);
        Tensor? sumsBefore = state?.Take(heads, m, e), weightsBefore = state?.Take(heads, m), largestBefore = state?.Take(heads, m);
        (float[] lastSums, float[] lastWeights) = (new float[queries.Shape[0] * heads * m * e], new float[queries.Shape[0] * heads * m]);
        float[] lastLargest = new float[lastWeights.Length];
        float[] result = new float[values.Length];
        for (int sequence = 0; sequence < queries.Shape[0] * heads; sequence++)
        {
            (double[] largest, double[] weights, double[] sums) = (new double[m], new double[m], new double[m * e]);
            Array.Fill(largest, double.NegativeInfinity);
            Begin(sequence);
            for (int t = 0; t < n; t++)
            {
                int position = (sequence / heads * n) + t;
                int row = (position * heads) + (sequence % heads);
                if (t > 0 && segments is not null && segments.Data[position] != segments.Data[position - 1])
                {
                    Array.Fill(largest, double.NegativeInfinity);
                    Array.Clear(weights);
                    Array.Clear(sums);
                }

                bool isShown = segments is null || segments.Data[position] >= 0;
                double half = HalfSquare(keys, row, d);
                double most = double.NegativeInfinity;
                for (int i = 0; i < m; i++)
                {
                    double before = largest[i];
                    largest[i] = Math.Max(before, k[(row * m) + i] - half);
                    double left = Math.Exp(before - largest[i]);
                    double weight = isShown ? Math.Exp(k[(row * m) + i] - half - largest[i]) : 0;
                    weights[i] = (weights[i] * left) + weight;
                    for (int c = 0; c < e; c++)
                    {
                        sums[(i * e) + c] = (sums[(i * e) + c] * left) + (weight * values.Values[(row * e) + c]);
                    }

                    most = Math.Max(most, q[(row * m) + i] + largest[i]);
                }

                if (isShown)
                {
                    Read(row, most);
                }
            }

            for (int i = 0; i < m; i++)
            {
                (lastWeights[(sequence * m) + i], lastLargest[(sequence * m) + i]) = ((float)weights[i], weights[i] > 0 ? (float)largest[i] : 0);
                for (int c = 0; c < e; c++)
                {
                    lastSums[(((sequence * m) + i) * e) + c] = (float)sums[(i * e) + c];
                }
            }

            void Begin(int from)
            {
                for (int i = 0; i < m; i++)
                {
                    // Zeros are no state: nothing has been seen.
                    int at = (from * m) + i;
                    if (sumsBefore is null || weightsBefore!.Values[at] <= 0)
                    {
                        continue;
                    }

                    (weights[i], largest[i]) = (weightsBefore.Values[at], largestBefore!.Values[at]);
                    for (int c = 0; c < e; c++)
                    {
                        sums[(i * e) + c] = sumsBefore.Values[(at * e) + c];
                    }
                }
            }

            void Read(int row, double most)
            {
                double total = 0;
                double[] mixed = new double[e];
                for (int i = 0; i < m; i++)
                {
                    double weight = Math.Exp(q[(row * m) + i] + largest[i] - most);
                    total += weight * weights[i];
                    for (int c = 0; c < e; c++)
                    {
                        mixed[c] += weight * sums[(i * e) + c];
                    }
                }

                for (int c = 0; c < e; c++)
                {
                    result[(row * e) + c] = (float)(mixed[c] / total);
                }
            }
        }

        state?.Leave(new Tensor(lastSums, queries.Shape[0], heads * m * e));
        state?.Leave(new Tensor(lastWeights, queries.Shape[0], heads * m));
        state?.Leave(new Tensor(lastLargest, queries.Shape[0], heads * m));
        return new Tensor(result, [.. values.Extents]);
    }

    /// <summary>|x̃|²/2 of a row.</summary>
    private static double HalfSquare(Tensor x, int row, int width)
    {
        double squares = 0;
        for (int c = 0; c < width; c++)
        {
            squares += (double)x.Values[(row * width) + c] * x.Values[(row * width) + c];
        }

        return squares / Math.Sqrt(width) / 2;
    }

    /// <summary>w·x̃ of every head and row of directions.</summary>
    private static double[] Along(Tensor x, Tensor directions, int heads)
    {
        (int features, int width) = (directions.Shape[0], x.Shape[2] / heads);
        double scale = Math.Pow(width, -0.25);
        var along = new double[x.Length / width * features];
        for (int i = 0; i < along.Length; i++)
        {
            for (int c = 0; c < width; c++)
            {
                along[i] += scale * x.Values[(i / features * width) + c]
                    * directions.Values[(i % features * width) + c];
            }
        }

        return along;
    }

    private static void Exponentiate(double[] along, double epsilon, int features, Func<int, double> shiftOf)
    {
        for (int row = 0; row < along.Length / features; row++)
        {
            double shift = shiftOf(row);
            for (int i = row * features; i < (row + 1) * features; i++)
            {
                along[i] = Math.Exp(along[i] - shift) + epsilon;
            }
        }
    }

    private static double Largest(double[] x, int start, int count, int features, int stride)
    {
        double largest = double.NegativeInfinity;
        for (int i = 0; i < count * features; i++)
        {
            largest = Math.Max(largest, x[start + (i / features * stride) + (i % features)]);
        }

        return largest;
    }

    private static double Rectified(double x) => Math.Max(x, 0) + 1e-3;
}
