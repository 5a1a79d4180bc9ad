using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Gpu;
using Dsl.Kernels;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>An engine on the first OpenCL device, shared by all cases; or why there is none.</summary>
public sealed class OpenClDevice : IDisposable
{
    internal const int Elements = 1 << 20;

    /// <summary>Looks for a device.</summary>
    public OpenClDevice()
    {
        var found = GpuDevices.Find().Where(device => device.Kind == "OpenCL").ToList();
        if (found.Exists(device => device.Usable))
        {
            Engine = new GpuEngine(GpuKind.OpenCL);
            Engine.Allocate(Elements);
        }

        Missing = string.Join("; ", found.Select(device => device.Detail));
    }

    internal GpuEngine? Engine { get; }

    internal string Missing { get; }

    /// <inheritdoc/>
    public void Dispose() => Engine?.Dispose();
}

public sealed class OpenClTests(OpenClDevice device, ITestOutputHelper output) : IClassFixture<OpenClDevice>
{
    public static IEnumerable<object[]> Cases => GpuCases.Names;

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void A_launch_does_what_its_reference_does(string name)
    {
        var engine = Engine();
        var c = GpuCases.Make(name, GpuSeed.Next());
        output.WriteLine($"Seed {c.Seed}");

        engine.Write(0, c.Memory);
        engine.Run(engine.Load([c.Launch]));
        float[] after = new float[c.Memory.Length];
        engine.Read(0, after);

        c.Check(after);
    }

    [SkippableFact]
    public void Fill_sets_its_elements_and_no_others()
    {
        var engine = Engine();
        engine.Write(0, Enumerable.Repeat(2f, 1000).ToArray());
        engine.Fill(10, 600, float.NaN);

        float[] after = new float[1000];
        engine.Read(0, after);

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i is >= 10 and < 610 ? float.NaN : 2f), after);
    }

    [SkippableFact]
    public void A_loaded_launch_follows_its_slots()
    {
        var engine = Engine();
        var c = GpuCases.Make("Transpose 70x100", 1);
        object loaded = engine.Load([c.Launch]);
        c.Launch.Slots.SetOffset(0, c.Launch.Slots.A0 + 1000);
        c.Launch.Slots.SetOffset(1, c.Launch.Slots.A1 + 1000);
        float[] memory = c.Memory.ToArray();
        float[] moved = new float[memory.Length + 1000];
        memory.CopyTo(moved, 1000);
        engine.Write(0, moved);

        engine.Run(loaded);
        engine.Read(0, moved);

        c.Check(moved.AsSpan(1000));
    }

    private GpuEngine Engine()
    {
        if (Environment.GetEnvironmentVariable("DSL_REQUIRE_OPENCL") == "1")
        {
            Assert.True(device.Engine is not null, $"DSL_REQUIRE_OPENCL=1, but there is no OpenCL device: {device.Missing}");
        }

        Skip.If(device.Engine is null, $"No OpenCL device: {device.Missing}");
        return device.Engine!;
    }
}
