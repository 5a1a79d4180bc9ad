using System;
using System.Collections.Generic;
using Dsl.Host;
using Dsl.Runtime.Tests.Host;
using Dsl.Sessions;
using Xunit;

namespace Models.Tests;

/// <summary>Counts what the threads of a session allocate; others (the test runner's) do not matter.</summary>
public sealed class AllocationTests
{
    public static IEnumerable<object[]> Models => AllModels.Names;

    [Theory]
    [MemberData(nameof(Models))]
    public void A_step_after_the_first_allocates_nothing(string name)
    {
        using ModelSession session = TrainingRun.Session(AllModels.Make(name), threads: 2);
        float[][] floats = TrainingRun.Floats(session);
        int[][] ints = TrainingRun.Ints(session);
        (string Name, int Value)[] sizes = TrainingRun.Sizes(session);
        WorkerTeam team = ((HostEngine)session.Engine).Team;
        var meter = new AllocationMeter(team.Threads);
        TrainingRun.Step(session, sizes, floats, ints);

        team.RunOnEach(meter);
        long before = meter.Total;
        for (int i = 0; i < 5; i++)
        {
            TrainingRun.Step(session, sizes, floats, ints);
        }

        team.RunOnEach(meter);
        Assert.Equal(0, meter.Total - before);
    }
}
