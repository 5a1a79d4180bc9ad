using System;
using System.Collections.Generic;
using System.Linq;
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
        // What a step allocates, it allocates in every new session. What the runtime allocates once in a process, such as
        // the statics of a type another test has just loaded, it does not.
        string allocated = "";
        for (int attempt = 0; attempt < 3; attempt++)
        {
            long[] bytes = BytesOfFiveSteps(name);
            if (bytes.All(static b => b == 0))
            {
                return;
            }

            allocated += $" [{string.Join(", ", bytes)}]";
        }

        Assert.Fail($"Bytes allocated by each thread in the five steps after the first, in three sessions:{allocated}.");
    }

    private static long[] BytesOfFiveSteps(string name)
    {
        using ModelSession session = TrainingRun.Session(AllModels.Make(name), threads: 2);
        float[][] floats = TrainingRun.Floats(session);
        int[][] ints = TrainingRun.Ints(session);
        (string Name, int Value)[] sizes = TrainingRun.Sizes(session);
        WorkerTeam team = ((HostEngine)session.Engine).Team;
        var before = new AllocationMeter(team.Threads);
        var after = new AllocationMeter(team.Threads);
        TrainingRun.Step(session, sizes, floats, ints);

        // The first run of a meter is not counted: the code that counts is compiled in it.
        team.RunOnEach(after);
        team.RunOnEach(before);
        for (int i = 0; i < 5; i++)
        {
            TrainingRun.Step(session, sizes, floats, ints);
        }

        team.RunOnEach(after);
        return [.. after.Bytes.Zip(before.Bytes, static (now, then) => now - then)];
    }
}
