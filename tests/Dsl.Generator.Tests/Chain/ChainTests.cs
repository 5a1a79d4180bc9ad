extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;
using Device = runtime::Dsl.Device;
using HostVectors = runtime::Dsl.Vectors.HostVectors;

namespace Dsl.Generator.Tests.Chain;

/// <summary>What vectors the host uses is one setting of the process: these tests run in turn.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ChainTestGroup
{
    public const string Name = "Chain";
}

/// <summary>From C# source to numbers: compiled kernels against the interpreter.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class HostChainTests
{
    private const int Seed = 20240611;

    public static TheoryData<string> Names => ChainCases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Host_sessions_agree_with_the_interpreter(string name)
    {
        CompiledCase compiled = CompiledCase.Of(name);
        var data = compiled.Case.Runs.Select((run, i) => (Run: run, Data: new CaseData(compiled, run, Seed + i))).ToArray();
        var oracle = data.Select(static d => d.Data.Oracle()).ToArray();
        int widest = HostVectors.Width;
        foreach (int lanes in Widths(name))
        {
            HostVectors.Override(lanes);
            try
            {
                CaseResult[]? first = null;
                foreach (int threads in lanes == widest ? new[] { 1, 2, 3 } : [2])
                {
                    using var session = new CaseSession(compiled, Device.Host(threads));
                    var results = data.Select(d => session.Run(d.Data, d.Run)).ToArray();
                    for (int i = 0; i < data.Length; i++)
                    {
                        string what = $"{name}, {data[i].Run}, {lanes} lanes, {threads} threads, seed {Seed + i}";
                        Agreement.Close(oracle[i], results[i], what);
                        Agreement.Same((first ?? results)[i], results[i], what);
                    }

                    first ??= results;
                }
            }
            finally
            {
                HostVectors.Override(null);
            }
        }
    }

    /// <summary>The machine's own vectors and, in turn, one narrower type; all of them for pointwise functions, whose
    /// polynomials differ. Each type is compiled anew by the JIT, which is most of the time.</summary>
    private static IEnumerable<int> Widths(string name)
    {
        int[] narrower = [.. new[] { 16, 8, 4, 1 }.Where(HostVectors.Supports).Where(static w => w != HostVectors.Width)];
        return ChainCases.Exhaustive || name.StartsWith("pointwise", StringComparison.Ordinal) || narrower.Length == 0
            ? [HostVectors.Width, .. narrower]
            : [HostVectors.Width, narrower[ChainCases.IndexOf(name) % narrower.Length]];
    }
}

/// <summary>Forward and Loss as they stand against the interpreter.</summary>
public sealed class EagerChainTests
{
    private const int Seed = 4711;

    public static TheoryData<string> Names => ChainCases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Eager_code_agrees_with_the_interpreter(string name)
    {
        CompiledCase compiled = CompiledCase.Of(name);
        foreach (string run in compiled.Case.Runs.Skip(1))
        {
            var data = new CaseData(compiled, run, Seed);
            data.Fill();
            if (compiled.Case.Ranks > 1)
            {
                Exception refused = Assert.ThrowsAny<Exception>(() => data.Eager());
                Assert.Contains("(Shards)", (refused.InnerException ?? refused).Message, StringComparison.Ordinal);
                continue;
            }

            Agreement.Close(data.Oracle(), data.Eager(), $"{name}, {run}, seed {Seed}");
        }
    }
}
