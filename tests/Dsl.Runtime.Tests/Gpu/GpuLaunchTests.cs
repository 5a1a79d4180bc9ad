using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Gpu;
using Dsl.Kernels;
using Dsl.Tests;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>An engine on the accelerator of the tests, shared by all cases.</summary>
public sealed class GpuFixture : IDisposable
{
    internal const int Elements = 1 << 22;

    private GpuEngine? _engine;

    /// <summary>The engine; skips the test where there is none, or fails it where one was promised.</summary>
    internal GpuEngine Require()
    {
        TestGpu.Require();
        if (_engine is null)
        {
            _engine = TestGpu.Engine();
            _engine.Allocate(Elements);
        }

        return _engine;
    }

    /// <inheritdoc/>
    public void Dispose() => _engine?.Dispose();
}

/// <summary>Drivers are not to be trusted with several contexts at once: everything that touches one runs in
/// turn.</summary>
[CollectionDefinition(Name)]
public sealed class GpuTestGroup : ICollectionFixture<GpuFixture>
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "GPU";
}

[Collection(GpuTestGroup.Name)]
public sealed class GpuLaunchTests(GpuFixture device, ITestOutputHelper output)
{
    // Not the map: it gathers, and these launches overwrite each other's memory.
    private static readonly string[] Repeated =
    [
        "Row 4x300", "Reduce 2x1000x5 in 4", "Contract 2x64x128x64", "Convolve 3x3 stride 2, input gradient",
        "Convolve 3x3 wide, weight gradient", "Pool 3 stride 2 padding 1 dilation 1", "Transpose 70x100",
        GpuAttendCases.Ptx[0], GpuAttendCases.Gradients(GpuAttendCases.Ptx[0]),
    ];

    public static IEnumerable<object[]> Cases => GpuCases.Names;

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void A_launch_does_what_its_reference_does(string name)
    {
        var engine = device.Require();
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
        var engine = device.Require();
        engine.Write(0, Enumerable.Repeat(2f, 1000).ToArray());
        engine.Fill(10, 600, float.NaN);

        float[] after = new float[1000];
        engine.Read(0, after);

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i is >= 10 and < 610 ? float.NaN : 2f), after);
    }

    [SkippableFact]
    public void Wide_blocks_compute_the_same_bits_as_small_ones()
    {
        const int Rows = 150, Columns = 140, Depth = 37, Batch = 64;
        var engine = device.Require();
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        int a = 0, b = a + (Batch * Rows * Depth), bias = b + (Batch * Depth * Columns), y = bias + Columns;
        engine.Write(0, [.. Enumerable.Range(0, y).Select(_ => random.NextSingle() - 0.5f)]);

        // Many products fill the device with wide blocks; one takes small ones.
        float[] many = Run(Batch), one = Run(1);
        Assert.Equal(one, many);

        float[] Run(int batch)
        {
            var shape = new ContractShape
            {
                Batch = batch,
                Rows = Rows,
                Columns = Columns,
                Depth = Depth,
                ABatch = Rows * Depth,
                ARow = Depth,
                ADepth = 1,
                BBatch = Depth * Columns,
                BDepth = Columns,
            };
            string[] buffers = ["a", "b", "bias", "y"];
            var launch = new ContractKernel<NoTile, NoTile, BiasBody>("Product", buffers, shape).Prepare();
            launch.Resize(new SizeValues([]));
            (launch.Slots.A0, launch.Slots.A1, launch.Slots.A2, launch.Slots.A3) = (a, b, bias, y);
            (launch.Slots.N0, launch.Slots.N1) = (Columns, Rows);
            engine.Run(engine.Load([launch]));
            float[] product = new float[Rows * Columns];
            engine.Read(y, product);
            return product;
        }
    }

    [SkippableFact]
    public void Running_allocates_nothing()
    {
        var engine = device.Require();
        Launch[] launches = [.. Repeated.Select(name => GpuCases.Make(name, 1).Launch)];
        object loaded = engine.Load(launches);
        engine.Run(loaded);
        engine.Run(loaded);

        long before = GC.GetAllocatedBytesForCurrentThread();
        engine.Run(loaded);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [SkippableFact]
    public void A_loaded_launch_follows_its_slots()
    {
        var engine = device.Require();
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
}
