using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>A query before a block of keys: which of them it sees, and their bias.</summary>
internal unsafe struct AttendRow
{
    /// <summary>The bias of the block's first key; null: none.</summary>
    private readonly float* _bias;

    /// <summary>Segment numbers of the block's keys; null: none.</summary>
    private readonly int* _segments;
    private readonly int _segment;

    /// <summary>A bit for each key of the block that the pattern shows.</summary>
    private readonly ulong _shown;

    /// <summary>The first visible key of the block.</summary>
    public readonly int First;

    /// <summary>Behind the last one; not greater than <see cref="First"/>: none.</summary>
    public readonly int End;

    public AttendRow(in AttendExtents e, int query, int block, float* bias, int* segments)
    {
        int start = block * AttendBlocks.Keys;
        _bias = bias == null ? null : bias + e.BiasAt(query) + start;
        _segments = segments == null ? null : segments + start;
        _segment = segments == null ? 0 : segments[e.OwnKey(query)];
        _shown = e.Pattern.Bits(e.PositionOf(query), start);
        First = Math.Max(e.First(query) - start, 0);
        End = _segment < 0 ? First : Math.Min(e.End(query) - start, AttendBlocks.Keys);
    }

    /// <summary>Whether it sees every key of the block.</summary>
    public readonly bool IsWhole =>
        First <= 0 && End >= AttendBlocks.Keys && _segments == null && _shown == ulong.MaxValue;

    private static ReadOnlySpan<int> Lanes =>
        [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768];

    /// <summary>The scores of a vector of keys, scaled and with bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F Score<F, I, M>(float* at, int column, F scale)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F score = F.Load(at) * scale;
        return _bias == null ? score : score + Bias<F, I, M>(column);
    }

    /// <summary>Which of a vector of keys are visible.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly M Visible<F, I, M>(int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        M visible = M.Until(End - column) & !M.Until(First - column);
        visible = _shown == ulong.MaxValue ? visible : visible & Shown<F, I, M>(column);
        return _segments == null ? visible : visible & SameSegment<F, I, M>(column);
    }

    /// <summary>Whether a vector of keys has visible ones at all, segments aside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Meets(int column, int lanes) =>
        column < End && column + lanes > First && ((_shown >> column) & ((1ul << lanes) - 1)) != 0;

    private readonly M Shown<F, I, M>(int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        // The table is a constant in the image, which does not move.
        I lanes = I.Load((int*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Lanes)));
        return !I.Equal(lanes & I.Splat((int)(_shown >> column)), I.Splat(0));
    }

    private readonly M SameSegment<F, I, M>(int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        // Nothing is read behind the last key.
        int count = Math.Min(F.Lanes, End - column);
        I numbers = count == F.Lanes ? I.Load(_segments + column) : I.Load(_segments + column, Math.Max(count, 0));
        return I.Equal(numbers, I.Splat(_segment));
    }

    private readonly F Bias<F, I, M>(int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        if (column >= First && column + F.Lanes <= End)
        {
            return F.Load(_bias + column);
        }

        // What is not visible may lie outside the buffer.
        float* some = stackalloc float[16];
        for (int i = 0; i < F.Lanes; i++)
        {
            int key = column + i;
            some[i] = key >= First && key < End ? _bias[key] : 0f;
        }

        return F.Load(some);
    }

    /// <summary>Adds the gradients of the visible scores to those of their biases.</summary>
    /// <param name="gradient">The gradient of the first key's bias.</param>
    /// <param name="scores">The gradients of the scores in the first panel.</param>
    /// <param name="blocks">How they lie.</param>
    /// <param name="factor">Times what.</param>
    public readonly void AddBias(float* gradient, float* scores, AttendBlocks blocks, float factor)
    {
        for (int panel = 0; panel < AttendBlocks.Keys; panel += blocks.Panel)
        {
            float* at = scores + (panel * blocks.Rows);
            int end = Math.Min(End, panel + blocks.Panel);
            for (int key = Math.Max(First, panel); key < end; key++)
            {
                gradient[key] += at[key - panel] * factor;
            }
        }
    }
}
