using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Dsl.Data;
using Dsl.Plans;
using Dsl.Sessions;

namespace Dsl;

/// <summary>
/// Trains a session's model: epochs of shuffled batches, a validation after each, checkpoints. Training that was
/// stopped and
/// continued, even in the middle of an epoch, ends with the same bits as training in one go. A step allocates nothing.
/// </summary>
public sealed partial class Trainer : IDisposable
{
    private readonly ITrainingSession _session;
    private readonly ModelSession? _owned;
    private readonly TrainerOptions _options;
    private readonly Dataset _data;
    private readonly BatchInputs _inputs;
    private readonly SampleOrder _order;
    private readonly Evaluator? _validation;
    private int _epoch, _batch, _worse;
    private double _lossSum;
    private double? _best;
    private long _clock, _trained;

    /// <summary>Prepares training in a session of its own, as large as the samples and the options need.</summary>
    /// <param name="model">What learns.</param>
    /// <param name="device">Where; the host when null.</param>
    /// <param name="optimizer">How; it belongs to this trainer from now on.</param>
    /// <param name="train">The samples: a column for each parameter of <c>Loss</c>, by name or, when names differ, in
    /// order.</param>
    /// <param name="validation">Samples to measure after every epoch; null: none.</param>
    /// <param name="options">Null: one epoch of batches of 64.</param>
    /// <exception cref="ArgumentException">The model has no <c>Loss</c>, samples have other shapes than it takes, or
    /// there are none.</exception>
    public Trainer(
        IModel model,
        Device? device,
        Optimizer optimizer,
        Dataset train,
        Dataset? validation = null,
        TrainerOptions? options = null)
        : this(
            Session(model, device, optimizer, train, validation, options ??= new TrainerOptions()),
            train,
            validation,
            options,
            owns: true)
    {
    }

    /// <summary>Prepares training in a session that stays the caller's.</summary>
    /// <param name="session">The model on its device, created with an optimiser, and for batches at least as large as
    /// the options'.</param>
    /// <param name="train">The samples: a column for each parameter of <c>Loss</c>, by name or, when names differ, in
    /// order.</param>
    /// <param name="validation">Samples to measure after every epoch; null: none.</param>
    /// <param name="options">Null: one epoch of batches of 64.</param>
    /// <exception cref="ArgumentException">The model has no <c>Loss</c>, samples have other shapes than it takes, or
    /// there are none.</exception>
    /// <exception cref="InvalidOperationException">The session has no optimiser.</exception>
    public Trainer(ModelSession session, Dataset train, Dataset? validation = null, TrainerOptions? options = null)
        : this(new SessionMemory(session), train, validation, options ?? new TrainerOptions())
    {
    }

    internal Trainer(ITrainingSession session, Dataset train, Dataset? validation, TrainerOptions options, bool owns = false)
    {
        (_session, _data, _options) = (session, train, options);
        _owned = owns ? ((SessionMemory)session).Session : null;
        try
        {
            (_inputs, _order, _validation) = Prepare(session, train, validation, options);
        }
        catch
        {
            // Nobody else can, and nobody else could train the model.
            _owned?.Dispose();
            throw;
        }
    }

