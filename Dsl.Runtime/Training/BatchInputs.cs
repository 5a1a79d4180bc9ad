using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dsl.Data;
using Dsl.Plans;
using Dsl.Sessions;

namespace Dsl;

/// <summary>
/// Feeds a program's inputs from samples: finds out which symbolic size is the batch and what the others are, gathers
/// samples
/// into buffers of its own, and refuses values that would spoil a model. After construction nothing is allocated.
/// </summary>
internal sealed partial class BatchInputs
{
    private readonly ITrainingSession _session;
    private readonly EntryPoint _entry;
    private readonly TensorPlan[] _inputs;
    private readonly int[] _columns;
    private readonly Dataset _data;
    private readonly string _set;
    private readonly (string Name, int Value)[] _sizes;
    private readonly int _batchSize;
    private readonly float[]?[] _floats;
    private readonly int[]?[] _ints;

    /// <summary>For each input how many elements of a sample a position has; 0 where it has no padded positions.</summary>
    private readonly int[] _rows;

    /// <summary>The input that has the lengths of padded sequences; -1: batches are not cut.</summary>
    private readonly int _lengths = -1;
    private readonly int _positions;

    /// <param name="session">What is fed.</param>
    /// <param name="entry">What is run.</param>
    /// <param name="program">The program of <paramref name="entry"/>.</param>
    /// <param name="columns">Which column of <paramref name="data"/> each input of the program is.</param>
    /// <param name="data">The samples.</param>
    /// <param name="set">What messages call the samples.</param>
    /// <param name="capacity">The most samples of a batch.</param>
    /// <param name="cuts">Whether batches of padded sequences are cut to the longest one.</param>
    /// <exception cref="ArgumentException">The samples do not have the shapes that the model takes.</exception>
    public BatchInputs(
        ITrainingSession session,
        EntryPoint entry,
        Program program,
        int[] columns,
        Dataset data,
        string set,
        int capacity,
        bool cuts = true)
    {
        (_session, _entry, _columns, _data, _set) = (session, entry, columns, data, set);
        _inputs = [.. program.Inputs];
        _floats = new float[_inputs.Length][];
        _ints = new int[_inputs.Length][];
        Sizes = SizesOf(program, columns, data, set);
        _sizes = [.. program.Symbols.Select(s => (s, Sizes[s]))];
        _batchSize = Array.FindIndex(_sizes, s => s.Name == BatchSymbol(program));
        _rows = new int[_inputs.Length];
        if (cuts && Array.FindIndex(_inputs, static i => i.LengthsOf is not null) is >= 0 and var of
            && CanCut(_inputs[of].LengthsOf!))
        {
            _lengths = of;
            _positions = Array.FindIndex(_sizes, s => s.Name == _inputs[of].LengthsOf);
            for (int i = 0; i < _inputs.Length; i++)
            {
                _rows[i] = !IsConstant(i) && IsSequence(_inputs[i]) ? data.Columns[columns[i]].RowLength / _sizes[_positions].Value : 0;
            }
        }

        for (int i = 0; i < _inputs.Length; i++)
        {
            Column column = data.Columns[columns[i]];
            int length = checked((column.IsConstant ? 1 : capacity) * column.RowLength);
            if (_inputs[i].Integers)
            {
                _ints[i] = new int[length];
            }
            else
            {
                _floats[i] = new float[length];
            }

            if (column is { IsConstant: true, Integers: true })
            {
                Check(i, 0, column.Ints);
                column.Ints.CopyTo(_ints[i]);
            }
            else if (column.IsConstant)
            {
                column.Floats.CopyTo(_floats[i]);
            }
        }
    }

    /// <summary>The values of the program's symbols for a batch of one sample.</summary>
    public SizeValues Sizes { get; }

