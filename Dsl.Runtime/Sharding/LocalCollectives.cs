using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace Dsl.Sharding;

/// <summary>
/// Ranks that are threads of one process: <see cref="Run"/> starts them. Values are combined in the order of ranks, so results do
/// not depend on timing.
/// </summary>
public sealed unsafe class LocalCollectives : ICollectives
{
    private readonly Group _group;
    private float[] _result = [];

    private LocalCollectives(Group group, int rank) => (_group, Rank) = (group, rank);

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Ranks => _group.Ranks;

    /// <summary>Runs the same on a thread for each rank, and returns when all have ended. When one fails, so do the others at their
    /// next collective operation, and its exception is thrown.</summary>
    /// <param name="ranks">How many, 1 or more.</param>
    /// <param name="body">What each does; sessions belong into it, with its argument as
    /// <see cref="Sessions.SessionOptions.Collectives"/>.</param>
    public static void Run(int ranks, Action<ICollectives> body)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ranks, 1);
        ArgumentNullException.ThrowIfNull(body);
        using var group = new Group(ranks);
        Thread[] threads = [.. Enumerable.Range(0, ranks).Select(rank => new Thread(() => Guarded(group, rank, body))
        {
            Name = $"rank {rank}", IsBackground = true,
        })];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        group.Failure?.Throw();
    }

    /// <inheritdoc/>
    public void AllGather(ReadOnlySpan<float> mine, Span<float> all)
    {
        Require(all.Length == mine.Length * (long)Ranks, $"{all.Length} values are not {Ranks} times {mine.Length}", nameof(all));
        fixed (float* from = mine)
        {
            _group.Meet(Rank, "AllGather", from, mine.Length);
            for (int rank = 0; rank < Ranks; rank++)
            {
                _group.Values(rank, mine.Length).CopyTo(all.Slice(rank * mine.Length, mine.Length));
            }

            _group.Leave();
        }
    }

    /// <inheritdoc/>
    public void AllReduce(Span<float> values, Reduction reduction)
    {
        Span<float> result = Room(values.Length);
        fixed (float* from = values)
        {
            _group.Meet(Rank, reduction == Reduction.Sum ? "AllReduce of sums" : "AllReduce of maxima", from, values.Length);
            Reduce(result, 0, reduction);
            _group.Leave();
        }

        result.CopyTo(values);
    }

    /// <inheritdoc/>
    public void ReduceScatter(ReadOnlySpan<float> all, Span<float> mine)
    {
        Require(all.Length == mine.Length * (long)Ranks, $"{all.Length} values are not {Ranks} times {mine.Length}", nameof(all));
        fixed (float* from = all)
        {
            _group.Meet(Rank, "ReduceScatter", from, all.Length);
            Reduce(mine, Rank * mine.Length, Reduction.Sum);
            _group.Leave();
        }
    }

    private static void Guarded(Group group, int rank, Action<ICollectives> body)
    {
        try
        {
            body(new LocalCollectives(group, rank));
            group.End(rank);
        }
        catch (Exception exception)
        {
            group.Fail(exception);
        }
    }

    private static void Require(bool holds, string what, string argument)
    {
        if (!holds)
        {
            throw new ArgumentException(what + ".", argument);
        }
    }

    private void Reduce(Span<float> result, int from, Reduction reduction)
    {
        _group.Values(0, from + result.Length)[from..].CopyTo(result);
        for (int rank = 1; rank < Ranks; rank++)
        {
            ReadOnlySpan<float> other = _group.Values(rank, from + result.Length)[from..];
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = reduction == Reduction.Sum ? result[i] + other[i] : MathF.Max(result[i], other[i]);
            }
        }
    }

    private Span<float> Room(int length)
    {
        if (_result.Length < length)
        {
            _result = new float[length];
        }

        return _result.AsSpan(0, length);
    }

    /// <summary>What the ranks of one run share: where the values of each are, and when all are there.</summary>
    private sealed class Group(int ranks) : IDisposable
    {
        private readonly Barrier _barrier = new(ranks);
        private readonly CancellationTokenSource _failed = new();
        private readonly (string Operation, nint Values, int Length)[] _calls = new (string, nint, int)[ranks];

        public int Ranks => ranks;

        public ExceptionDispatchInfo? Failure { get; private set; }

        /// <summary>Shows the values of a rank to the others, and waits until all ranks have shown theirs.</summary>
        public void Meet(int rank, string operation, float* values, int length)
        {
            _calls[rank] = (operation, (nint)values, length);
            Wait();
            for (int other = 0; other < ranks; other++)
            {
                if (_calls[other].Operation != operation || _calls[other].Length != length)
                {
                    throw new InvalidOperationException(
                        $"Rank {rank} calls {operation} of {length} values, rank {other} {_calls[other].Operation} of "
                        + $"{_calls[other].Length}: all ranks must do the same, with batches of one size.");
                }
            }
        }

        /// <summary>Waits until all ranks have read.</summary>
        public void Leave() => Wait();

        public ReadOnlySpan<float> Values(int rank, int length) => new((void*)_calls[rank].Values, length);

        /// <summary>A rank that has ended makes no further call: who still waits for it has failed.</summary>
        public void End(int rank)
        {
            _calls[rank] = ("nothing", 0, 0);
            Wait();
            for (int other = 0; other < ranks; other++)
            {
                if (_calls[other].Operation != "nothing")
                {
                    throw new InvalidOperationException(
                        $"Rank {rank} has ended, but rank {other} calls {_calls[other].Operation}: all ranks must do the same.");
                }
            }
        }

        public void Fail(Exception exception)
        {
            lock (_failed)
            {
                if (exception is not OperationCanceledException)
                {
                    Failure ??= ExceptionDispatchInfo.Capture(exception);
                }

                _failed.Cancel();
            }
        }

        public void Dispose()
        {
            _barrier.Dispose();
            _failed.Dispose();
        }

        private void Wait() => _barrier.SignalAndWait(_failed.Token);
    }
}
