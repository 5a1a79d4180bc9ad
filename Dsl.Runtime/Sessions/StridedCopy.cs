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

        // Where the strided side is contiguous along another axis, both sides are walked in blocks of these two axes.
        int last = shape.Length - 1;
        int across = strides[last] == 1 ? -1 : strides[..last].IndexOf(1);
        long lines = 1;
        for (int i = 0; i < last; i++)
        {
            lines *= i == across ? 1 : shape[i];
        }

        long pitch = 1;
        for (int i = across + 1; i <= last && across >= 0; i++)
        {
            pitch *= shape[i];
        }

        Span<long> at = stackalloc long[MaxRank];
        at.Clear();
        long offset = 0;
        long from = 0;
        for (long line = 0; line < lines; line++)
        {
            if (across < 0)
            {
                Line(dense + from, strided + offset, shape[last], strides[last], scatter);
            }
            else
            {
                Turn(dense + from, pitch, strided + offset, strides[last], shape[across], shape[last], scatter);
            }

            long step = shape[last];
            for (int axis = last - 1; axis >= 0; step *= shape[axis], axis--)
            {
                if (axis == across)
                {
                    continue;
                }

                offset += strides[axis];
                from += step;
                if (++at[axis] < shape[axis])
                {
                    break;
                }

                offset -= strides[axis] * shape[axis];
                from -= step * shape[axis];
                at[axis] = 0;
            }
        }
    }

    /// <summary>dense[row][column] and strided[column][row], block by block: a block's lines stay in the first cache level
    /// until all their elements are used.</summary>
    private static void Turn(
        float* dense, long densePitch, float* strided, long stridedPitch, long rows, long columns, bool scatter)
    {
        const int Block = 16;
        for (long row = 0; row < rows; row += Block)
        {
            long rowEnd = Math.Min(row + Block, rows);
            for (long column = 0; column < columns; column++)
            {
                float* d = dense + column;
                float* s = strided + (column * stridedPitch);
                for (long r = row; r < rowEnd; r++)
                {
                    if (scatter)
                    {
                        s[r] = d[r * densePitch];
                    }
                    else
                    {
                        d[r * densePitch] = s[r];
                    }
                }
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
