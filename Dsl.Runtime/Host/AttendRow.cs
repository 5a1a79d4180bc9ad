using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>A query before a block of keys: which of them it sees, and their bias.</summary>
internal unsafe struct AttendRow
{
    /// <summary>Elements between the vectors of neighbouring panels of its scores.</summary>
    private readonly int _panelStep;
    private readonly int _panel;

    /// <summary>Its scores in the first panel.</summary>
    private readonly float* _scores;

    /// <summary>The bias of the block's first key; null: none.</summary>
    private readonly float* _bias;

    /// <summary>Segment numbers of the block's keys; null: none.</summary>
    private readonly int* _segments;
    private readonly int _segment;

    /// <summary>The first visible key of the block.</summary>
    public readonly int First;

    /// <summary>Behind the last visible one; not greater than <see cref="First"/>: none.</summary>
    public readonly int End;

    public AttendRow(
        in AttendExtents e, int query, int block, float* scores, int panel, int panelStep, float* bias, int* segments)
    {
        int start = block * AttendBlocks.Keys;
        _scores = scores;
        _panel = panel;
        _panelStep = panelStep;
        _bias = bias == null ? null : bias + e.BiasAt(query) + start;
        _segments = segments == null ? null : segments + start;
        _segment = segments == null ? 0 : segments[query];
        First = Math.Max(e.First(query) - start, 0);
        End = _segment < 0 ? First : Math.Min(e.End(query) - start, AttendBlocks.Keys);
    }

    /// <summary>Where a column's score lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float* At(int column) => At(_scores, column);

    /// <summary>Where a column lies in another block of the same form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float* At(float* row, int column) => row + (column / _panel * _panelStep) + (column % _panel);

    /// <summary>The scores of a vector of keys, scaled and with bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F Score<F, I, M>(int column, F scale)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F score = F.Load(At(column)) * scale;
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
        return _segments == null ? visible : visible & SameSegment<F, I, M>(column);
    }

    /// <summary>Whether a vector of keys has visible ones at all, segments aside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Meets(int column, int lanes) => column < End && column + lanes > First;

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
    public readonly void AddBias(float* gradient, float* row, float factor)
    {
        for (int key = First; key < End; key++)
        {
            gradient[key] += *At(row, key) * factor;
        }
    }
}
