using System;
using System.Diagnostics;
using System.Threading;

namespace Dsl.Host;

/// <summary>Where one thread waits for a number to change: awake for a while, then asleep until another rings.</summary>
/// <param name="spins">Whether the thread keeps its processor while it is awake; otherwise it lets others have it. A
/// processor that is kept answers soonest. One that is given up on a busy machine is not had back before everybody else
/// had a turn, but whoever has more threads than processors must not keep one from the thread it waits for.</param>
internal sealed class Bell(bool spins) : IDisposable
{
    private static readonly long s_patience = Stopwatch.Frequency / 5000;

    // Not one of the slim ones, which give the processor up many times before they sleep.
    private readonly AutoResetEvent _event = new(false);
    private int _asleep;

    /// <summary>A thread that has done this allocates nothing when it sleeps: it has gone the whole way once, ringing
    /// included.</summary>
    public void Prepare()
    {
        int changed = 1;
        Sleep(ref changed, 0);
        _event.Set();
        _event.WaitOne();
    }

    /// <summary>Returns when the number is not <paramref name="last"/>; whoever changes it rings afterwards.</summary>
    public void Await(ref int number, int last)
    {
        if (Volatile.Read(ref number) != last)
        {
            return;
        }

        long since = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref number) == last)
        {
            if (Stopwatch.GetTimestamp() - since > s_patience)
            {
                Sleep(ref number, last);
                since = Stopwatch.GetTimestamp();
            }
            else if (spins)
            {
                Thread.SpinWait(1);
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    /// <summary>Wakes the thread. Costs a system call only if it sleeps.</summary>
    /// <remarks>A full barrier must lie between this and the change of the number.</remarks>
    public void Ring()
    {
        if (Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            _event.Set();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();

    private void Sleep(ref int number, int last)
    {
        // Says that it sleeps before it looks again: either it sees the change, or the other sees it asleep.
        Interlocked.Exchange(ref _asleep, 1);
        if (Volatile.Read(ref number) == last || Interlocked.Exchange(ref _asleep, 0) == 0)
        {
            _event.WaitOne();
        }
    }
}