    /// <summary>Gathers samples, hands them to the session and runs it.</summary>
    /// <param name="samples">Which.</param>
    /// <param name="seed">With <paramref name="epoch"/>, what columns that are computed draw their numbers from.</param>
    /// <param name="epoch">The epoch.</param>
    /// <exception cref="InvalidDataException">A computed value is not finite, or a label out of range; the session was not
    /// begun.</exception>
    public void Run(ReadOnlySpan<int> samples, ulong seed, int epoch)
    {
        _sizes[_batchSize].Value = samples.Length;
        if (_lengths >= 0)
        {
            int longest = 1;
            Gather(_lengths, _ints[_lengths], samples, seed, epoch);
            foreach (int length in _ints[_lengths].AsSpan(0, samples.Length))
            {
                longest = Math.Max(longest, length);
            }

            _sizes[_positions].Value = longest;
        }

        for (int i = 0; i < _inputs.Length; i++)
        {
            Gather(i, _ints[i], samples, seed, epoch);
            Gather(i, _floats[i], samples, seed, epoch);
        }

        _session.Begin(_entry, _sizes);
        for (int i = 0; i < _inputs.Length; i++)
        {
            if (_ints[i] is not null)
            {
                _session.Write(i, new ReadOnlySpan<int>(_ints[i], 0, Width(i) * (IsConstant(i) ? 1 : samples.Length)));
            }
            else
            {
                _session.Write(i, new ReadOnlySpan<float>(_floats[i], 0, Width(i) * (IsConstant(i) ? 1 : samples.Length)));
            }
        }

        _session.Run();
    }

    /// <summary>The ints of a sample of the batch that was run last; of a padded sequence as many positions as the longest has.</summary>
    /// <param name="input">The input.</param>
    /// <param name="at">The sample's place in the batch.</param>
    public ReadOnlySpan<int> Ints(int input, int at) => _ints[input].AsSpan(at * Width(input), Width(input));

    private bool IsConstant(int input) => _data.Columns[_columns[input]].IsConstant;

    /// <summary>How many elements of a sample an input takes in this batch.</summary>
    private int Width(int input) =>
        _rows[input] > 0 ? _rows[input] * _sizes[_positions].Value : _data.Columns[_columns[input]].RowLength;

    private void Gather<T>(int input, T[]? buffer, ReadOnlySpan<int> samples, ulong seed, int epoch)
        where T : struct
    {
        if (buffer is null || IsConstant(input))
        {
            return;
        }

        Column column = _data.Columns[_columns[input]];
        int width = Width(input);
        for (int s = 0; s < samples.Length; s++)
        {
            var random = new SampleRandom(seed, epoch, samples[s]);
            if (column.Computed)
            {
                // All of it: where the batch is cut, what is behind the cut lies where the next samples go.
                Span<T> row = buffer.AsSpan(s * width, column.RowLength);
                column.Read(samples[s], ref random, row);
                Check(input, samples[s], (ReadOnlySpan<T>)row);
            }
            else
            {
                column.Read(samples[s], ref random, buffer.AsSpan(s * width, width));
            }
        }
    }

    /// <summary>Whether every input that depends on a size has it as its second extent, and nowhere else.</summary>
    private bool CanCut(string size) => _inputs.Index()
        .All(i => (IsSequence(i.Item) && !IsConstant(i.Index)) || !i.Item.Shape.Any(d => d.Mentions(size)));

    private bool IsSequence(TensorPlan input) =>
        _inputs.First(static i => i.LengthsOf is not null).LengthsOf is { } size && input.Shape.Length > 1
        && input.Shape[1].Equals(Size.Symbol(size)) && !input.Shape.Where((_, axis) => axis != 1).Any(d => d.Mentions(size));

    /// <summary>Which column each input of a program takes: the one of its name, or, when no column has the name of an input and there
    /// are as many, all in order.</summary>
    /// <exception cref="ArgumentException">Some inputs have no column of their name, or there are fewer columns than
    /// inputs.</exception>
    public static int[] ColumnsOf(Program program, Dataset data, string set)
    {
        string[] names = [.. data.Columns.Select(static c => c.Name)];
        int[] columns = [.. program.Inputs.Select(i => Array.IndexOf(names, i.Name))];
        if (!columns.Contains(-1))
        {
            return columns;
        }

        if (columns.All(static c => c == -1) && names.Length == columns.Length)
        {
            return [.. Enumerable.Range(0, columns.Length)];
        }

        string missing = program.Inputs[Array.IndexOf(columns, -1)].Name;
        string near = NearNames.Of(missing, names.Where((_, i) => !columns.Contains(i))) is [var name, ..]
            ? $" Did you mean '{name}' to be it?" : "";
        throw new ArgumentException(
            $"The {set} set has no column '{missing}': it has {string.Join(", ", names)}, and the model takes {Describe(program.Inputs)}. "
            + "Give every input a column of its name, or none, and as many columns as inputs in their order." + near);
    }

