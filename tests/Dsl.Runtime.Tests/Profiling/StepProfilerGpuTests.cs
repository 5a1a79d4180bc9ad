using System;
using System.Linq;
using Dsl.Gpu;
using Dsl.Kernels;
using Dsl.Profiling;
using Dsl.Runtime.Tests.Gpu;
using Dsl.Runtime.Tests.Training;
using Dsl.Sessions;
using Dsl.Tests;
using Xunit;

namespace Dsl.Runtime.Tests.Profiling;

/// <summary>Profiles on a GPU engine, and the roofs of devices.</summary>
[Collection(GpuTestGroup.Name)]
public sealed class StepProfilerGpuTests(GpuFixture device)
{
    [SkippableFact]
    public void A_step_on_a_GPU_is_profiled_and_the_session_left_as_it_was()
    {
        device.Require();
        string Train(bool profiled)
        {
            var model = new ScaleModel();
            var optimizer = new AdamW(0.05f) { AverageDecay = 0.9f, ClipNorm = 1f };
            using ModelSession session = model.NewSession(
                new SessionOptions { Device = TestGpu.Device, Optimizer = optimizer });
            float[] x = [.. Enumerable.Range(0, 16 * ScaleModel.Features).Select(static i => (i % 13) / 13f)];
            for (int i = 0; i < 3; i++)
            {
                if (profiled)
                {
                    StepProfile profile = StepProfiler.Measure(
                        session, new ProfileOptions { Seconds = 0, Roofline = new Roofline(100, 10) });
                    Assert.Equal(
                        ["squares", "loss", "Squares", "GradientNorm", "AdamW", "AdamW", "Average"],
                        profile.Launches.Select(static l => l.Name));
                    Assert.StartsWith(TestGpu.Title, profile.Device, StringComparison.Ordinal);
                }

                session.Begin(EntryPoint.Train);
                session.Write(0, x);
                session.Write(1, x);
                session.Run();
                Assert.True(optimizer.Update(session));
            }

            return model.Parameters.Sha256();
        }

        Assert.Equal(Train(profiled: false), Train(profiled: true));
    }

    [Fact]
    public void What_the_roofs_are_measured_with_compiles_for_a_GPU()
    {
        foreach (Launch launch in new[] { RooflineMeter.Products(1024, 8), RooflineMeter.Increments(1024) })
        {
            Assert.All(
                PtxCompiler.Modules(launch),
                static m => Assert.DoesNotContain(".local", m.Text, StringComparison.Ordinal));
        }

        // Ten chains in a loop, none worked out when it was compiled. The driver fuses product and sum.
        string products = PtxCompiler.Compile(RooflineMeter.Products(1024, 8));
        Assert.Equal(10, products.Split("mul.f32").Length - 1);
    }

    [Fact]
    public void The_roofs_of_a_device_are_numbers_above_nothing()
    {
        var roofline = Roofline.Measure(Device.Host(1));
        Assert.True(double.IsFinite(roofline.Gflops) && roofline.Gflops > 0, $"{roofline}");
        Assert.True(double.IsFinite(roofline.GigabytesPerSecond) && roofline.GigabytesPerSecond > 0, $"{roofline}");

        // The longer of the two: 2 µs of products, 3 µs of memory.
        Assert.Equal(3, new Roofline(50, 20).Microseconds(100_000, 60_000), 1e-9);
        Assert.Equal(2, new Roofline(50, 20).Microseconds(100_000, 30_000), 1e-9);
    }
}
