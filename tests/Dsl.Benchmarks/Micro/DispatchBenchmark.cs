using System;
using System.Threading.Tasks;
using BenchmarkDotNet.Attributes;
using Dsl.Host;

namespace Dsl.Benchmarks.Micro;

/// <summary>What it costs to hand nothing to every worker and to wait for all.</summary>
public class DispatchBenchmark : IDisposable
{
    private readonly Nothing _nothing = new();
    private readonly Action<int> _action = static _ => { };
    private WorkerTeam? _team;

    /// <summary>Starts the team.</summary>
    [GlobalSetup]
    public void Start() => _team = new WorkerTeam(Environment.ProcessorCount);

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _team?.Dispose();
        _team = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>The host engine's team.</summary>
    [Benchmark(Baseline = true)]
    public void Team() => _team!.Run(_nothing);

    /// <summary>The thread pool.</summary>
    [Benchmark]
    public void ParallelFor() => Parallel.For(0, Environment.ProcessorCount, _action);

    private sealed class Nothing : ITeamWork
    {
        public void Run(int worker)
        {
        }
    }
}
