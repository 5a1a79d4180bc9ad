using System;
using System.Linq;

namespace Dsl.Eager;

/// <summary>Reductions over axes and softmax, executed as they stand. Sums in double.</summary>
internal static class EagerReductions
{
    public static Tensor Sum(Tensor x, int[] axes) =>
        Reduce(x, axes, 0, static (sum, value) => sum + value, static (sum, _) => sum);

    public static Tensor Mean(Tensor x, int[] axes) =>
        Reduce(x, axes, 0, static (sum, value) => sum + value, static (sum, count) => sum / count);

    public static Tensor Max(Tensor x, int[] axes) => x.Length == 0
        ? throw new ArgumentException($"A tensor of shape {Shapes.Print(x.Extents)} has no largest value.", nameof(x))
        : Reduce(x, axes, double.NegativeInfinity, Math.Max, static (largest, _) => largest);

    public static Tensor Variance(Tensor x, int[] axes)
    {
        // Around the mean of the same elements: repeated to the shape of x, then reduced again.
        Tensor mean = Mean(x, axes);
        bool[] dropped = new bool[x.Rank];
        foreach (int axis in axes.Length == 0 ? Enumerable.Range(0, x.Rank) : axes)
        {
            dropped[Shapes.Axis(axis, x.Extents)] = true;
        }

        int[] kept = x.Extents.ToArray().Select((extent, axis) => dropped[axis] ? 1 : extent).ToArray();
        return Mean(Tensor.Zip(x, mean.Reshape(kept), static (v, m) => (v - m) * (v - m)), axes);
    }

    public static Tensor LogSumExp(Tensor x, int axis)
    {
        int at = Shapes.Axis(axis, x.Extents);
        int count = x.Shape[at];
        int inner = Shapes.LengthOf(x.Extents[(at + 1)..]);
        float[] result = new float[x.Length / Math.Max(count, 1)];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (float)LogSumExp(x.Values, (i / inner * count * inner) + (i % inner), count, inner);
        }

        return new Tensor(result, [.. x.Extents[..at], .. x.Extents[(at + 1)..]]);
    }

    public static Tensor LinearScan(Tensor factors, Tensor x, Tensor? state, bool complex)
    {
        ArgumentNullException.ThrowIfNull(factors);
        ArgumentNullException.ThrowIfNull(x);
        bool isConstant = factors.Shape.Count == 1 && x.Shape.Count == 3 && factors.Shape[0] == x.Shape[2];
        if (x.Shape.Count != 3 || !(isConstant || factors.Shape.SequenceEqual(x.Shape)) || (complex && x.Shape[2] % 2 != 0))
        {
            throw new ArgumentException(
                $"Factors [{string.Join(", ", factors.Shape)}] and x [{string.Join(", ", x.Shape)}] must have the same three axes,"
                    + " or factors the last of them alone" + (complex ? ", and an even number of channels." : "."), nameof(x));
        }

        (int n, int width) = (x.Shape[1], x.Shape[2]);
        if (state is not null && !state.Extents.SequenceEqual([x.Shape[0], width]))
        {
            throw new ArgumentException(
                $"A state [{x.Shape[0]}, {width}] is expected, not {Shapes.Print(state.Extents)}.", nameof(state));
        }

        int channels = complex ? width / 2 : width;
        var result = new float[x.Length];
        for (int row = 0; row < x.Shape[0] * channels; row++)
        {
            int kept = (row / channels * width) + (row % channels);
            double re = state?.Values[kept] ?? 0, im = complex ? state?.Values[kept + channels] ?? 0 : 0;
            for (int t = 0; t < n; t++)
            {
                int at = ((((row / channels) * n) + t) * width) + (row % channels);
                int factor = isConstant ? row % channels : at;
                (double aRe, double aIm) = t == 0 && state is null ? (0, 0)
                    : (factors.Values[factor], complex ? factors.Values[factor + channels] : 0);
                (re, im) = (
                    (aRe * re) - (aIm * im) + x.Values[at], (aRe * im) + (aIm * re) + (complex ? x.Values[at + channels] : 0));
                result[at] = (float)re;
                if (complex)
                {
                    result[at + channels] = (float)im;
                }
            }
        }

        return new Tensor(result, [.. x.Shape]);
    }

    public static Tensor CumSum(Tensor x, int axis, bool exclusive, bool reverse)
    {
        int at = Shapes.Axis(axis, x.Extents);
        int count = x.Shape[at];
        int inner = Shapes.LengthOf(x.Extents[(at + 1)..]);
        float[] result = new float[x.Length];
        for (int column = 0; column < x.Length / Math.Max(count, 1); column++)
        {
            int first = (column / inner * count * inner) + (column % inner);
            double sum = 0;
            for (int i = 0; i < count; i++)
            {
                int element = first + ((reverse ? count - 1 - i : i) * inner);
                double before = sum;
                sum += x.Values[element];
                result[element] = (float)(exclusive ? before : sum);
            }
        }

        return new Tensor(result, x.Extents.ToArray());
    }

    public static Tensor Softmax(Tensor x, int axis, bool logarithm)
    {
        int at = Shapes.Axis(axis, x.Extents);
        int classes = x.Shape[at];
        int inner = Shapes.LengthOf(x.Extents[(at + 1)..]);
        float[] result = new float[x.Length];
        for (int row = 0; row < x.Length / Math.Max(classes, 1); row++)
        {
            int first = (row / inner * classes * inner) + (row % inner);
            double shift = LogSumExp(x.Values, first, classes, inner);
            for (int c = 0; c < classes; c++)
            {
                double log = x.Values[first + (c * inner)] - shift;
                result[first + (c * inner)] = (float)(logarithm ? log : Math.Exp(log));
            }
        }

        return new Tensor(result, x.Extents.ToArray());
    }

    /// <summary>log Σ exp over strided elements, shifted by their maximum.</summary>
    public static double LogSumExp(ReadOnlySpan<float> values, int first, int count, int stride)
    {
        double largest = double.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            largest = Math.Max(largest, values[first + (i * stride)]);
        }

        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += Math.Exp(values[first + (i * stride)] - largest);
        }

        return largest + Math.Log(sum);
    }

    private static Tensor Reduce(
        Tensor x, int[] axes, double seed, Func<double, double, double> accumulate, Func<double, int, double> finish)
    {
        bool[] dropped = new bool[x.Rank];
        foreach (int axis in axes.Length == 0 ? Enumerable.Range(0, x.Rank) : axes)
        {
            int at = Shapes.Axis(axis, x.Extents);
            dropped[at] = !dropped[at]
                ? true
                : throw new ArgumentException(
                    $"Axis {axis} of shape {Shapes.Print(x.Extents)} is named twice.", nameof(axes));
        }

        int[] extents = x.Extents.ToArray();
        int[] shape = extents.Where((_, axis) => !dropped[axis]).ToArray();
        int[] strides = new int[x.Rank];
        int stride = 1;
        int count = 1;
        for (int axis = x.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = dropped[axis] ? 0 : stride;
            (stride, count) = dropped[axis] ? (stride, count * extents[axis]) : (stride * extents[axis], count);
        }

        double[] sums = new double[stride];
        Array.Fill(sums, seed);
        int[] index = new int[x.Rank];
        int offset = 0;
        foreach (float value in x.Values)
        {
            sums[offset] = accumulate(sums[offset], value);
            Shapes.Advance(index, extents, strides, ref offset);
        }

        return new Tensor(Array.ConvertAll(sums, sum => (float)finish(sum, count)), shape);
    }
}
