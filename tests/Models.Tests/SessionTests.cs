using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using Dsl;
using Dsl.Checkpoints;
using Dsl.Plans;
using Dsl.Sessions;
using Models.Vision;
using Xunit;

namespace Models.Tests;

/// <summary>What a session promises, on every model: the stated arena, determinism, clear errors.</summary>
public sealed class SessionTests
{
    private const int Batch = TrainingRun.Batch;

    public static IEnumerable<object[]> Models => AllModels.Names;

    [Theory]
    [MemberData(nameof(Models))]
    public unsafe void The_arena_is_as_large_as_the_plan_says_and_written_to_its_end(string name)
    {
        IModel model = AllModels.Make(name);
        using ModelSession session = TrainingRun.Session(model, threads: 1);
        long planned = AllModels.Programs(model).Max(p => p.ArenaLength(AllModels.Sizes(p, Batch)));
        Assert.Equal(planned * sizeof(float), session.ArenaBytes);

        // The peak as measured: the last element that a step changes, up to the alignment of the last buffer.
        float untouched = BitConverter.Int32BitsToSingle(0x7FABCDEF);
        session.Engine.Fill(session.ArenaBase, session.ArenaLength, untouched);
        TrainingRun.Step(
            session, TrainingRun.Sizes(session), TrainingRun.Floats(session), TrainingRun.Ints(session));
        int* bits = (int*)(session.Engine.Pointer + session.ArenaBase);
        long last = session.ArenaLength - 1;
        while (last >= 0 && bits[last] == 0x7FABCDEF)
        {
            last--;
        }

        Assert.InRange(session.ArenaLength - 1 - last, 0, Program.Alignment - 1);
    }

