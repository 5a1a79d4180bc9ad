using System;

namespace Dsl.Eager;

/// <summary>Attention by random features, executed as it stands. Sums in double.</summary>
internal static class EagerPerformer
{
    /// <summary>Σ (φ(q)·φ(k)) v over Σ φ(q)·φ(k).</summary>
    public static Tensor Attend(
        Tensor queries, Tensor keys, Tensor values, Tensor directions, int heads, PerformerAttribute options,
        IntTensor? segments = null)
    {
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
            int perBatch = queries.Shape[1] * heads;
            Exponentiate(q, queries, heads, epsilon, features, (row, of) => Largest(q, row * features, 1, features, 1));
            double[] unshifted = (double[])k.Clone();
            double bound = Bound(directions);
            Exponentiate(k, keys, heads, epsilon, features, (row, of) => options.Causal ? bound : Largest(
                unshifted, ((row / perBatch * perBatch) + (row % heads)) * features, perBatch / heads, features,
                heads * features));
        }

        Tensor Of(double[] x) => new(
            Array.ConvertAll(x, static v => (float)v), queries.Shape[0], queries.Shape[1], heads * features);
        Func<int, int, int, bool> sees = EagerAttention.Sight(options.Causal, segments);
        Tensor sum = EagerAttention.Products(Of(q), Of(k), values, heads, sees);
        return sum / (EagerAttention.Products(Of(q), Of(k), (values * 0f) + 1f, heads, sees) + 1e-30f);
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

    private static void Exponentiate(
        double[] along, Tensor x, int heads, double epsilon, int features, Func<int, double[], double> shiftOf)
    {
        int width = x.Shape[2] / heads;
        for (int row = 0; row < along.Length / features; row++)
        {
            double squares = 0;
            for (int c = 0; c < width; c++)
            {
                squares += (double)x.Values[(row * width) + c] * x.Values[(row * width) + c];
            }

            double shift = shiftOf(row, along) + (squares / Math.Sqrt(width) / 2);
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

    /// <summary>What is above 40 of the largest |w|²/2.</summary>
    private static double Bound(Tensor directions)
    {
        double bound = 0;
        for (int row = 0; row < directions.Shape[0]; row++)
        {
            double squares = 0;
            for (int c = 0; c < directions.Shape[1]; c++)
            {
                float w = directions.Values[(row * directions.Shape[1]) + c];
                squares += (double)w * w;
            }

            bound = Math.Max(bound, (squares / 2) - 40);
        }

        return bound;
    }

    private static double Rectified(double x) => Math.Max(x, 0) + 1e-3;
}
