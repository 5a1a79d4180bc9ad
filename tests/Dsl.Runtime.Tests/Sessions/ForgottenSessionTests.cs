using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Dsl.Host;
using Dsl.Runtime.Tests.Training;
using Dsl.Sessions;
using Xunit;

namespace Dsl.Runtime.Tests.Sessions;

/// <summary>Sessions that nobody has disposed.</summary>
public sealed class ForgottenSessionTests
{
    [Fact]
    public void Its_threads_end_and_its_memory_is_freed()
    {
        (WorkerTeam team, WeakReference block) = Forget();
        for (int i = 0; i < 1000 && (!team.HasEnded || block.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(10);
        }

        Assert.True(team.HasEnded);
        Assert.False(block.IsAlive);
    }

    /// <summary>Not inlined, so that nothing of it is left on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WorkerTeam Team, WeakReference Block) Forget()
    {
        // A rehearsal would hold the session until a thread of the pool comes to it.
        var model = new ScaleModel();
        model.Compiled.Train!.TakeRehearsal();
        ModelSession session = model.NewSession(new SessionOptions { Device = Device.Host(3), Optimizer = new Adam(0.1f) });
        session.Begin(EntryPoint.Train, ("b", 2));
        session.Write(0, new float[8]);
        session.Write(1, new float[8]);
        session.Run();
        session.Optimizer!.Update(session);
        var engine = (HostEngine)session.Engine;
        Assert.False(engine.Team.HasEnded);
        return (engine.Team, new WeakReference(engine.Block, trackResurrection: true));
    }
}
