using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Checkpoints;
using Xunit;

namespace Dsl.Runtime.Tests.Training;

public sealed class OptimizerTests
{
    /// <summary>Optimisers with all their options; the naive form of each is in <see cref="NaiveOptimizer"/>.</summary>
    private static readonly Dictionary<string, Func<Optimizer>> s_optimizers = new()
    {
        ["sgd"] = static () => new Sgd(0.1f),
        ["sgd decay"] = static () => new Sgd(0.1f) { WeightDecay = 0.03f },
        ["sgd momentum"] = static () => new Sgd(0.05f) { Momentum = 0.9f, WeightDecay = 5e-4f },
        ["sgd nesterov"] = static () => new Sgd(0.05f) { Momentum = 0.9f, Nesterov = true, WeightDecay = 0.01f },
        ["adam"] = static () => new Adam(0.01f),
        ["adam decay"] = static () =>
            new Adam(0.01f) { Beta1 = 0.8f, Beta2 = 0.95f, Epsilon = 1e-4f, WeightDecay = 0.1f },
        ["adamw"] = static () => new AdamW(0.01f),
        ["adamw options"] = static () =>
            new AdamW(0.02f) { Beta1 = 0.7f, Beta2 = 0.99f, Epsilon = 1e-6f, WeightDecay = 0.3f },
        ["rmsprop"] = static () => new RmsProp(0.01f),
        ["rmsprop options"] = static () =>
            new RmsProp(0.01f) { Alpha = 0.9f, Momentum = 0.8f, Epsilon = 1e-3f, WeightDecay = 0.1f },
        ["scheduled"] = static () => new Adam(Schedule.Cosine(0.05f, 5).WarmUp(3)),
        ["clipped"] = static () => new Sgd(0.1f) { ClipNorm = 1.5f },
        ["clipped adam"] = static () => new AdamW(0.1f) { ClipNorm = 0.25f },
        ["average"] = static () => new Adam(0.1f) { AverageDecay = 0.9f },
    };

    public static TheoryData<string> Optimizers => [.. s_optimizers.Keys];

    [Theory]
    [InlineData(0.2f)]
    [InlineData(5e-4f)]
    public void A_parameter_that_learns_slowly_has_a_rate_of_at_most_SlowRate(float rate)
    {
        const float Slow = 1e-2f;
        Func<float, Optimizer>[] all =
        [
            static r => new Sgd(r) { SlowRate = Slow, WeightDecay = 0.1f },
            static r => new Sgd(r) { SlowRate = Slow, Momentum = 0.9f },
            static r => new AdamW(r) { SlowRate = Slow, WeightDecay = 0.1f },
            static r => new RmsProp(r) { SlowRate = Slow },
            static r => new RmsProp(r) { SlowRate = Slow, Momentum = 0.9f },
        ];
        foreach (Func<float, Optimizer> make in all)
        {
            float[] fast = Steps(make(rate), slow: 0);
            float[] slow = Steps(make(rate), slow: 1);
            float[] bounded = Steps(make(Math.Min(rate, Slow)), slow: 0);
            Assert.True(Far(bounded, slow) < 1e-6f);
            Assert.Equal(rate <= Slow, Far(fast, slow) < 1e-6f);
        }

        static float Far(float[] a, float[] b) => a.Zip(b, static (x, y) => MathF.Abs(x - y)).Max();

        // The second parameter, which does not decay, after three steps.
        static float[] Steps(Optimizer optimizer, int slow)
        {
            using var memory = new FlatMemory(new Dsl.Host.HostEngine(1), optimizer.StateCount, [(20, true), (20, false)], slow);
            optimizer.Bind(memory);
            for (int step = 0; step < 3; step++)
            {
                float[] gradient = [.. Enumerable.Range(0, 20).Select(i => ((i + step) % 7) - 3f)];
                memory.Write(memory.GradientBase, 0, gradient);
                memory.Write(memory.GradientBase, 1, gradient);
                optimizer.Update();
            }

            return memory.Read(memory.ParameterBase, 1);
        }
    }

