using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Dsl.Data;

/// <summary>
/// Samples: named columns of floats or ints, whose first axis counts samples, and constants, which all samples share. A column is an
/// array, which becomes the data set's own, or a function that computes a sample when it is needed. Immutable.
/// </summary>
public sealed class Dataset
{
    private readonly List<Column> _columns = [];

    /// <summary>A data set without columns; add them with <c>With</c>.</summary>
    public Dataset()
    {
    }

    private Dataset(int count, IEnumerable<Column> columns)
    {
        Count = count;
        _columns.AddRange(columns);
    }

    /// <summary>The number of samples.</summary>
    public int Count { get; }

    /// <summary>The columns, in the order they were added.</summary>
    public IReadOnlyList<Column> Columns => _columns;

    /// <summary>A column by its name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists what there is.</exception>
    public Column this[string name] => _columns.Find(c => c.Name == name)
        ?? throw new KeyNotFoundException(
            $"There is no column '{name}'. There are: {string.Join(", ", _columns.Select(static c => c.Name))}.");

    /// <summary>The data set with a column of floats added.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="values">[samples, …]; the tensor must not be changed afterwards.</param>
    /// <exception cref="ArgumentException">The name is taken, or there are more or fewer samples.</exception>
    /// <exception cref="InvalidDataException">An element is NaN or infinite; the message names the sample.</exception>
    public Dataset With(string name, Tensor values)
    {
        RequireColumn(name, values.Extents);
        var column = new Column(name, values.Extents[1..], values.Data);
        RequireFinite(column, values);
        return new Dataset(values.Shape[0], _columns.Append(column));
    }

    /// <summary>The data set with a column of ints added.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="values">[samples, …]; the tensor must not be changed afterwards.</param>
    /// <exception cref="ArgumentException">The name is taken, or there are more or fewer samples.</exception>
    public Dataset With(string name, IntTensor values)
    {
        RequireColumn(name, values.Extents);
        return new Dataset(values.Shape[0], _columns.Append(new Column(name, values.Extents[1..], values.Data)));
    }

    /// <summary>The data set with floats added that all samples share and that have no axis for samples: weights of classes, a
    /// temperature.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="values">What an input of the model takes as a whole; the tensor must not be changed afterwards.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    /// <exception cref="InvalidDataException">An element is NaN or infinite.</exception>
    /// <example><code>
    /// new Dataset().With("image", images).With("label", labels).WithConstant("weights", new Tensor([1f, 4f, 2f], 3))
    /// </code></example>
    public Dataset WithConstant(string name, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        RequireName(name);
        var column = new Column(name, values.Extents, values.Data, isConstant: true);
        RequireFinite(column, values);
        return new Dataset(Count, _columns.Append(column));
    }

    /// <summary>The data set with ints added that all samples share and that have no axis for samples.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="values">What an input of the model takes as a whole; the tensor must not be changed afterwards.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public Dataset WithConstant(string name, IntTensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        RequireName(name);
        return new Dataset(Count, _columns.Append(new Column(name, values.Extents, values.Data, isConstant: true)));
    }

    /// <summary>The data set with a column of floats added that is computed, sample by sample, whenever a batch is put together: of
    /// files too large for memory, or of what is stored, altered anew in every epoch (augmentation).</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="samples">How many samples there are.</param>
    /// <param name="shape">The shape of one sample.</param>
    /// <param name="read">Computes the values of a sample. They are checked as they come.</param>
    /// <exception cref="ArgumentException">The name is taken, or there are more or fewer samples.</exception>
    /// <example><code>
    /// Dataset shifted = new Dataset()
    ///     .With("image", count, [1, 28, 28], (int sample, ref SampleRandom random, Span&lt;float&gt; image) =&gt;
    ///         Shift(images[sample], random.Next(5) - 2, random.Next(5) - 2, image))
    ///     .With("digit", digits);
    /// </code></example>
    public Dataset With(string name, int samples, ReadOnlySpan<int> shape, SampleReader<float> read) =>
        Computed(name, samples, shape, read);

    /// <summary>The data set with a column of ints added that is computed, sample by sample.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="samples">How many samples there are.</param>
    /// <param name="shape">The shape of one sample; empty for one number.</param>
    /// <param name="read">Computes the values of a sample. Where they are lengths of sequences, random numbers must not change
    /// them.</param>
    /// <exception cref="ArgumentException">The name is taken, or there are more or fewer samples.</exception>
    public Dataset With(string name, int samples, ReadOnlySpan<int> shape, SampleReader<int> read) =>
        Computed(name, samples, shape, read);

    private Dataset Computed<T>(string name, int samples, ReadOnlySpan<int> shape, SampleReader<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        RequireColumn(name, [samples, .. shape]);
        return new Dataset(samples, _columns.Append(Column.Of(name, shape, read)));
    }

    /// <summary>Some consecutive samples, copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all there.</exception>
    public Dataset Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - start);
        return Take([.. Enumerable.Range(start, count)]);
    }

    /// <summary>Splits the samples at random into two parts, for example to hold some out. The same seed gives the same
    /// parts.</summary>
    /// <param name="fraction">The first part's share of the samples, between 0 and 1.</param>
    /// <param name="seed">Which of the splits.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    public (Dataset First, Dataset Second) Split(double fraction, ulong seed)
    {
        if (!(fraction >= 0 && fraction <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "A fraction is between 0 and 1.");
        }

        int[] order = new int[Count];
        Shuffle(order, seed, SplitStream);
        int first = (int)Math.Round(fraction * Count);
        return (Take(order.AsSpan(0, first)), Take(order.AsSpan(first)));
    }

    /// <summary>The permutation of an epoch or a split: Fisher and Yates, with numbers that depend on (seed, stream)
    /// only.</summary>
    internal static void Shuffle(Span<int> order, ulong seed, ulong stream)
    {
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        var random = new PhiloxStream(seed, stream);
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = (int)random.NextBelow((uint)i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }

    // Epochs use the streams 0, 1, …; a split with the same seed must not repeat one of them.
    private const ulong SplitStream = ulong.MaxValue;

    private Dataset Take(ReadOnlySpan<int> rows)
    {
        var taken = new List<Column>();
        foreach (Column column in _columns)
        {
            taken.Add(column.Take(rows));
        }

        return new Dataset(rows.Length, taken);
    }

    private static void RequireFinite(Column column, Tensor values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values.Values[i]))
            {
                string sample = column.IsConstant ? "" : FormattableString.Invariant($"sample {i / column.RowLength}, ");
                throw new InvalidDataException(FormattableString.Invariant(
                    $"Column '{column.Name}': {sample}element {i % column.RowLength}: expected a finite number, found {values.Values[i]}."));
            }
        }
    }

    private void RequireColumn(string name, ReadOnlySpan<int> shape)
    {
        RequireName(name);
        bool isCounted = _columns.Exists(static c => !c.IsConstant);
        if (shape.Length == 0 || (isCounted && shape[0] != Count))
        {
            throw new ArgumentException($"Column '{name}' has shape {Shapes.Print(shape)}; expected "
                + (isCounted ? $"[{Count}, …], as many samples as the others." : "[samples, …]."));
        }
    }

    private void RequireName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_columns.Exists(c => c.Name == name))
        {
            throw new ArgumentException($"There already is a column '{name}'.", nameof(name));
        }
    }
}
