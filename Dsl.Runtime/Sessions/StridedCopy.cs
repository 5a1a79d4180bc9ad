using System;

namespace Dsl.Sessions;

/// <summary>Copies between a row-major tensor and one whose axes have any strides. Allocates nothing.</summary>
internal static unsafe class StridedCopy
{
    /// <summary>The most axes a tensor can have here.</summary>
    public const int MaxRank = 8;

    /// <summary>Row-major <paramref name="from"/> to <paramref name="to"/> with strides.</summary>
    public static void Scatter(float* from, float* to, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides) =>
        Walk(from, to, shape, strides, scatter: true);

    /// <summary>Strided <paramref name="from"/> to row-major <paramref name="to"/>.</summary>
    public static void Gather(float* from, float* to, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides) =>
        Walk(to, from, shape, strides, scatter: false);

    private static void Walk(float* dense, float* strided, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, bool scatter)
    {
        if (shape.Length == 0)
        {
            Line(dense, strided, 1, 1, scatter);
            return;
        }

        long inner = shape[^1];
        long lines = 1;
        for (int i = 0; i < shape.Length - 1; i++)
        {
            lines *= shape[i];
        }

        Span<long> at = stackalloc long[MaxRank];
        at.Clear();
        long offset = 0;
        for (long line = 0; line < lines; line++)
        {
            Line(dense, strided + offset, inner, strides[^1], scatter);
            dense += inner;
            for (int axis = shape.Length - 2; axis >= 0; axis--)
            {
                offset += strides[axis];
                if (++at[axis] < shape[axis])
                {
                    break;
                }

                offset -= strides[axis] * shape[axis];
                at[axis] = 0;
            }
        }
    }

    private static void Line(float* dense, float* strided, long count, long stride, bool scatter)
    {
        if (stride == 1)
        {
            float* from = scatter ? dense : strided;
            float* to = scatter ? strided : dense;
            Buffer.MemoryCopy(from, to, count * sizeof(float), count * sizeof(float));
        }
        else if (scatter)
        {
            for (long i = 0; i < count; i++)
            {
                strided[i * stride] = dense[i];
            }
        }
        else
        {
            for (long i = 0; i < count; i++)
            {
                dense[i] = strided[i * stride];
            }
        }
    }
}