    [SkippableTheory]
    [InlineData("optim_sgd")]
    [InlineData("optim_sgd_momentum")]
    [InlineData("optim_sgd_nesterov")]
    [InlineData("optim_adam")]
    [InlineData("optim_adamw")]
    [InlineData("optim_rmsprop")]
    public void Trajectories_agree_with_another_framework(string name)
    {
        using SafeTensorsReader golden = GoldenFolder.Open(name);
        Optimizer optimizer = name switch
        {
            "optim_sgd" => new Sgd(0.1f),
            "optim_sgd_momentum" => new Sgd(0.05f) { Momentum = 0.9f, WeightDecay = 5e-4f },
            "optim_sgd_nesterov" => new Sgd(0.05f) { Momentum = 0.9f, Nesterov = true },
            "optim_adam" => new Adam(0.01f),
            "optim_adamw" => new AdamW(0.01f) { WeightDecay = 0.1f },
            _ => new RmsProp(0.01f) { Momentum = 0.9f },
        };
        double[] grads = golden.Doubles("aux.grads");
        double[] expected = golden.Doubles("out.p_traj");
        float[] start = Floats(golden.Doubles("aux.p0"));
        using var memory = new FlatMemory(optimizer.StateCount, 1, (start.Length, true));
        memory.Write(memory.ParameterBase, 0, start);
        optimizer.Bind(memory);
        for (int step = 0; step < grads.Length / start.Length; step++)
        {
            memory.Write(memory.GradientBase, 0, Floats(grads.AsSpan(step * start.Length, start.Length)));
            Assert.True(optimizer.Update());
            ReadOnlySpan<double> wanted = expected.AsSpan(step * start.Length, start.Length);
            AssertClose(wanted, memory.Read(memory.ParameterBase, 0), $"{name}, step {step}");
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_option_agrees_with_the_formula_in_double(string name)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        Optimizer optimizer = s_optimizers[name]();

        // Lengths below, at and above a vector and a block of the skeleton, and gradients whose padding must stay out
        // of the norm.
        (int Length, bool Decays)[] shapes = [(7, true), (16, true), (5000, true), (1, false), (35, false)];
        using var memory = new FlatMemory(optimizer.StateCount, 2, shapes);
        var naive = new NaiveOptimizer(optimizer, shapes.Select(static s => s.Decays).ToArray());
        double[][] parameters = shapes.Select(s => Random(random, s.Length)).ToArray();
        for (int i = 0; i < shapes.Length; i++)
        {
            memory.Write(memory.ParameterBase, i, Floats(parameters[i]));
        }

        optimizer.Bind(memory);
        for (int step = 0; step < 8; step++)
        {
            double[][] gradients = shapes.Select(s => Random(random, s.Length, step % 2 == 0 ? 1 : 0.001)).ToArray();
            for (int i = 0; i < shapes.Length; i++)
            {
                memory.Write(memory.GradientBase, i, Floats(gradients[i]));
            }

            Assert.True(optimizer.Update());
            double norm = naive.Update(parameters, gradients);
            for (int i = 0; i < shapes.Length; i++)
            {
                string what = $"{name}, seed {seed}, step {step}, parameter {i}";
                AssertClose(parameters[i], memory.Read(memory.ParameterBase, i), what);
            }

            Assert.True(
                optimizer.ClipNorm is null
                    ? float.IsNaN(optimizer.GradientNorm)
                    : Math.Abs((optimizer.GradientNorm / norm) - 1) < 1e-6,
                $"seed {seed}: norm {optimizer.GradientNorm}, expected {norm}");
        }

        if (optimizer.AverageDecay is not null)
        {
            float[] last = memory.Read(memory.ParameterBase, 2);
            optimizer.SwapAverage();
            AssertClose(naive.Average[2], memory.Read(memory.ParameterBase, 2), $"average, seed {seed}");
            optimizer.SwapAverage();
            Assert.Equal(last, memory.Read(memory.ParameterBase, 2));
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void The_number_of_threads_changes_no_bit(string name)
    {
        const int Length = 100_003;
        Assert.Equal(Train(1), Train(2));
        Assert.Equal(Train(1), Train(5));

        float[] Train(int threads)
        {
            var random = new Random(11);
            Optimizer optimizer = s_optimizers[name]();
            using var memory = new FlatMemory(optimizer.StateCount, threads, (Length, true), (500, false));
            memory.Write(memory.ParameterBase, 0, Floats(Random(random, Length)));
            optimizer.Bind(memory);
            for (int step = 0; step < 3; step++)
            {
                memory.Write(memory.GradientBase, 0, Floats(Random(random, Length)));
                optimizer.Update();
            }

            return memory.Read(memory.ParameterBase, 0);
        }
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var optimizer = new AdamW(0.01f) { ClipNorm = 1f, AverageDecay = 0.9f, Accumulates = true };
        using var memory = new FlatMemory(optimizer.StateCount, 2, (10_000, true), (10, false));
        optimizer.Bind(memory);
        for (int step = 0; step < 3; step++)
        {
            Step();
        }

        // A collection, which tests beside this one cause, counts what was left of the thread's piece of the heap: the least counts.
        long least = long.MaxValue;
        for (int step = 0; step < 5; step++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Step();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);

        void Step()
        {
            optimizer.Accumulate(0.5f);
            optimizer.Accumulate(0.5f);
            optimizer.Update();
        }
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(4, 3)]
    public void Micro_batches_make_the_mean_over_all_their_samples(int first, int second)
    {
        var random = new Random(5);
        double[] a = Random(random, 40);
        double[] b = Random(random, 40);
        var whole = new Sgd(0.1f) { ClipNorm = 1f };
        using var one = new FlatMemory(whole.StateCount, 1, (40, true));
        double[] mean = a.Zip(b, (x, y) => ((first * x) + (second * y)) / (first + second)).ToArray();
        one.Write(one.GradientBase, 0, Floats(mean));
        whole.Bind(one);
        whole.Update();

        var parts = new Sgd(0.1f) { ClipNorm = 1f, Accumulates = true };
        using var sum = new FlatMemory(parts.StateCount, 1, (40, true));
        parts.Bind(sum);
        sum.Engine.Fill(sum.StateBase(0), 40, float.NaN);
        sum.Write(sum.GradientBase, 0, Floats(a));
        parts.Accumulate((float)first / (first + second));
        sum.Write(sum.GradientBase, 0, Floats(b));
        parts.Accumulate((float)second / (first + second));
        parts.Update();
        double[] expected = Array.ConvertAll(one.Read(one.ParameterBase, 0), static v => (double)v);
        AssertClose(expected, sum.Read(sum.ParameterBase, 0), "sum");
        Assert.Throws<InvalidOperationException>(() => parts.Update());
        Assert.Throws<InvalidOperationException>(() => whole.Accumulate(1f));
    }

    [SkippableFact]
    public void Clipping_agrees_with_another_framework()
    {
        using SafeTensorsReader golden = GoldenFolder.Open("clip_grad_norm");
        var optimizer = new Sgd(1f) { ClipNorm = 1f };
        using var memory = new FlatMemory(0, 1, (12, true), (7, false));
        memory.Write(memory.GradientBase, 0, Floats(golden.Doubles("aux.g0")));
        memory.Write(memory.GradientBase, 1, Floats(golden.Doubles("aux.g1")));
        optimizer.Bind(memory);
        optimizer.Update();
        double[] total = golden.Doubles("out.total_norm");
        Assert.Equal(total[0], optimizer.GradientNorm, total[0] * 1e-6);

        // The parameters were 0 and the rate is 1: they are now the clipped gradients, negated.
        for (int i = 0; i < 2; i++)
        {
            float[] clipped = Array.ConvertAll(memory.Read(memory.ParameterBase, i), static v => -v);
            AssertClose(golden.Doubles("out.g" + i), clipped, "g" + i);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_gradient_that_is_not_finite_changes_nothing(float bad)
    {
        var optimizer = new Adam(0.1f) { ClipNorm = float.PositiveInfinity };
        using var memory = new FlatMemory(optimizer.StateCount, 1, (100, true), (20, false));
        memory.Engine.Fill(memory.GradientBase, 100, 1f);
        optimizer.Bind(memory);
        optimizer.Update();
        float[] before = All(memory);
        memory.Write(memory.GradientBase, 1, [1f, bad, 2f, bad]);
        float[] unchanged = All(memory);
        var e = Assert.Throws<NotFiniteNumberException>(() => optimizer.Update());
        Assert.Contains("Step 2: the norm of the gradients is", e.Message, StringComparison.Ordinal);
        Assert.Contains("not finite in 'P1' (2 of 20)", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, unchanged);
        Assert.Equal(before, All(memory));
        Assert.Equal(1, optimizer.Step);
    }

    [Fact]
    public void A_step_can_be_left_out()
    {
        var optimizer = new Sgd(0.1f) { ClipNorm = 1f, SkipNonFinite = true };
        using var memory = new FlatMemory(0, 1, (100, true));
        memory.Write(memory.GradientBase, 0, [float.NaN]);
        optimizer.Bind(memory);
        Assert.False(optimizer.Update());
        Assert.Equal((0L, 1L), (optimizer.Step, optimizer.Skipped));
        Assert.All(memory.Read(memory.ParameterBase, 0), static v => Assert.Equal(0f, v));
        memory.Write(memory.GradientBase, 0, [3f]);
        Assert.True(optimizer.Update());
        Assert.Equal(3f, optimizer.GradientNorm);
    }

    [Fact]
    public void Every_float_of_the_gradients_counts_once_in_the_norm()
    {
        foreach (int length in (int[])[1, 15, 16, 17, 500, 511, 512, 513, 2000, 33_000])
        {
            var optimizer = new Sgd(0f) { ClipNorm = float.PositiveInfinity };
            using var memory = new FlatMemory(0, 2, (length, true));
            memory.Engine.Fill(memory.GradientBase, length, 1f);
            optimizer.Bind(memory);
            optimizer.Update();
            Assert.Equal((float)Math.Sqrt(length), optimizer.GradientNorm);
        }
    }

    [Fact]
    public void Misuse_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(0.1f) { Momentum = 1f });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(0.1f) { Beta2 = float.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(0.1f) { Epsilon = -1f });
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(0.1f) { WeightDecay = float.PositiveInfinity });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(0.1f) { ClipNorm = 0f });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(0.1f) { AverageDecay = 1f });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(-0.1f));
        var optimizer = new Sgd(0.1f);
        using var one = new FlatMemory(0, 1, (4, true));
        using var other = new FlatMemory(0, 1, (4, true));
        optimizer.Bind(one);
        Assert.Throws<InvalidOperationException>(() => optimizer.Bind(other));
        Assert.Throws<InvalidOperationException>(() => optimizer.SwapAverage());
    }

    private static float[] All(FlatMemory memory)
    {
        int length = (int)memory.ParameterLength;
        var values = new float[3 * length];
        memory.Engine.Read(memory.ParameterBase, values.AsSpan(0, length));
        memory.Engine.Read(memory.StateBase(0), values.AsSpan(length));
        return values;
    }

    private static double[] Random(Random random, int length, double scale = 1) =>
        Enumerable.Range(0, length).Select(_ => (double)(float)(scale * ((2 * random.NextDouble()) - 1))).ToArray();

    private static float[] Floats(ReadOnlySpan<double> values) =>
        Array.ConvertAll(values.ToArray(), static v => (float)v);

    private static void AssertClose(ReadOnlySpan<double> expected, float[] actual, string what)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            double tolerance = 2e-6 * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance,
                $"{what}, element {i}: {actual[i]}, expected {expected[i]}");
        }
    }
}
