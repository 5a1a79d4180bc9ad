using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Gpu;
using Dsl.Host;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Dsl.Sessions;
using Dsl.Tests;
using Xunit;

namespace Dsl.Runtime.Tests.Training;

/// <summary>The bodies of optimisers on the devices of a GPU engine.</summary>
[Collection(GpuTestGroup.Name)]
public sealed class OptimizerGpuTests
{
    private static readonly (int Length, bool Decays)[] s_shapes = [(7, true), (1000, true), (35, false)];

    private static readonly Dictionary<string, Func<Optimizer>> s_optimizers = new()
    {
        ["sgd"] = static () => new Sgd(0.1f) { ClipNorm = 1f, WeightDecay = 0.1f },
        ["momentum"] = static () => new Sgd(0.1f) { Momentum = 0.9f, Nesterov = true, Accumulates = true },
        ["adamw"] = static () => new AdamW(0.1f) { ClipNorm = 1f, AverageDecay = 0.9f, Accumulates = true },
        ["rmsprop"] = static () => new RmsProp(0.1f),
        ["rmsprop momentum"] = static () => new RmsProp(0.1f) { Momentum = 0.5f, WeightDecay = 0.1f },
    };

    public static TheoryData<string> Optimizers => [.. s_optimizers.Keys];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_launch_compiles_for_a_GPU(string name)
    {
        Optimizer optimizer = s_optimizers[name]();
        var engine = new Recorder();
        using var memory = new FlatMemory(engine, optimizer.StateCount, s_shapes);
        optimizer.Bind(memory);
        Assert.NotEmpty(engine.Launches);
        foreach (Launch launch in engine.Launches)
        {
            Assert.All(
                PtxCompiler.Modules(launch),
                static m => Assert.DoesNotContain(".local", m.Text, StringComparison.Ordinal));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Optimizers))]
    public void A_GPU_agrees_with_the_host(string name)
    {
        TestGpu.Require();
        float[] host = Train(name, new HostEngine(1));
        float[] gpu = Train(name, TestGpu.Engine());
        for (int i = 0; i < host.Length; i++)
        {
            Assert.True(Math.Abs(host[i] - gpu[i]) < 1e-5, $"{name}, element {i}: {gpu[i]}, on the host {host[i]}");
        }
    }

    private static float[] Train(string name, Engine engine)
    {
        Optimizer optimizer = s_optimizers[name]();
        using var memory = new FlatMemory(engine, optimizer.StateCount, s_shapes);
        optimizer.Bind(memory);
        var random = new Random(4);
        for (int step = 0; step < 3; step++)
        {
            for (int i = 0; i < s_shapes.Length; i++)
            {
                var gradient = new float[s_shapes[i].Length];
                for (int j = 0; j < gradient.Length; j++)
                {
                    gradient[j] = (float)random.NextDouble() - 0.5f;
                }

                memory.Write(memory.GradientBase, i, gradient);
            }

            if (optimizer.Accumulates)
            {
                optimizer.Accumulate(0.75f);
                optimizer.Accumulate(0.25f);
            }

            optimizer.Update();
        }

        if (optimizer.AverageDecay is not null)
        {
            optimizer.SwapAverage();
        }

        return [.. Enumerable.Range(0, s_shapes.Length).SelectMany(i => memory.Read(memory.ParameterBase, i))];
    }

    /// <summary>Keeps what is loaded, runs nothing.</summary>
    private sealed class Recorder : Engine
    {
        public List<Launch> Launches { get; } = [];

        public override string Description => "recorder";

        public override void Allocate(long elements)
        {
        }

        public override object Load(Launch[] launches)
        {
            Launches.AddRange(launches);
            return launches;
        }

        public override void Run(object loaded) => throw new NotSupportedException();

        public override void Write(long at, ReadOnlySpan<float> values) => throw new NotSupportedException();

        public override void Read(long at, Span<float> values) => throw new NotSupportedException();

        public override void Fill(long at, long count, float value) => throw new NotSupportedException();

        public override void Dispose()
        {
        }
    }
}
