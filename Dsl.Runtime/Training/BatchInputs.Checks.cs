using System;
using System.Globalization;
using System.IO;
using System.Numerics;
using System.Runtime.InteropServices;
using Dsl.Data;

namespace Dsl;

/// <content>What would spoil a model is refused before a session sees it.</content>
internal sealed partial class BatchInputs
{
    /// <summary>Checks what is stored of samples: every float is finite, and every label below the number of classes. Constants were
    /// checked when they were taken in.</summary>
    /// <exception cref="InvalidDataException">One is not; the message names it.</exception>
    public void Check(ReadOnlySpan<int> samples)
    {
        foreach (int sample in samples)
        {
            for (int i = 0; i < _inputs.Length; i++)
            {
                Column column = _data.Columns[_columns[i]];
                if (column.IsConstant || column.Computed)
                {
                    continue;
                }

                if (column.Integers)
                {
                    Check(i, sample, Row(column.Ints, column, sample));
                }
                else
                {
                    Check(i, sample, Row(column.Floats, column, sample));
                }
            }
        }
    }

    private static ReadOnlySpan<T> Row<T>(ReadOnlySpan<T> values, Column column, int sample) =>
        values.Slice(sample * column.RowLength, column.RowLength);

    private void Check<T>(int input, int sample, ReadOnlySpan<T> values)
        where T : struct
    {
        if (typeof(T) == typeof(float))
        {
            CheckFinite(input, sample, MemoryMarshal.Cast<T, float>(values));
        }
        else if (_inputs[input].LengthsOf is { } size)
        {
            CheckLengths(input, sample, MemoryMarshal.Cast<T, int>(values)[0], Sizes[size]);
        }
        else if (_inputs[input].Limit > 0)
        {
            CheckLabels(input, sample, MemoryMarshal.Cast<T, int>(values));
        }
    }

    private void CheckFinite(int input, int sample, ReadOnlySpan<float> values)
    {
        // 0·x is 0 unless x is NaN or infinite, so a sum of such products tells whether all are finite without a
        // branch.
        Vector<float> sum = Vector<float>.Zero;
        int at = 0;
        for (; at <= values.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            sum += new Vector<float>(values[at..]) * Vector<float>.Zero;
        }

        bool finite = Vector.EqualsAll(sum, Vector<float>.Zero);
        for (; at < values.Length; at++)
        {
            finite &= float.IsFinite(values[at]);
        }

        if (finite)
        {
            return;
        }

        for (at = 0; float.IsFinite(values[at]); at++)
        {
        }

        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"{Where(input, sample, at)} is {values[at]}; every float must be finite."));
    }

    private void CheckLabels(int input, int sample, ReadOnlySpan<int> values)
    {
        for (int at = 0; at < values.Length; at++)
        {
            if (!_inputs[input].Allows(values[at]))
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Where(input, sample, at)} is {values[at]}; it must be in 0 … {_inputs[input].Limit - 1}"
                    + $"{_inputs[input].AlsoAllowed}."));
            }
        }
    }

    private void CheckLengths(int input, int sample, int length, int most)
    {
        if (length < 1 || length > most)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Where(input, sample, 0)} is {length}; sequences have 1 to {most} positions."));
        }
    }

    private string Where(int input, int sample, int at) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsConstant(input) ? $"The {_set} set" : $"Sample {sample} of the {_set} set")}: element {at} of '{_inputs[input].Name}'");
}
