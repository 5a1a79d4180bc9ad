extern alias runtime;
using System;
using System.Linq;
using Xunit;
using Adam = runtime::Dsl.Adam;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using IModel = runtime::Dsl.IModel;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using Optimizer = runtime::Dsl.Optimizer;
using ParameterGroup = runtime::Dsl.ParameterGroup;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Training of a part of a model.</summary>
public sealed class FrozenParameterTests
{
    private const int Samples = 6;

    private static readonly ChainCase s_images = new("frozen images", """
        [Conv(6, 3, Padding = 1)] private partial Tensor A(Tensor x);
        [BatchNorm(Activation = Activation.Relu)] private partial Tensor N(Tensor x);
        [Conv(8, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor B(Tensor x);
        [Perceptron(5, Activation = Activation.Tanh)] private partial Tensor C(Tensor x);
        [Perceptron(4)] private partial Tensor D(Tensor x);
        public Tensor Forward([Shape("b", 3, 8, 8)] Tensor x) => D(C(Flatten(MaxPool(B(N(A(x))), 2))));
        public Tensor Loss([Shape("b", 3, 8, 8)] Tensor x, [Shape("b")] IntTensor label) => CrossEntropy(Forward(x), label);
        """) { Runs = [$"b={Samples}"] };

    [Theory]
    [InlineData(1, "A", "N", "B")]
    [InlineData(2, "A", "N", "B", "C")]
    [InlineData(2, "C", "D")]
    [InlineData(1, "B.Weight", "N.Bias")]
    public void The_others_learn_as_before(int threads, params string[] frozen)
    {
        using ModelSession all = Session(threads, new Adam(0.01f) { WeightDecay = 0.1f });
        using ModelSession some = Session(threads, new Adam(0.01f) { WeightDecay = 0.1f, Groups = [ParameterGroup.Frozen(frozen)] });
        float[][] before = Values(some.Model);
        Assert.Equal(Step(all), Step(some));
        float[][] expected = Values(all.Model), after = Values(some.Model);
        for (int i = 0; i < after.Length; i++)
        {
            runtime::Dsl.Parameter parameter = some.Model.Parameters[i];
            bool isFrozen = parameter.Learns && frozen.Any(f => parameter.Name == f || parameter.Name.StartsWith(f + ".", StringComparison.Ordinal));
            Assert.Equal(isFrozen ? before[i] : expected[i], after[i]);
            Assert.NotEqual(isFrozen ? expected[i] : before[i], after[i]);
        }

        // And goes on so, with momentum.
        for (int step = 0; step < 3; step++)
        {
            Step(some);
        }

        Assert.Equal(
            before.Where((_, i) => after[i].SequenceEqual(before[i])),
            Values(some.Model).Where((_, i) => after[i].SequenceEqual(before[i])));
    }

    /// <summary>Both weights have the same gradient, which is computed once.</summary>
    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    public void A_gradient_that_two_share_is_there_for_the_one_that_learns(string frozen)
    {
        ChainCase twins = new("frozen twins", """
            [Perceptron(3)] private partial Tensor A(Tensor x);
            [Perceptron(3)] private partial Tensor B(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x) => A(x) + B(x);
            public Tensor Loss([Shape("b", 4)] Tensor x, [Shape("b")] IntTensor label) => CrossEntropy(Forward(x), label);
            """) { Runs = [$"b={Samples}"] };
        float[][] all = Learned(new Adam(0.01f));
        float[][] some = Learned(new Adam(0.01f) { Groups = [ParameterGroup.Frozen(frozen)] });
        int[] learning = frozen == "A" ? [2, 3] : [0, 1];
        Assert.Equal(learning.Select(i => all[i]), learning.Select(i => some[i]));

        float[][] Learned(Optimizer optimizer)
        {
            IModel model = CompiledCase.Of(twins).NewModel();
            model.Parameters.Initialize(3);
            using ModelSession session = model.NewSession(Options(1, optimizer));
            session.Begin(EntryPoint.Train, ("b", Samples));
            session.Write(0, [.. Enumerable.Range(0, Samples * 4).Select(static i => MathF.Sin(i))]);
            session.Write(1, [.. Enumerable.Range(0, Samples).Select(static i => i % 3)]);
            session.Run();
            optimizer.Update(session);
            return Values(model);
        }
    }

    /// <summary>Of the trunk only the forward pass is left, and at most one launch where the head ends.</summary>
    [Fact]
    public void A_frozen_trunk_costs_nothing_going_back()
    {
        using ModelSession all = Session(1, new Adam(0.01f));
        using ModelSession head = Session(1, new Adam(0.01f) { Groups = [ParameterGroup.Frozen("A", "N", "B")] });
        string[] run = [.. head.Loaded(EntryPoint.Train)!.Launches.Select(static l => l.Kernel.Name)];
        string[] left = [.. all.Loaded(EntryPoint.Train)!.Launches.Select(static l => l.Kernel.Name).Where(n => !run.Contains(n))];
        Assert.Contains(left, static n => n.Contains("A.Weight.Gradient", StringComparison.Ordinal));
        Assert.Contains(left, static n => n.Contains("B.Weight.Gradient", StringComparison.Ordinal));
        Assert.DoesNotContain(run, static n => n.Contains("A.", StringComparison.Ordinal) && n.Contains("Gradient", StringComparison.Ordinal));
        int program = all.Loaded(EntryPoint.Train)!.Launches.Count;
        int forward = all.Loaded(EntryPoint.Loss)!.Launches.Count;
        Assert.InRange(run.Length, forward, program - 4);
    }

    [Fact]
    public void A_name_that_no_parameter_has_is_refused_and_the_model_stays_free()
    {
        IModel model = CompiledCase.Of(s_images).NewModel();
        var error = Assert.Throws<ArgumentException>(
            () => model.NewSession(Options(1, new Adam(0.01f) { Groups = [ParameterGroup.Frozen("Trunk")] })));
        Assert.Contains("'Trunk'", error.Message, StringComparison.Ordinal);
        using ModelSession session = model.NewSession(Options(1, new Adam(0.01f)));
    }

    private static SessionOptions Options(int threads, Optimizer optimizer) => new()
    {
        Device = Device.Host(threads), Sizes = new runtime::Dsl.Sizes { ["b"] = Samples }, Optimizer = optimizer,
    };

    private static ModelSession Session(int threads, Optimizer optimizer)
    {
        IModel model = CompiledCase.Of(s_images).NewModel();
        model.Parameters.Initialize(3);
        return model.NewSession(Options(threads, optimizer));
    }

    private static float Step(ModelSession session)
    {
        session.Begin(EntryPoint.Train, ("b", Samples));
        session.Write(0, [.. Enumerable.Range(0, Samples * 3 * 64).Select(static i => MathF.Sin(i * i * 0.01f))]);
        session.Write(1, [.. Enumerable.Range(0, Samples).Select(static i => i % 4)]);
        session.Run();
        float loss = session.ReadScalar();
        session.Optimizer!.Update(session);
        return loss;
    }

    private static float[][] Values(IModel model) => [.. model.Parameters.Select(static p => p.ReadOnlyValues.ToArray())];
}
