using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Gpu;
using Xunit;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>A few tiny launches on ILGPU's simulated GPU. It takes whatever .NET takes, so it proves little; but it is
/// there on every machine.</summary>
[Collection(GpuTestGroup.Name)]
public sealed class SimulatedTests
{
    [Theory]
    [InlineData("Map 1x1")]
    [InlineData("Row 5x10")]
    [InlineData("Reduce in order 1x3x40 in 4")]
    [InlineData("Contract 1x1x1x1")]
    public void A_launch_does_what_its_reference_does(string name)
    {
        using var engine = new GpuEngine(GpuKind.Simulated);
        var c = GpuCases.Make(name, GpuSeed.Next());
        engine.Allocate(c.Memory.Length);
        engine.Write(0, c.Memory);

        engine.Run(engine.Load([c.Launch]));
        float[] after = new float[c.Memory.Length];
        engine.Read(0, after);

        c.Check(after);
        Assert.Contains("simulated GPU", engine.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Engines_share_a_device_and_close_on_their_own()
    {
        var first = new GpuEngine(GpuKind.Simulated);
        using var second = new GpuEngine(GpuKind.Simulated);
        first.Allocate(8);
        second.Allocate(8);
        first.Fill(0, 8, 1f);
        second.Fill(0, 8, 2f);
        float[] ofFirst = new float[8];
        first.Read(0, ofFirst);
        first.Dispose();

        second.Fill(0, 4, 3f);
        float[] ofSecond = new float[8];
        second.Read(0, ofSecond);

        Assert.Equal([1f, 1f, 1f, 1f, 1f, 1f, 1f, 1f], ofFirst);
        Assert.Equal([3f, 3f, 3f, 3f, 2f, 2f, 2f, 2f], ofSecond);
    }

    [Fact]
    public void Looking_for_devices_reports_every_kind()
    {
        IReadOnlyList<GpuDeviceReport> found = GpuDevices.Find();

        Assert.Contains("CUDA", found.Select(device => device.Kind));
        Assert.Contains("OpenCL", found.Select(device => device.Kind));
        Assert.All(found, device => Assert.NotEmpty(device.Detail));
    }

    [Fact]
    public void A_device_that_is_not_there_is_named()
    {
        var e = Assert.Throws<NotSupportedException>(() => new GpuEngine(GpuKind.Simulated, 7));

        Assert.Contains("device 7", e.Message, StringComparison.Ordinal);
    }
}
