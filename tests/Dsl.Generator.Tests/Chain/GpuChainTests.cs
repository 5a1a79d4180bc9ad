extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using GpuDevices = runtime::Dsl.Gpu.GpuDevices;
using PtxCompiler = runtime::Dsl.Gpu.PtxCompiler;

namespace Dsl.Generator.Tests.Chain;

/// <summary>The same bodies on accelerators: PTX that compiles, OpenCL that computes.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class GpuChainTests
{
    private const int Seed = 31337;

    /// <summary>Between them every skeleton; all cases with DSL_ALL_CASES=1, which takes many minutes.</summary>
    public static TheoryData<string> Names => ChainCases.Exhaustive ? ChainCases.Names :
    [
        "pointwise positive 0", "perceptron", "conv stride 2 after conv", "max pool 2", "cross-entropy",
        "transposed groups 2 after conv", "upsample bicubic 2", "unpool between convs",
        "local in regions after local", "average pool rounding up with padding",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_launch_compiles_to_ptx(string name)
    {
        using var session = new CaseSession(CompiledCase.Of(name), Device.Host(1));
        foreach (EntryPoint entry in Enum.GetValues<EntryPoint>())
        {
            foreach (var launch in session.Session.Loaded(entry)?.Launches ?? [])
            {
                var modules = PtxCompiler.Modules(launch);
                Assert.NotEmpty(modules);
                Assert.All(modules, m => Assert.True(m.IsSound, $"{name}, {launch.Kernel.Name}: {m.Kernel} has uniform branches"));
                Assert.All(modules, static m => Assert.Contains(".entry", m.Text));
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void OpenCl_sessions_agree_with_the_interpreter(string name)
    {
        var found = GpuDevices.Find().Where(static d => d.Kind == "OpenCL").ToList();
        bool usable = found.Exists(static d => d.Usable);
        string missing = string.Join("; ", found.Select(static d => d.Detail));
        if (Environment.GetEnvironmentVariable("DSL_REQUIRE_OPENCL") == "1")
        {
            Assert.True(usable, $"DSL_REQUIRE_OPENCL=1, but there is no OpenCL device: {missing}");
        }

        Skip.IfNot(usable, $"No OpenCL device: {missing}");
        CompiledCase compiled = CompiledCase.Of(name);
        using var session = new CaseSession(compiled, Device.Parse("opencl"));
        foreach (string run in compiled.Case.Runs)
        {
            var data = new CaseData(compiled, run, Seed);
            Agreement.Close(data.Oracle(), session.Run(data, run), $"{name}, {run}, OpenCL, seed {Seed}");
        }
    }
}