    private static (BatchInputs Inputs, SampleOrder Order, Evaluator? Validation) Prepare(
        ITrainingSession session, Dataset train, Dataset? validation, TrainerOptions options)
    {
        CompiledModel model = session.Compiled;
        Program program = model.Train ?? throw new ArgumentException($"'{model.Name}' has no Loss to train with.");
        if (train.Count == 0 || validation is { Count: 0 })
        {
            throw new ArgumentException("A set of samples is empty.");
        }

        if (options.Accumulate > 1 && !session.Optimizer.Accumulates)
        {
            throw new ArgumentException(
                $"Accumulate = {options.Accumulate} needs an array for the sum: create the optimiser with "
                + "Accumulates = true.");
        }

        int[] columns = BatchInputs.ColumnsOf(program, train, "training");
        var inputs = new BatchInputs(
            session, EntryPoint.Train, program, columns, train, "training", options.BatchSize);
        SampleOrder order = options.GroupByLength
            ? new SampleOrder(Lengths(program, columns, train, options), options.Seed, options.BatchSize)
            : new SampleOrder(train.Count, options.Seed, options.Shuffle);
        Evaluator? evaluator = validation is null ? null : new Evaluator(session, validation, "validation", options.BatchSize);
        if (options.Metric == TrainingMetric.Accuracy && evaluator is { HasAccuracy: false })
        {
            throw new ArgumentException(
                $"'{model.Name}' has no accuracy: its Loss does not take labels [batch, …] for scores "
                + "[batch, classes, …]. Use TrainingMetric.Loss.");
        }

        if (options.Patience > 0 && validation is null)
        {
            throw new ArgumentException("Patience waits for a better validation: give samples for validation.");
        }

        foreach (string? path in new[] { options.CheckpointPath, options.BestPath })
        {
            if (path is not null && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            {
                throw new DirectoryNotFoundException($"'{path}' cannot be written later: there is no folder '{folder}'.");
            }
        }

        session.Seed = options.Seed;
        session.Optimizer.Bind(session);
        return (inputs, order, evaluator);
    }

    /// <summary>What the model would be better off without, for people: a margin that this run is too short for.</summary>
    public IReadOnlyList<string> Warnings => [.. _session.Parameters
        .Select(p => p.Annealing?.Warning(p.Name[..p.Name.LastIndexOf('.')], Steps))
        .OfType<string>()];

    /// <summary>Epochs that are complete.</summary>
    public int Epoch => _epoch;

    /// <summary>Whether <see cref="TrainerOptions.Patience"/> is over.</summary>
    public bool HasStoppedEarly => _options.Patience > 0 && _worse >= _options.Patience;

    /// <summary>Batches of the present epoch that are done.</summary>
    public int Batch => _batch;

    /// <summary>Batches of an epoch.</summary>
    public int Batches => (_data.Count + _options.BatchSize - 1) / _options.BatchSize;

    /// <summary>Steps of the whole run.</summary>
    private long Steps => (long)_options.Epochs * ((Batches + _options.Accumulate - 1) / _options.Accumulate);

    private Optimizer Optimizer => _session.Optimizer;

    /// <summary>Frees the session, if the trainer made it; the model keeps what it learned.</summary>
    public void Dispose() => _owned?.Dispose();

    /// <summary>Trains until all epochs are complete, or patience is over, which only a larger
    /// <see cref="TrainerOptions.Patience"/> continues. When it is cancelled it stands between two steps, and a second call goes on
    /// from there; the model's parameters are those of the last step.</summary>
    /// <param name="progress">Told after every step and every epoch, on this thread.</param>
    /// <param name="cancellation">Asked before every step; a checkpoint is saved first.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="System.IO.InvalidDataException">A sample is not finite or a label out of range; nothing was
    /// changed by its
    /// step.</exception>
    /// <exception cref="NotFiniteNumberException">The loss or the norm of the gradients is not finite; no parameter was
    /// changed.</exception>
    public void Run(IProgress<TrainProgress>? progress = null, CancellationToken cancellation = default)
    {
        (_clock, _trained) = (Stopwatch.GetTimestamp(), 0);
        while (_epoch < _options.Epochs && !HasStoppedEarly)
        {
            TrainEpoch(progress, cancellation);
            EndEpoch(progress);
        }
    }

    /// <summary>Measures a session's model on a set of samples, in their own order.</summary>
    /// <param name="session">Any session of a model with a <c>Loss</c>.</param>
    /// <param name="data">A column for each parameter of <c>Loss</c>.</param>
    /// <param name="batchSize">Samples at a time; 0: as many as the session was made for.</param>
    /// <exception cref="ArgumentException">The samples do not fit, or the model has no loss.</exception>
    public static Evaluation Evaluate(ModelSession session, Dataset data, int batchSize = 0)
    {
        ArgumentNullException.ThrowIfNull(session);
        int batch = batchSize == 0 && session.Loaded(EntryPoint.Loss) is { } loss
            ? loss.Maximum[BatchInputs.BatchSymbol(loss.Program)] : batchSize;
        return new Evaluator(new SessionMemory(session), data, "evaluation", batch).Run();
    }

    private static SessionMemory Session(
        IModel model, Device? device, Optimizer optimizer, Dataset train, Dataset? validation, TrainerOptions options)
    {
        Program program = model.Compiled.Train
            ?? throw new ArgumentException($"'{model.Compiled.Name}' has no Loss to train with.", nameof(model));
        SizeValues sizes = BatchInputs.SizesOf(
            program, BatchInputs.ColumnsOf(program, train, "training"), train, "training");
        SizeValues other = validation is null ? sizes : BatchInputs.SizesOf(
            program, BatchInputs.ColumnsOf(program, validation, "validation"), validation, "validation");
        var maximum = new Sizes();
        foreach (string symbol in program.Symbols)
        {
            maximum[symbol] = symbol == BatchInputs.BatchSymbol(program)
                ? options.BatchSize
                : Math.Max(sizes[symbol], other[symbol]);
        }

        return new SessionMemory(
            model.NewSession(new SessionOptions { Device = device, Sizes = maximum, Optimizer = optimizer }));
    }

    /// <summary>How long each sample is.</summary>
    /// <exception cref="ArgumentException">The model has no lengths, or samples are not shuffled.</exception>
    private static int[] Lengths(Program program, int[] columns, Dataset train, TrainerOptions options)
    {
        int input = Enumerable.Range(0, program.Inputs.Count)
            .FirstOrDefault(i => program.Inputs[i].LengthsOf is not null, -1);
        return input < 0
            ? throw new ArgumentException("GroupByLength needs a model whose Loss has an input marked [Lengths].")
            : !options.Shuffle
            ? throw new ArgumentException("GroupByLength needs Shuffle.")
            : AllOf(train.Columns[columns[input]], train.Count, options.Seed);
    }

    private static int[] AllOf(Column column, int count, ulong seed)
    {
        var all = new int[count];
        for (int i = 0; i < count; i++)
        {
            var random = new SampleRandom(seed, 0, i);
            column.Read(i, ref random, all.AsSpan(i, 1));
        }

        return all;
    }

    private void TrainEpoch(IProgress<TrainProgress>? progress, CancellationToken cancellation)
    {
        ReadOnlySpan<int> order = _order.Of(_epoch);
        while (_batch < Batches)
        {
            if (cancellation.IsCancellationRequested)
            {
                SaveCheckpoint();
                cancellation.ThrowIfCancellationRequested();
            }

            int begin = _batch * _options.BatchSize;
            int batches = Math.Min(_options.Accumulate, Batches - _batch);
            int end = Math.Min(order.Length, begin + (batches * _options.BatchSize));
            float rate = Optimizer.LearningRate.At(Optimizer.Step);
            double loss = Step(order[begin..end]);
            _batch += batches;
            _lossSum += loss * (end - begin);
            _trained += end - begin;
            progress?.Report(Progress((float)loss, rate));
            if (_options.CheckpointEvery > 0 && Optimizer.Step % _options.CheckpointEvery == 0 && _batch < Batches)
            {
                SaveCheckpoint();
            }
        }
    }

    /// <summary>One step over one or more batches; the mean loss of their samples.</summary>
    private double Step(ReadOnlySpan<int> samples)
    {
        // All that are stored first: a step with a wrong sample costs nothing and leaves nothing to take back. What is
        // computed is checked as it comes.
        _inputs.Check(samples);
        if (_options.RedrawInterval > 0 && Optimizer.Step > 0 && Optimizer.Step % _options.RedrawInterval == 0)
        {
            RandomKey key = RandomKey.Of(_options.Seed, Optimizer.Step, 0);
            _session.Parameters.Redraw(((ulong)(uint)key.Word1 << 32) | (uint)key.Word0);
        }

        double sum = 0;
        try
        {
            for (int begin = 0; begin < samples.Length; begin += _options.BatchSize)
            {
                ReadOnlySpan<int> batch = samples.Slice(begin, Math.Min(_options.BatchSize, samples.Length - begin));
                _inputs.Run(batch, _options.Seed, _epoch);
                float loss = _session.ReadScalar();
                RequireFinite(loss, batch);
                // A batch that the optimiser will leave out does not count.
                sum += float.IsFinite(loss) ? (double)loss * batch.Length : 0;
                if (Optimizer.Accumulates)
                {
                    Optimizer.Accumulate((float)batch.Length / samples.Length);
                }
            }

            Optimizer.Update();
            return sum / samples.Length;
        }
        catch
        {
            // A sum that was begun belongs to a step that did not happen.
            Optimizer.Abandon();
            throw;
        }
    }

    private void RequireFinite(float loss, ReadOnlySpan<int> batch)
    {
        if (!float.IsFinite(loss) && !(Optimizer.SkipNonFinite && Optimizer.ClipNorm is not null))
        {
            string samples = string.Join(", ", batch.ToArray().Take(8)) + (batch.Length > 8 ? ", …" : "");
            throw new NotFiniteNumberException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Step {Optimizer.Step + 1}, epoch {_epoch}: the loss of samples {samples} is {loss}. ")
                + "No parameter was changed: lower the learning rate, or clip gradients with ClipNorm."
                + (_session as SessionMemory)?.Session.Spoilt(),
                loss);
        }
    }

