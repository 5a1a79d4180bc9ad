using System;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace Dsl.Host;

/// <summary>What a team does together: one share for each worker.</summary>
internal interface ITeamWork
{
    /// <summary>Runs one worker's share.</summary>
    void Run(int worker);
}

/// <summary>
/// Threads that wait for work awake and go to sleep after a while: starting work costs a fraction of a microsecond while
/// steps follow each other, and nothing is burnt between them. The caller is worker 0.
/// </summary>
/// <remarks>
/// A worker that has no processor when work starts, because other processes have them all, costs nothing: the caller
/// runs its share. Only a worker that lost its processor in the middle of a share is waited for.
/// </remarks>
internal sealed class WorkerTeam : IDisposable
{
    private readonly Worker[] _workers;
    private readonly ExceptionDispatchInfo?[] _failures;
    private ITeamWork? _work;
    private int _generation;
    private volatile bool _stopping;

    /// <param name="threads">How many workers, the caller included.</param>
    public WorkerTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _failures = new ExceptionDispatchInfo?[threads];
        _workers = new Worker[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Worker(this, i + 1, spins: threads <= Environment.ProcessorCount);
        }

        foreach (Worker worker in _workers)
        {
            worker.Start();
        }
    }

    /// <summary>How many workers, the caller included.</summary>
    public int Threads => _workers.Length + 1;

    /// <summary>Runs every worker's share once and returns when all have finished. The caller also runs the shares that
    /// nobody has begun when it has finished its own. Allocates nothing.</summary>
    /// <remarks>What a share throws is thrown here, the lowest worker's if several do.</remarks>
    public void Run(ITeamWork work) => Run(work, takesOver: true);

    /// <summary>The same, but each share runs on its worker's own thread, however long that takes to begin.</summary>
    public void RunOnEach(ITeamWork work) => Run(work, takesOver: false);

    /// <summary>Whether every worker's thread has ended.</summary>
    internal bool HasEnded => Array.TrueForAll(_workers, static w => w.HasEnded);

    /// <summary>Ends the threads, and waits for them.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        Stop();
        foreach (Worker worker in _workers)
        {
            worker.Dispose();
        }
    }

    /// <summary>Tells the threads to end, and waits for none: they hold all that they still use.</summary>
    internal void Stop()
    {
        _stopping = true;
        Interlocked.Increment(ref _generation);
        foreach (Worker worker in _workers)
        {
            worker.Wake();
        }
    }

    private void Run(ITeamWork work, bool takesOver)
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

        RunShare(0);
        if (takesOver)
        {
            foreach (Worker worker in _workers)
            {
                worker.TakeOver(generation);
            }
        }

        // Even when a share failed: the others still use what the caller owns.
        foreach (Worker worker in _workers)
        {
            worker.Await(generation);
        }

        _work = null;
        Rethrow();
    }

    private void RunShare(int worker)
    {
        try
        {
            _work!.Run(worker);
        }
        catch (Exception failure)
        {
            // Whatever it is, the caller gets it.
            _failures[worker] = ExceptionDispatchInfo.Capture(failure);
        }
    }

    private void Rethrow()
    {
        foreach (ExceptionDispatchInfo? failure in _failures)
        {
            if (failure is not null)
            {
                Array.Clear(_failures);
                failure.Throw();
            }
        }
    }

    private sealed class Worker : IDisposable
    {
        private readonly WorkerTeam _team;
        private readonly int _number;
        private readonly Thread _thread;
        private readonly Bell _work;
        private readonly Bell _end;
        private int _begun;
        private int _finished;

        public Worker(WorkerTeam team, int number, bool spins)
        {
            _team = team;
            _number = number;
            _work = new Bell(spins);
            _end = new Bell(spins);
            _end.Prepare();
            _thread = new Thread(Loop) { IsBackground = true, Name = "Dsl worker " + number };
        }

        public bool HasEnded => !_thread.IsAlive;

        public void Start() => _thread.Start();

        /// <summary>Waits until the thread has ended: the team has been told to stop.</summary>
        public void Dispose()
        {
            _thread.Join();
            _work.Dispose();
            _end.Dispose();
        }

        public void Wake() => _work.Ring();

        /// <summary>Runs the share on the caller's thread if it has not begun.</summary>
        public void TakeOver(int generation)
        {
            if (Begin(generation))
            {
                _team.RunShare(_number);
                _finished = generation;
            }
        }

        /// <summary>Waits until the share has finished.</summary>
        public void Await(int generation) => _end.Await(ref _finished, generation - 1);

        private void Loop()
        {
            _work.Prepare();
            int seen = 0;
            while (true)
            {
                _work.Await(ref _team._generation, seen);
                seen = Volatile.Read(ref _team._generation);
                if (_team._stopping)
                {
                    return;
                }

                if (Begin(seen))
                {
                    _team.RunShare(_number);
                    Interlocked.Exchange(ref _finished, seen);
                    _end.Ring();
                }
            }
        }

        /// <summary>Whether the share is the calling thread's to run. Each generation has one who begins it, and none
        /// ends before that: whoever comes late, even by generations, finds another number.</summary>
        private bool Begin(int generation) =>
            Volatile.Read(ref _begun) == generation - 1
            && Interlocked.CompareExchange(ref _begun, generation, generation - 1) == generation - 1;
    }
}