    /// <summary>Finds every symbol among the extents of samples, and checks all extents against it.</summary>
    /// <returns>The values of the program's symbols for a batch of one.</returns>
    /// <exception cref="ArgumentException">The samples do not have the shapes that the model takes.</exception>
    public static SizeValues SizesOf(Program program, int[] columns, Dataset data, string set)
    {
        var sizes = new SizeValues(program.Symbols);
        for (int i = 0; i < columns.Length; i++)
        {
            if (data.Columns[columns[i]].IsConstant && (i == 0 || program.Inputs[i].Shape.Any(s => s.Mentions(BatchSymbol(program)))))
            {
                throw new ArgumentException(
                    $"Input '{Describe([program.Inputs[i]])}' has the batch as first extent, but '{data.Columns[columns[i]].Name}' of the "
                    + $"{set} set is a constant, without an axis for samples.");
            }
        }

        int[][] shapes = [.. columns.Select(c => data.Columns[c].IsConstant
            ? (int[])[.. data.Columns[c].Shape] : [1, .. data.Columns[c].Shape])];
        for (int i = 0; i < columns.Length; i++)
        {
            TensorPlan input = program.Inputs[i];
            if (shapes[i].Length != input.Shape.Length || data.Columns[columns[i]].Integers != input.Integers)
            {
                throw Mismatch(input, data.Columns[columns[i]], set);
            }

            for (int axis = 0; axis < shapes[i].Length; axis++)
            {
                Size extent = input.Shape[axis];
                if (extent.Symbols.Take(2).ToArray() is [var symbol] && sizes[symbol] == 0)
                {
                    sizes[symbol] = Reaching(extent, symbol, shapes[i][axis]);
                }
            }
        }

        if (!program.Symbols.Contains(BatchSymbol(program)) || program.Symbols.Any(s => sizes[s] == 0))
        {
            throw new ArgumentException(
                "A trainer needs the batch as first extent of the first input and of every other that is not constant, and every other "
                + $"size alone in an extent: found {Describe(program.Inputs)}.");
        }

        for (int i = 0; i < columns.Length; i++)
        {
            if (!program.Inputs[i].Shape.Select(s => (int)s.Evaluate(sizes)).SequenceEqual(shapes[i]))
            {
                throw Mismatch(program.Inputs[i], data.Columns[columns[i]], set);
            }
        }

        return sizes;
    }

    /// <summary>The least value of a symbol with which an extent, 8·h, reaches a length. Extents grow with their symbols,
    /// so halving finds it, whatever the formula.</summary>
    private static int Reaching(Size extent, string symbol, int length)
    {
        var one = new SizeValues([symbol]);
        (int low, int high) = (1, Math.Max(1, length));
        while (low < high)
        {
            one[symbol] = low + ((high - low) / 2);
            (low, high) = extent.Evaluate(one) < length ? (one[symbol] + 1, high) : (low, one[symbol]);
        }

        return low;
    }

    /// <summary>The symbolic size that counts samples: the first extent of the first input.</summary>
    public static string BatchSymbol(Program program) => program.Inputs[0].Shape[0].ToString();

    private static ArgumentException Mismatch(TensorPlan input, Column column, string set) => new(
        $"Input '{Describe([input])}' does not fit "
        + (column.IsConstant
            ? $"the constant '{column.Name}' of the {set} set, which is [{string.Join(", ", column.Shape)}]: extents and element types must agree."
            : $"a sample of the {set} set, which is [{string.Join(", ", column.Shape)}]: the first extent is the batch, "
                + "the others are the sample's, and the element types must agree. What all samples share is added by WithConstant."));

    private static string Describe(IEnumerable<TensorPlan> inputs) => string.Join("; ", inputs.Select(static i =>
        $"{(i.Integers ? "int" : "float")} {i.Name} [{string.Join(", ", i.Shape.Select(static s => s.ToString()))}]"));
}