    private void EndEpoch(IProgress<TrainProgress>? progress)
    {
        TrainProgress report = Progress((float)(_lossSum / _data.Count), Optimizer.LearningRate.At(Optimizer.Step));
        if (_validation is not null)
        {
            (Evaluation validation, bool best) = Validate(_validation);
            report = report with { Validation = validation, Best = best };
        }

        (_epoch, _batch, _lossSum) = (_epoch + 1, 0, 0);
        SaveCheckpoint();
        progress?.Report(report with { EpochEnds = true });
    }

    /// <summary>Measures the parameters, or their average when there is one, and saves the best.</summary>
    private (Evaluation Validation, bool Best) Validate(Evaluator evaluator)
    {
        bool average = Optimizer.AverageDecay is not null;
        if (average)
        {
            Optimizer.SwapAverage();
        }

        try
        {
            Evaluation evaluation = evaluator.Run();
            bool byLoss = _options.Metric == TrainingMetric.Loss;
            double value = byLoss ? evaluation.Loss : evaluation.Accuracy;
            bool best = !double.IsNaN(value)
                && (_best is not double before || (byLoss ? value < before : value > before));
            _worse = best ? 0 : _worse + 1;
            if (best)
            {
                _best = value;
                SaveBest();
            }

            return (evaluation, best);
        }
        finally
        {
            if (average)
            {
                Optimizer.SwapAverage();
            }
        }
    }

    private TrainProgress Progress(float loss, float rate) => new()
    {
        Epoch = _epoch,
        Batch = _batch,
        Batches = Batches,
        Step = Optimizer.Step,
        Loss = loss,
        LearningRate = rate,
        GradientNorm = Optimizer.GradientNorm,
        SamplesPerSecond = _trained / Math.Max(1e-9, Stopwatch.GetElapsedTime(_clock).TotalSeconds),
    };
}
