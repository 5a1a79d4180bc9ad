using System;
using System.Linq;
using Dsl;
using Dsl.Data;
using Dsl.Profiling;
using Dsl.Sessions;
using Models.Vision;
using Xunit;

namespace Models.Tests;

/// <summary>A profile leaves the session, its optimiser and its model as they were, to the bit.</summary>
public sealed class ProfileStateTests
{
    private const int Batch = TrainingRun.Batch;

    public static TheoryData<string> Models => ProfileTests.Models;

    [Theory]
    [MemberData(nameof(Models))]
    public void A_profile_leaves_the_session_as_it_was(string name)
    {
        string Train(bool profiled)
        {
            IModel model = AllModels.Make(name);
            model.Parameters.Initialize(3);
            using ModelSession session = TrainingRun.Session(model, threads: 2);
            float[][] floats = TrainingRun.Floats(session);
            int[][] ints = TrainingRun.Ints(session);
            (string Name, int Value)[] sizes = TrainingRun.Sizes(session);
            for (int i = 0; i < 3; i++)
            {
                if (profiled)
                {
                    AssertUntouched(session);
                }

                TrainingRun.Step(session, sizes, floats, ints);
            }

            return model.Parameters.Sha256();
        }

        Assert.Equal(Train(profiled: false), Train(profiled: true));
    }

    [Fact]
    public void A_profile_between_micro_batches_and_between_inputs_changes_nothing()
    {
        string Train(bool profiled)
        {
            IModel model = new DigitNet();
            var optimizer = new AdamW(Schedule.Cosine(1e-2f, 10, 1e-4f))
            {
                ClipNorm = 0.5f, AverageDecay = 0.9f, Accumulates = true,
            };
            using ModelSession session = model.NewSession(
                new SessionOptions { Optimizer = optimizer, Sizes = new Sizes { ["b"] = 2 * Batch } });
            float[][] floats = TrainingRun.Floats(session);
            int[][] ints = TrainingRun.Ints(session);
            for (int i = 0; i < 4; i++)
            {
                // A smaller batch than the session's largest, which is what a profile runs.
                session.Begin(EntryPoint.Train);
                session.Write(0, floats[0]);
                Profile(session, profiled);
                session.Write(1, ints[0]);
                session.Run();
                Profile(session, profiled);
                optimizer.Accumulate(session, 0.5f);
                Profile(session, profiled);
                if (i % 2 == 1)
                {
                    Assert.True(optimizer.Update(session));
                }
            }

            Assert.Equal((2, 0), (optimizer.Step, optimizer.Skipped));
            optimizer.SwapAverage(session);
            return model.Parameters.Sha256();
        }

        Assert.Equal(Train(profiled: false), Train(profiled: true));
    }

    [Fact]
    public void A_trainer_goes_on_with_the_same_result_after_a_profile()
    {
        string Train(bool profiled)
        {
            var model = new DigitMlp();
            using ModelSession session = TrainingRun.Session(model, threads: 1);
            float[] images = Enumerable.Range(0, 20 * 784).Select(static i => (i * 7919 % 1000) / 1000f).ToArray();
            int[] digits = [.. Enumerable.Range(0, 20).Select(static i => i % 10)];
            Dataset data = new Dataset()
                .With("image", new Tensor(images, 20, 1, 28, 28)).With("digit", new IntTensor(digits, 20));
            var trainer = new Trainer(session, data, null, new TrainerOptions { Epochs = 2, BatchSize = Batch });
            Profile(session, profiled);
            trainer.Run();
            return model.Parameters.Sha256();
        }

        Assert.Equal(Train(profiled: false), Train(profiled: true));
    }

    private static void Profile(ModelSession session, bool profiled)
    {
        if (profiled)
        {
            AssertUntouched(session);
        }
    }

    /// <summary>Profiles, and compares all that the session and its optimiser are.</summary>
    private static void AssertUntouched(ModelSession session)
    {
        Optimizer optimizer = session.Optimizer!;
        (long, long, int, float, ulong) counters = Counters();
        long version = session.Model.Parameters.Version;
        int[] before = Bits(session);
        StepProfiler.Measure(session, ProfileTests.Brief);
        Assert.True(before.AsSpan().SequenceEqual(Bits(session)));
        Assert.Equal(counters, Counters());
        Assert.Equal(version, session.Model.Parameters.Version);

        (long, long, int, float, ulong) Counters() => (
            optimizer.Step, optimizer.Skipped, optimizer.MicroBatches, optimizer.GradientNorm, session.Seed);
    }

    private static int[] Bits(ModelSession session)
    {
        var values = new float[session.MemoryLength];
        session.Engine.Read(0, values);
        return Array.ConvertAll(values, BitConverter.SingleToInt32Bits);
    }
}
