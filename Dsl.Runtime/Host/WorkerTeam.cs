using System;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace Dsl.Host;

/// <summary>What a team does together: every worker calls it with its own number.</summary>
internal interface ITeamWork
{
    /// <summary>The share of one worker.</summary>
    void Run(int worker);
}

/// <summary>
/// Threads that wait for work by spinning, then yielding, and go to sleep after a while: starting work costs a
/// fraction of a
/// microsecond while steps follow each other, and nothing is burnt between them. The caller is worker 0.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private const int Spins = 2000;
    private static readonly long s_patience = Stopwatch.Frequency / 5000;

    private readonly Worker[] _workers;
    private ITeamWork? _work;
    private volatile int _generation;
    private volatile bool _stopping;

    /// <param name="threads">How many workers, the caller included.</param>
    public WorkerTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _workers = new Worker[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Worker(this, i + 1);
        }

        foreach (Worker worker in _workers)
        {
            worker.Start();
        }
    }

    /// <summary>How many workers, the caller included.</summary>
    public int Threads => _workers.Length + 1;

    /// <summary>Runs the work on every worker and returns when all have finished. Allocates nothing.</summary>
    /// <remarks>What a worker throws is thrown here, the lowest worker's first.</remarks>
    public void Run(ITeamWork work)
    {
        if (_workers.Length == 0)
        {
            work.Run(0);
            return;
        }

        _work = work;
        int generation = Interlocked.Increment(ref _generation);
        foreach (Worker worker in _workers)
        {
            worker.Wake();
        }

        try
        {
            work.Run(0);
        }
        finally
        {
            // Even when the caller's share failed: the others still use what the caller owns.
            foreach (Worker worker in _workers)
            {
                worker.Await(generation);
            }

            _work = null;
        }

        foreach (Worker worker in _workers)
        {
            worker.Rethrow();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        Interlocked.Increment(ref _generation);
        foreach (Worker worker in _workers)
        {
            worker.Wake();
            worker.Dispose();
        }
    }

    private sealed class Worker : IDisposable
    {
        private readonly WorkerTeam _team;
        private readonly int _number;
        private readonly Thread _thread;
        private readonly SemaphoreSlim _bell = new(0);
        private ExceptionDispatchInfo? _failure;
        private int _asleep;
        private volatile int _finished;

        public Worker(WorkerTeam team, int number)
        {
            _team = team;
            _number = number;
            _thread = new Thread(Loop) { IsBackground = true, Name = "Dsl worker " + number };
        }

        public void Start() => _thread.Start();

        /// <summary>Waits until the thread has ended: the team has been told to stop.</summary>
        public void Dispose()
        {
            _thread.Join();
            _bell.Dispose();
        }

        /// <summary>Rings only when the worker sleeps: that costs a system call.</summary>
        public void Wake()
        {
            if (Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1)
            {
                _bell.Release();
            }
        }

        public void Await(int generation)
        {
            for (int spin = 0; _finished != generation; spin++)
            {
                Pause(spin);
            }
        }

        public void Rethrow()
        {
            if (_failure is { } failure)
            {
                _failure = null;
                failure.Throw();
            }
        }

        private static void Pause(int spin)
        {
            if (spin < Spins)
            {
                Thread.SpinWait(1);
            }
            else
            {
                Thread.Yield();
            }
        }

        private void Loop()
        {
            // The first wait of a thread allocates: not in the middle of somebody's training step.
            _bell.Wait(TimeSpan.FromMilliseconds(1));
            int seen = 0;
            while (true)
            {
                AwaitWork(seen);
                seen = _team._generation;
                if (_team._stopping)
                {
                    return;
                }

                try
                {
                    _team._work!.Run(_number);
                }
                catch (Exception failure)
                {
                    // Whatever it is, the caller gets it.
                    _failure = ExceptionDispatchInfo.Capture(failure);
                }

                _finished = seen;
            }
        }

        private void AwaitWork(int seen)
        {
            long since = Stopwatch.GetTimestamp();
            for (int spin = 0; _team._generation == seen; spin++)
            {
                Pause(spin);
                if (spin >= Spins && Stopwatch.GetTimestamp() - since > s_patience)
                {
                    Sleep(seen);
                    since = Stopwatch.GetTimestamp();
                    spin = 0;
                }
            }
        }

        private void Sleep(int seen)
        {
            // Says that it sleeps before it looks again: either it sees the new work, or the caller sees it asleep.
            Interlocked.Exchange(ref _asleep, 1);
            if (_team._generation == seen || Interlocked.Exchange(ref _asleep, 0) == 0)
            {
                _bell.Wait();
            }
        }
    }
}
