using System;
using System.Collections.Generic;
using Dsl.Sessions;
using Xunit;

namespace Models.Tests;

/// <summary>Counts what the whole process allocates, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
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
        for (int i = 0; i < 3; i++)
        {
            TrainingRun.Step(session, floats, ints);
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 5; i++)
        {
            TrainingRun.Step(session, floats, ints);
        }

        Assert.Equal(0, GC.GetTotalAllocatedBytes(precise: true) - before);
    }
}
