using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Dsl.Benchmarks.Micro;

/// <summary>The verb <c>micro</c>: the smallest pieces, with BenchmarkDotNet.</summary>
internal static class MicroVerb
{
    public static Command Command()
    {
        Option<string> filter = Options.Filter();
        var command = new Command("micro", "Dispatch to the team of workers; exp, log and tanh over lanes.") { filter };
        command.SetAction(result =>
        {
            // In this process: the benchmarks need what only this assembly may see, and nothing is built again.
            IConfig config = DefaultConfig.Instance.AddJob(
                Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
            BenchmarkSwitcher.FromTypes([typeof(DispatchBenchmark), typeof(FunctionBenchmark)])
                .Run(["--filter", $"*{result.GetValue(filter)}*"], config);
        });
        return command;
    }
}
