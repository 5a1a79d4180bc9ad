extern alias runtime;
using System;
using System.Linq;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using GpuDevices = runtime::Dsl.Gpu.GpuDevices;
using GpuEngine = runtime::Dsl.Gpu.GpuEngine;
using GpuKind = runtime::Dsl.Gpu.GpuKind;
using PtxCompiler = runtime::Dsl.Gpu.PtxCompiler;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Keeps the OpenCL device open between cases, so that the driver starts its compiler once; or says why there
/// is none.</summary>
public sealed class OpenClFixture : IDisposable
{
    private readonly GpuEngine? _engine;

    public OpenClFixture()
    {
        var found = GpuDevices.Find().Where(static d => d.Kind == "OpenCL").ToList();
        if (found.Exists(static d => d.Usable))
        {
            _engine = new GpuEngine(GpuKind.OpenCL);
        }

        Missing = string.Join("; ", found.Select(static d => d.Detail));
    }

    private string Missing { get; }

    /// <summary>Skips the test where there is no device, or fails it where DSL_REQUIRE_OPENCL=1 promises one.</summary>
    public void Require()
    {
        if (Environment.GetEnvironmentVariable("DSL_REQUIRE_OPENCL") == "1")
        {
            Assert.True(_engine is not null, $"DSL_REQUIRE_OPENCL=1, but there is no OpenCL device: {Missing}");
        }

        Skip.If(_engine is null, $"No OpenCL device: {Missing}");
    }

    public void Dispose() => _engine?.Dispose();
}

/// <summary>The same bodies on accelerators: PTX that compiles, OpenCL that computes. DSL_ALL_CASES=1 takes all
/// cases.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class GpuChainTests(OpenClFixture device) : IClassFixture<OpenClFixture>
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
    public void OpenCl_sessions_agree_with_the_interpreter(string name)
    {
        device.Require();
        CompiledCase compiled = CompiledCase.Of(name);
        using var session = new CaseSession(compiled, Device.Parse("opencl"));
        foreach (string run in compiled.Case.Runs)
        {
            var data = new CaseData(compiled, run, Seed);
            Agreement.Close(data.Oracle(), session.Run(data, run), $"{name}, {run}, OpenCL, seed {Seed}");
        }
    }
}
