using System;
using System.Linq;

namespace Dsl.Eager;

/// <summary>Products of matrices and permutations of axes, executed as they stand. Sums in double.</summary>
internal static class EagerProducts
{
    public static Tensor Transpose(Tensor x, int[] order)
    {
        int[] axes = Array.ConvertAll(order, a => a < 0 ? a + x.Rank : a);
        if (!axes.Order().SequenceEqual(Enumerable.Range(0, x.Rank)))
        {
            throw new ArgumentException(
                $"The order {Shapes.Print(order)} is no permutation of the axes of {Shapes.Print(x.Extents)}.", nameof(order));
        }

        int[] from = Shapes.BroadcastStrides(x.Extents, x.Rank);
        int[] shape = Array.ConvertAll(axes, a => x.Shape[a]);
        int[] strides = Array.ConvertAll(axes, a => from[a]);
        int[] index = new int[x.Rank];
        float[] result = new float[x.Length];
        int offset = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = x.Values[offset];
            Shapes.Advance(index, shape, strides, ref offset);
        }

        return new Tensor(result, shape);
    }

    public static Tensor MatMul(Tensor x, Tensor y)
    {
        bool shared = y.Rank == 2;
        if (x.Rank < 2 || y.Rank < 2 || x.Shape[^1] != y.Shape[^2]
            || !(shared || x.Extents[..^2].SequenceEqual(y.Extents[..^2])))
        {
            throw new ArgumentException(
                $"Matrices {Shapes.Print(x.Extents)} and {Shapes.Print(y.Extents)} do not fit: expected [..., m, k] and "
                + "[..., k, n] with equal leading axes, or one matrix [k, n].", nameof(y));
        }

        (int rows, int depth, int columns) = (x.Shape[^2], x.Shape[^1], y.Shape[^1]);
        int batch = Shapes.LengthOf(x.Extents[..^2]);
        float[] result = new float[batch * rows * columns];
        for (int i = 0; i < result.Length; i++)
        {
            int column = i % columns;
            int row = i / columns;
            int matrix = shared ? 0 : row / rows * depth * columns;
            double sum = 0;
            for (int k = 0; k < depth; k++)
            {
                sum += (double)x.Values[(row * depth) + k] * y.Values[matrix + (k * columns) + column];
            }

            result[i] = (float)sum;
        }

        return new Tensor(result, [.. x.Extents[..^1], columns]);
    }
}
