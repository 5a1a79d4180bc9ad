extern alias runtime;
using System;
using System.Linq;
using Dsl.Tests;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using PtxCompiler = runtime::Dsl.Gpu.PtxCompiler;

namespace Dsl.Generator.Tests.Chain;

/// <summary>The same bodies on accelerators: PTX that compiles, a device that computes. DSL_ALL_CASES=1 takes all
/// cases.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class GpuChainTests : IClassFixture<OpenGpu>
{
    private const int Seed = 31337;

    public static TheoryData<string> Names => GpuCases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_launch_compiles_to_ptx(string name)
    {
        using var session = new CaseSession(CompiledCase.Of(name), Device.Host(1));
        var launches = Enum.GetValues<EntryPoint>()
            .SelectMany(e => session.Session.Loaded(e)?.Launches ?? []).ToArray();
        Assert.NotEmpty(launches);

        var modules = PtxCompiler.Modules(launches);

        Assert.NotEmpty(modules);
        Assert.All(modules, m => Assert.True(m.IsSound, $"{name}: {m.Kernel} has uniform branches"));
        Assert.All(modules, static m => Assert.Contains(".entry", m.Text));
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Sessions_agree_with_the_interpreter(string name)
    {
        TestGpu.Require();
        CompiledCase compiled = CompiledCase.Of(name);
        using var session = new CaseSession(compiled, TestGpu.Device);
        foreach (string run in compiled.Case.Runs)
        {
            var data = new CaseData(compiled, run, Seed);
            Agreement.Close(data.Oracle(), session.Run(data, run), $"{name}, {run}, {TestGpu.Title}, seed {Seed}");
        }
    }
}
