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
    public void RunOnEach_RunsEveryShareOnAThreadOfItsOwn()
    {
        using var team = new WorkerTeam(4);
        var threads = new ThreadNumbers(4);
        for (int i = 0; i < 50; i++)
        {
            team.RunOnEach(threads);
            Assert.Equal(4, threads.Ids.Distinct().Count());
            Assert.Equal(Environment.CurrentManagedThreadId, threads.Ids[0]);

            // What the caller runs for the workers does not come in the way.
            team.Run(threads);
        }
    }

    [Fact]
    public void RunOnEach_AllocatesNothingOnAnyWorker()
    {
        using var team = new WorkerTeam(3);
        var meter = new AllocationMeter(3);
        team.RunOnEach(meter);
        Thread.Sleep(5);
        team.RunOnEach(meter);
        long before = meter.Total;
        for (int i = 0; i < 100; i++)
        {
            team.RunOnEach(meter);
            if (i % 20 == 0)
            {
                // Asleep and woken, too.
                Thread.Sleep(2);
            }
        }

        Assert.Equal(before, meter.Total);
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
    public void Run_ThrowsTheLowestWorkersFailureAndForgetsTheOthers()
    {
        using var team = new WorkerTeam(3);
        Assert.Equal("0", Assert.Throws<InvalidOperationException>(() => team.Run(new FailingAll())).Message);
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

    private sealed class ThreadNumbers(int threads) : ITeamWork
    {
        public int[] Ids { get; } = new int[threads];

        public void Run(int worker) => Ids[worker] = Environment.CurrentManagedThreadId;
    }

    private sealed class FailingAll : ITeamWork
    {
        public void Run(int worker) =>
            throw new InvalidOperationException(worker.ToString(System.Globalization.CultureInfo.InvariantCulture));
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
