using System.CommandLine;

namespace Dsl.Benchmarks.Gemm;

/// <summary>The verb <c>gemm</c>: products and convolutions of the host skeletons alone.</summary>
internal static class GemmVerb
{
    public static Command Command()
    {
        Option<string> filter = Options.Filter();
        Option<int> threads = Options.Threads();
        var command = new Command("gemm", "GFLOP/s of products and convolutions at many sizes.") { filter, threads };
        command.SetAction(result =>
            GemmBenchmark.Run(result.GetValue(filter)!, Options.Count(result.GetValue(threads))));
        return command;
    }
}
