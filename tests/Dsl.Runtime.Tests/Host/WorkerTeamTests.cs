using System;
using System.Linq;
using System.Threading;
using Dsl.Host;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_CallsEveryWorkerOnce(int threads)
    {
        using var team = new WorkerTeam(threads);
        var count = new Counting(threads);
        for (int i = 1; i <= 200; i++)
        {
            team.Run(count);
            Assert.All(count.Calls, calls => Assert.Equal(i, calls));
            if (i % 50 == 0)
            {
                // Long enough that the workers sleep and must be woken.
                Thread.Sleep(5);
            }
        }
    }

    [Fact]
    public void Run_AllocatesNothingOnAnyWorker()
    {
        using var team = new WorkerTeam(3);
        var meter = new Meter();
        team.Run(meter);
        team.Run(meter);
        long[] before = [.. meter.Bytes];
        for (int i = 0; i < 100; i++)
        {
            team.Run(meter);
        }

        // The array copied above is the caller's.
        Assert.Equal(before[1], meter.Bytes[1]);
        Assert.Equal(before[2], meter.Bytes[2]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_ThrowsWhatAWorkerThrows(int worker)
    {
        using var team = new WorkerTeam(3);
        var failing = new Failing(worker);
        Assert.Equal("worker", Assert.Throws<InvalidOperationException>(() => team.Run(failing)).Message);

        var count = new Counting(3);
        team.Run(count);
        Assert.All(count.Calls, calls => Assert.Equal(1, calls));
    }

    [Fact]
    public void Dispose_EndsSleepingWorkersAndMayBeRepeated()
    {
        var team = new WorkerTeam(4);
        Thread.Sleep(5);
        team.Dispose();
        team.Dispose();
    }

    private sealed class Counting(int threads) : ITeamWork
    {
        public int[] Calls { get; } = new int[threads];

        public void Run(int worker) => Calls[worker]++;
    }

    private sealed class Meter : ITeamWork
    {
        public long[] Bytes { get; } = new long[3];

        public void Run(int worker) => Bytes[worker] = GC.GetAllocatedBytesForCurrentThread();
    }

    private sealed class Failing(int worker) : ITeamWork
    {
        public void Run(int number)
        {
            if (number == worker)
            {
                throw new InvalidOperationException("worker");
            }
        }
    }
}
