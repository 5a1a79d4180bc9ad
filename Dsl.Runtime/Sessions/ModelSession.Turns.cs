using System;
using System.Threading;

namespace Dsl.Sessions;

/// <content>One thread at a time: memory and launches are shared by all calls.</content>
public abstract partial class ModelSession
{
    /// <summary>The thread that is inside a call; 0: none.</summary>
    private int _user;

    /// <summary>Takes the session for this thread, for what is one call to its user; calls inside are part of it.</summary>
    /// <returns>Gives it back when it is disposed.</returns>
    /// <exception cref="InvalidOperationException">Another thread is inside a call.</exception>
    protected internal Turn Enter() => TryEnter(out Turn turn) ? turn : throw new InvalidOperationException(
        $"Two threads use this session of '{Model.Compiled.Name}' at the same time: give each its own (sessions of a model share its "
        + "parameters), or let one wait for the other.");

    /// <summary>Waits until no thread is inside a call.</summary>
    private Turn EnterLater()
    {
        var wait = new SpinWait();
        Turn turn;
        while (!TryEnter(out turn))
        {
            wait.SpinOnce();
        }

        return turn;
    }

    private bool TryEnter(out Turn turn)
    {
        int thread = Environment.CurrentManagedThreadId;
        bool isInside = Volatile.Read(ref _user) == thread;
        turn = isInside ? default : new Turn(this);
        return isInside || Interlocked.CompareExchange(ref _user, thread, 0) == 0;
    }

    /// <summary>A session in use by a thread.</summary>
    protected internal readonly ref struct Turn
    {
        private readonly ModelSession? _session;

        internal Turn(ModelSession session) => _session = session;

        /// <summary>Gives the session back.</summary>
        public void Dispose()
        {
            if (_session is not null)
            {
                Volatile.Write(ref _session._user, 0);
            }
        }
    }
}