    /// <summary>A batch that is given to Train is all of its step, whatever else the optimiser could add up.</summary>
    [Fact]
    public void Train_takes_a_step_of_one_batch_where_micro_batches_are_added_up()
    {
        float[][] parameters = new float[2][];
        for (int i = 0; i < 2; i++)
        {
            var model = new DigitNet();
            model.Parameters.Initialize(seed: 1);
            using (DigitNet.Session session = model.CreateSession(optimizer: new Sgd(0.1f) { Accumulates = i == 1 }))
            {
                float[] images = [.. Enumerable.Range(0, 4 * 28 * 28).Select(static k => k % 29 / 29f)];
                session.Train(images, [1, 2, 3, 4]);
                session.Train(images, [1, 2, 3, 4]);
            }

            parameters[i] = [.. model.Parameters.SelectMany(static p => p.ReadOnlyValues.ToArray())];
        }

        Assert.Equal(parameters[0], parameters[1]);
        Assert.DoesNotContain(parameters[0], static p => !float.IsFinite(p));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_plan_states_what_a_session_of_the_example_has(string name)
    {
        IModel model = AllModels.Make(name);
        ModelPlan plan = model.Compiled.Plan;
        using ModelSession session = model.NewSession(new SessionOptions { Optimizer = new Sgd(0.1f) });
        Assert.Equal(plan.ArenaBytes, session.ArenaBytes);
        Assert.Equal(plan.Parameters, model.Parameters.Where(static p => p.Learns).Sum(static p => (long)p.Length));
        Assert.Equal(
            (plan.ForwardLaunches, plan.LossLaunches, plan.TrainLaunches),
            (model.Compiled.Forward.Kernels.Count, model.Compiled.Loss!.Kernels.Count, model.Compiled.Train!.Kernels.Count));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Weights_do_not_depend_on_threads_or_on_what_was_in_memory(string name)
    {
        string Train(int threads, float garbage)
        {
            IModel model = AllModels.Make(name);
            model.Parameters.Initialize(5);
            using ModelSession session = TrainingRun.Session(model, threads);
            float[][] floats = TrainingRun.Floats(session);
            int[][] ints = TrainingRun.Ints(session);
            (string Name, int Value)[] sizes = TrainingRun.Sizes(session);
            for (int i = 0; i < 4; i++)
            {
                session.Engine.Fill(session.ArenaBase, session.ArenaLength, garbage);
                TrainingRun.Step(session, sizes, floats, ints);
            }

            return model.Parameters.Sha256();
        }

        string one = Train(1, float.NaN);
        Assert.Equal(one, Train(2, float.NaN));
        Assert.Equal(one, Train(3, 7f));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Compiled_and_eager_agree(string name)
    {
        IModel model = AllModels.Make(name);
        using ModelSession session = model.NewSession(new SessionOptions { Sizes = AllModels.AtMost(model.Compiled.Forward, Batch) });
        Program forward = model.Compiled.Forward;
        SizeValues sizes = AllModels.Sizes(forward, Batch);
        session.Begin(EntryPoint.Forward, AllModels.Given(forward, Batch));
        AllModels.WriteInputs(session, forward, sizes, seed: 11);
        session.Run();
        var random = new Random(11);
        object[] arguments = forward.Inputs.Select(i =>
        {
            int[] dims = i.Shape.Select(d => (int)d.Evaluate(sizes)).ToArray();
            int length = AllModels.Length(i, sizes);
            return i.Integers
                ? (object)new IntTensor(AllModels.Ints(i, sizes, random), dims)
                : new Tensor(Enumerable.Range(0, length).Select(_ => random.NextSingle()).ToArray(), dims);
        }).ToArray();
        object eager = model.GetType().GetMethod("Forward")!.Invoke(model, arguments)!;
        Tensor[] results = eager is ITuple tuple
            ? [.. Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!)] : [(Tensor)eager];
        for (int result = 0; result < results.Length; result++)
        {
            float[] expected = results[result].ToArray();
            var compiled = new float[expected.Length];
            session.Read(result, compiled);
            float largest = expected.Max(Math.Abs);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.True(
                    Math.Abs(expected[i] - compiled[i]) <= (1e-4f * Math.Abs(expected[i])) + (1e-5f * largest),
                    $"element {i} of result {result}");
            }
        }
    }

    [Fact]
    public void A_row_of_the_result_does_not_depend_on_its_batch()
    {
        var net = new DigitNet();
        float[] images = Enumerable.Range(0, 9 * 784).Select(static i => (i * 7919 % 1000) / 1000f).ToArray();
        using DigitNet.Session session = net.CreateSession(maximum: new Sizes { ["b"] = 9 });
        var together = new float[90];
        session.Forward(images, together);
        for (int i = 0; i < 9; i++)
        {
            var alone = new float[10];
            session.Forward(images.AsSpan(i * 784, 784), alone);
            Assert.Equal(together.AsSpan(i * 10, 10).ToArray(), alone);
        }
    }

    [Fact]
    public void A_session_sees_what_another_one_has_learned()
    {
        var net = new DigitNet();
        float[] image = Enumerable.Range(0, 784).Select(static i => i % 7 / 7f).ToArray();
        using DigitNet.Session serving = net.CreateSession(maximum: new Sizes { ["b"] = 1 });
        var before = new float[10];
        serving.Forward(image, before);
        using (DigitNet.Session training = net.CreateSession(maximum: new Sizes { ["b"] = 1 }, optimizer: new Sgd(0.1f)))
        {
            float first = training.Train(image, [3]);
            Assert.True(training.Loss(image, [3]) < first);
            var during = new float[10];
            serving.Forward(image, during);
            Assert.NotEqual(before, during);
            var own = new float[10];
            training.Forward(image, own);
            Assert.Equal(own, during);
            Assert.Throws<InvalidOperationException>(() => net.CreateSession(optimizer: new Sgd(0.1f)));
            training.Train(image, [3]);
            training.Forward(image, before);
        }

        var after = new float[10];
        serving.Forward(image, after);
        Assert.Equal(before, after);
    }

    [Fact]
    public void A_run_needs_its_inputs_anew_and_refused_ones_do_not_count()
    {
        using DigitNet.Session session = new DigitNet().CreateSession(maximum: new Sizes { ["b"] = 2 });
        session.Loss(new float[784], [1]);
        Assert.Throws<InvalidOperationException>(session.Run);
        session.Begin(EntryPoint.Loss);
        session.Write(0, new float[784]);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Write(1, [10]));
        Assert.Contains("'digit'", Assert.Throws<InvalidOperationException>(session.Run).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => session.Begin(EntryPoint.Loss, ("b", 3)));
        Assert.Throws<InvalidOperationException>(session.Run);
    }

    [Fact]
    public void A_saved_net_loads_into_another_and_gives_the_same_scores()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".safetensors");
        try
        {
            var net = new DigitNet();
            net.Parameters.Initialize(77);
            Checkpoint.Save(path, net.Parameters);
            var other = new DigitNet();
            Assert.NotEqual(net.Parameters.Sha256(), other.Parameters.Sha256());
            Checkpoint.Load(path, other.Parameters);
            Assert.Equal(net.Parameters.Sha256(), other.Parameters.Sha256());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused_by_name()
    {
        var net = new DigitNet();
        using DigitNet.Session session = net.CreateSession(maximum: new Sizes { ["b"] = 2 });
        Assert.Contains("'image'", Assert.Throws<ArgumentException>(() => session.Forward(new float[100], new float[10])).Message, StringComparison.Ordinal);
        Assert.Contains("at most 2", Assert.Throws<ArgumentException>(() => session.Forward(new float[3 * 784], new float[30])).Message, StringComparison.Ordinal);
        Assert.Contains("[1, 10]", Assert.Throws<ArgumentException>(() => session.Forward(new float[784], new float[11])).Message, StringComparison.Ordinal);
        var label = Assert.Throws<ArgumentOutOfRangeException>(() => session.Loss(new float[784], [10]));
        Assert.Contains("'digit' element 0 is 10", label.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => session.Train(new float[784], [1]));
        Assert.Throws<ArgumentException>(() => net.CreateSession(maximum: new Sizes { ["c"] = 2 }));
    }
}
