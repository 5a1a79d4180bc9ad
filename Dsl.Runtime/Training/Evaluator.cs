using System;
using System.Linq;
using Dsl.Data;
using Dsl.Plans;
using Dsl.Sessions;

namespace Dsl;

/// <summary>Measures the mean loss and the accuracy on a set of samples, in their own order.</summary>
internal sealed class Evaluator
{
    /// <summary>Columns that are computed draw the same numbers in every evaluation, and other ones than in training.</summary>
    private const ulong Seed = 0;
    private const int Epoch = int.MaxValue;

    private readonly ITrainingSession _session;
    private readonly int[] _samples;
    private readonly int _batchSize;
    private readonly BatchInputs _loss;
    private readonly BatchInputs? _forward;
    private readonly float[] _scores = [];

    /// <summary>The input of the loss that has the labels, and how many of them a position of a sequence has.</summary>
    private readonly int _labels, _labelsOfPosition;
    private readonly int? _ignored;
    private readonly int _outer, _classes, _inner;

    /// <summary>The input that has the lengths of padded sequences that have a label for each position; -1: none.</summary>
    private readonly int _lengths = -1;

    /// <exception cref="ArgumentException">The samples do not fit, or the model has no loss.</exception>
    public Evaluator(ITrainingSession session, Dataset data, string set, int batchSize)
    {
        (_session, _batchSize) = (session, Math.Min(batchSize, Math.Max(1, data.Count)));
        _samples = Enumerable.Range(0, data.Count).ToArray();
        CompiledModel model = session.Compiled;
        Program loss = model.Loss ?? throw new ArgumentException($"'{model.Name}' has no Loss to measure.");
        int[] lossColumns = BatchInputs.ColumnsOf(loss, data, set);
        _loss = new BatchInputs(session, EntryPoint.Loss, loss, lossColumns, data, set, _batchSize);

        // Scores can be compared with labels when the loss takes just one int tensor that Forward does not, and that samples differ in.
        string[] names = model.Forward.Inputs.Select(static i => i.Name).ToArray();
        int[] labels = Enumerable.Range(0, loss.Inputs.Count)
            .Where(i => loss.Inputs[i].Integers && !names.Contains(loss.Inputs[i].Name) && !data.Columns[lossColumns[i]].IsConstant)
            .ToArray();
        int[] columns = names.Select(n => loss.Inputs.Select(static i => i.Name).ToList().IndexOf(n)).ToArray();
        if (labels.Length != 1 || columns.Contains(-1))
        {
            return;
        }

        Column label = data.Columns[lossColumns[labels[0]]];
        int[] forwardColumns = Array.ConvertAll(columns, c => lossColumns[c]);
        var forward = new BatchInputs(
            session, EntryPoint.Forward, model.Forward, forwardColumns, data, set, _batchSize, CutsScores(model.Forward));
        int[] scores = model.Forward.Outputs[0].Shape.Select(s => (int)s.Evaluate(forward.Sizes)).ToArray();
        int axis = ClassAxis(scores, [.. label.Shape], loss.Inputs[labels[0]].Limit);
        if (axis > 0)
        {
            _forward = forward;
            TensorPlan positions = loss.Inputs[labels[0]];
            _lengths = Enumerable.Range(0, loss.Inputs.Count).FirstOrDefault(
                i => loss.Inputs[i].LengthsOf is { } size && positions.Shape.Length > 1 && positions.Shape[1].Mentions(size), -1);
            (_labels, _labelsOfPosition) = (labels[0], label.Shape.Count == 0 ? 1 : label.RowLength / Math.Max(1, label.Shape[0]));
            _ignored = loss.Inputs[labels[0]].Ignored;
            _scores = new float[checked(_batchSize * Shapes.LengthOf(scores))];
            (_outer, _classes, _inner) = (
                Shapes.LengthOf(scores.AsSpan(1, axis - 1)), scores[axis], Shapes.LengthOf(scores.AsSpan(axis + 1)));
        }
    }

    /// <summary>Whether the loss takes labels that the scores can be compared with.</summary>
    public bool HasAccuracy => _forward is not null;

    /// <summary>Runs over all samples.</summary>
    public Evaluation Run()
    {
        double loss = 0;
        long right = 0;
        long counted = 0;
        for (int begin = 0; begin < _samples.Length; begin += _batchSize)
        {
            ReadOnlySpan<int> samples = _samples.AsSpan(begin, Math.Min(_batchSize, _samples.Length - begin));
            _loss.Check(samples);
            _loss.Run(samples, Seed, Epoch);
            loss += (double)_session.ReadScalar() * samples.Length;
            if (_forward is not null)
            {
                _forward.Run(samples, Seed, Epoch);
                int length = _outer * _classes * _inner;
                _session.Read(0, _scores.AsSpan(0, samples.Length * length));
                for (int s = 0; s < samples.Length; s++)
                {
                    ReadOnlySpan<int> labels = _loss.Ints(_labels, s);
                    int there = _lengths < 0 ? labels.Length : _labelsOfPosition * _loss.Ints(_lengths, s)[0];
                    right += Right(_scores.AsSpan(s * length, length), labels, there);
                    counted += there - (_ignored is { } ignored ? labels[..there].Count(ignored) : 0);
                }
            }
        }

        return new Evaluation(
            loss / _samples.Length, _forward is null ? double.NaN : right / (double)counted, _samples.Length);
    }

    /// <summary>The axis of the scores, batch included, that the labels do not have; 0 when there is none. The last where
    /// several are as long: classes come last, as in <c>CrossEntropy</c>.</summary>
    internal static int ClassAxis(int[] scores, ReadOnlySpan<int> labels, int classes)
    {
        for (int axis = scores.Length - 1; axis > 0 && scores.Length == labels.Length + 2; axis--)
        {
            int[] rest = [.. scores[1..axis], .. scores[(axis + 1)..]];
            if (labels.SequenceEqual(rest) && (classes == 0 || scores[axis] == classes))
            {
                return axis;
            }
        }

        return 0;
    }

    /// <summary>Whether batches can be cut to their longest sequence: not where each position has scores, which are read at
    /// their places.</summary>
    private static bool CutsScores(Program forward) => forward.Inputs.All(
        i => i.LengthsOf is not { } size || !forward.Outputs[0].Shape.Any(d => d.Mentions(size)));

    private int Right(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, int there)
    {
        int right = 0;
        for (int o = 0; o < _outer; o++)
        {
            for (int i = 0; i < _inner; i++)
            {
                ReadOnlySpan<float> of = scores[((o * _classes * _inner) + i)..];
                int best = 0;
                for (int c = 1; c < _classes; c++)
                {
                    best = of[c * _inner] > of[best * _inner] ? c : best;
                }

                int at = (o * _inner) + i;
                right += at < there && labels[at] == best && labels[at] != _ignored ? 1 : 0;
            }
        }

        return right;
    }
}
