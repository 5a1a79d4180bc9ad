using System;
using System.Collections.Generic;
using Dsl.Data;

namespace Dsl.Runtime.Tests.Training;

/// <summary>What the tests of trainers train with.</summary>
internal static class TrainingCases
{
    public const int Samples = 90;

    public static TrainerOptions Options { get; } = new() { Epochs = 2, BatchSize = 8, Seed = 3 };

    public static Optimizer Create(string name) => name switch
    {
        "average" => new AdamW(0.05f) { AverageDecay = 0.9f, ClipNorm = 0.5f },
        "momentum" => new Sgd(0.1f) { Momentum = 0.9f, Nesterov = true, WeightDecay = 0.01f },
        "scheduled" => new RmsProp(Schedule.Cosine(0.05f, 20).WarmUp(4)) { Momentum = 0.5f },
        "accumulating" => new Adam(0.05f) { Accumulates = true, AverageDecay = 0.5f },
        _ => new Adam(0.05f),
    };

    public static Dataset Draw(int samples, int seed)
    {
        float[] x = Features(samples, seed, out int[] labels);
        return new Dataset()
            .With("label", new IntTensor(labels))
            .With("x", new Tensor(x, samples, LinearSession.Features));
    }

    public static float[] Features(int samples, int seed, out int[] labels)
    {
        var random = new Random(seed);
        labels = new int[samples];
        var x = new float[samples * LinearSession.Features];
        for (int i = 0; i < samples; i++)
        {
            labels[i] = random.Next(LinearSession.Classes);
            for (int f = 0; f < LinearSession.Features; f++)
            {
                x[(i * LinearSession.Features) + f] = (float)(random.NextDouble() - 0.5) + (f == labels[i] ? 1.5f : 0f);
            }
        }

        return x;
    }
}

/// <summary>Keeps reports, and does something at some of them.</summary>
internal sealed class Log(Func<TrainProgress, bool>? when = null, Action? then = null) : IProgress<TrainProgress>
{
    public List<TrainProgress> Reports { get; } = [];

    public void Report(TrainProgress value)
    {
        Reports.Add(value);
        if (when?.Invoke(value) == true)
        {
            then!();
        }
    }
}

/// <summary>What this thread allocates from step to step.</summary>
internal sealed class AllocationMeter : IProgress<TrainProgress>
{
    private long _before;

    public long Allocated { get; private set; }

    public int Steps { get; private set; }

    public void Report(TrainProgress value)
    {
        // The first step may prepare things, and an epoch's end is no step.
        if (value.Epoch > 0 && !value.EpochEnds)
        {
            Allocated += _before == 0 ? 0 : GC.GetAllocatedBytesForCurrentThread() - _before;
            Steps++;
        }

        _before = value.EpochEnds ? 0 : GC.GetAllocatedBytesForCurrentThread();
    }
}
