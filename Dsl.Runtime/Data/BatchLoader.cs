using System;
using System.Collections.Generic;
using System.Linq;

namespace Dsl.Data;

/// <summary>
/// Hands out a data set batch after batch, epoch after epoch, in an order that depends on the seed and the epoch only.
/// Rows are copied into the loader's own buffers; after construction nothing is allocated.
/// </summary>
/// <example><code>
/// var loader = new BatchLoader(data, 64, seed: 1);
/// while (loader.Position.Epoch &lt; 3)
/// {
///     int rows = loader.Next();
///     session.TrainStep(loader.Floats("image"), loader.Ints("label"));
/// }
/// </code></example>
public sealed class BatchLoader
{
    private readonly Dataset _data;
    private readonly float[]?[] _floats;
    private readonly int[]?[] _ints;
    private readonly int[] _order;
    private readonly ulong _seed;
    private readonly bool _shuffle;
    private readonly bool _dropLast;
    private int _epoch;
    private int _row;
    private int _orderEpoch = -1;

    /// <summary>Prepares the buffers.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="batch">Samples per batch.</param>
    /// <param name="seed">Which order.</param>
    /// <param name="shuffle">Whether every epoch has its own random order; otherwise samples come in theirs.</param>
    /// <param name="dropLast">Whether a last batch that would not be full is left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch is not positive.</exception>
    /// <exception cref="ArgumentException">There would be no batch: no samples, or fewer than one batch with
    /// <paramref name="dropLast"/>.</exception>
    public BatchLoader(Dataset data, int batch, ulong seed = 0, bool shuffle = true, bool dropLast = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        if (data.Count == 0 || (dropLast && data.Count < batch))
        {
            throw new ArgumentException($"{data.Count} samples make no batch of {batch}.", nameof(data));
        }

        (_data, Batch, _seed, _shuffle, _dropLast) = (data, batch, seed, shuffle, dropLast);
        _order = [.. Enumerable.Range(0, data.Count)];
        _floats = [.. data.Columns.Select(c => c.Integers ? null : new float[batch * c.RowLength])];
        _ints = [.. data.Columns.Select(c => c.Integers ? new int[batch * c.RowLength] : null)];
    }

    /// <summary>Samples of a full batch.</summary>
    public int Batch { get; }

    /// <summary>Batches of an epoch.</summary>
    public int BatchesPerEpoch => _dropLast ? _data.Count / Batch : ((_data.Count - 1) / Batch) + 1;

    /// <summary>Samples of the present batch; 0 before the first.</summary>
    public int Rows { get; private set; }

    /// <summary>What the next batch will be. Setting it continues exactly there, also in another process.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such batch.</exception>
    public BatchPosition Position
    {
        get => new(_epoch, _row / Batch);
        set
        {
            if (value.Epoch < 0 || value.Batch < 0 || value.Batch >= BatchesPerEpoch)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, $"An epoch has {BatchesPerEpoch} batches.");
            }

            (_epoch, _row) = (value.Epoch, value.Batch * Batch);
        }
    }

    /// <summary>Fills the buffers with the next batch.</summary>
    /// <returns>How many samples it has: <see cref="Batch"/>, or fewer for the last one of an epoch.</returns>
    public int Next()
    {
        if (_shuffle && _orderEpoch != _epoch)
        {
            Dataset.Shuffle(_order, _seed, (ulong)_epoch);
            _orderEpoch = _epoch;
        }

        Rows = Math.Min(Batch, _data.Count - _row);
        for (int c = 0; c < _floats.Length; c++)
        {
            Column column = _data.Columns[c];
            for (int i = 0; i < Rows; i++)
            {
                int from = _order[_row + i] * column.RowLength;
                if (column.Integers)
                {
                    column.Ints.Slice(from, column.RowLength).CopyTo(_ints[c].AsSpan(i * column.RowLength));
                }
                else
                {
                    column.Floats.Slice(from, column.RowLength).CopyTo(_floats[c].AsSpan(i * column.RowLength));
                }
            }
        }

        _row += Rows;
        if (_row >= _data.Count || (_dropLast && _data.Count - _row < Batch))
        {
            (_epoch, _row) = (_epoch + 1, 0);
        }

        return Rows;
    }

    /// <summary>The present batch of a column of floats: <see cref="Rows"/> samples, row-major. Valid until the next
    /// call of <see cref="Next"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    /// <exception cref="InvalidOperationException">The column holds ints.</exception>
    public ReadOnlySpan<float> Floats(string column)
    {
        int at = IndexOf(column);
        return (_floats[at] ?? throw new InvalidOperationException($"Column '{column}' holds ints, not floats."))
            .AsSpan(0, Rows * _data.Columns[at].RowLength);
    }

    /// <summary>The present batch of a column of ints: <see cref="Rows"/> samples, row-major. Valid until the next call
    /// of <see cref="Next"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    /// <exception cref="InvalidOperationException">The column holds floats.</exception>
    public ReadOnlySpan<int> Ints(string column)
    {
        int at = IndexOf(column);
        return (_ints[at] ?? throw new InvalidOperationException($"Column '{column}' holds floats, not ints."))
            .AsSpan(0, Rows * _data.Columns[at].RowLength);
    }

    private int IndexOf(string column)
    {
        for (int i = 0; i < _data.Columns.Count; i++)
        {
            if (_data.Columns[i].Name == column)
            {
                return i;
            }
        }

        throw new KeyNotFoundException($"There is no column '{column}'.");
    }
}

/// <summary>A place in the sequence of batches: save it, and set it again to continue exactly there.</summary>
/// <param name="Epoch">Epochs finished.</param>
/// <param name="Batch">Batches of the present epoch finished.</param>
public readonly record struct BatchPosition(int Epoch, int Batch);
