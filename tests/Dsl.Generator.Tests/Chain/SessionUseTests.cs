extern alias runtime;
using System;
using System.IO;
using System.Linq;
using System.Threading;
using Dsl.Generator.Tests.Harness;
using Xunit;
using Adam = runtime::Dsl.Adam;
using Dataset = runtime::Dsl.Data.Dataset;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;
using Sgd = runtime::Dsl.Sgd;
using Trainer = runtime::Dsl.Trainer;
using TrainerOptions = runtime::Dsl.TrainerOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>What people do to sessions and trainers that they should not, and what they hear then.</summary>
public sealed class SessionUseTests
{
    private const int Samples = 6;

    private static readonly ChainCase s_line = new("line", """
        [Perceptron(2)] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", 2)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 2)] Tensor x, [Shape("b", 2)] Tensor target) => MeanSquaredError(Forward(x), target);
        """) { Runs = [$"b={Samples}"] };

    private static readonly ChainCase s_root = new("root", """
        [Perceptron(2, Bias = false)] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", 2)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 2)] Tensor x) => Mean(Sqrt(Sum(Square(A(x)), 1)));
        """) { Runs = [$"b={Samples}"] };

    private static readonly ChainCase s_weighted = new("weighted", """
        [Perceptron(3)] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", 2)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 2)] Tensor x, [Shape("b")] IntTensor label, [Shape(3)] Tensor weights) =>
            CrossEntropy(Forward(x), label, weights: weights);
        """) { Runs = [$"b={Samples}"] };

    /// <summary>Weights of classes reach a loss through a trainer as they do by hand.</summary>
    [Fact]
    public void What_all_samples_share_is_a_constant_column()
    {
        float[] x = [.. Enumerable.Range(0, Samples * 2).Select(static i => i * 0.1f)];
        int[] labels = [.. Enumerable.Range(0, Samples).Select(static i => i % 3)];
        float[] weights = [1f, 4f, 0.5f];
        Dataset samples = new Dataset()
            .WithConstant("weights", new runtime::Dsl.Tensor(weights, 3))
            .With("x", new runtime::Dsl.Tensor(x, Samples, 2))
            .With("label", new runtime::Dsl.IntTensor(labels));
        using ModelSession byTrainer = Session(s_weighted, new Adam(0.1f));
        using var trainer = new Trainer(
            byTrainer, samples, samples.Slice(2, 3), new TrainerOptions { Epochs = 2, BatchSize = Samples, Shuffle = false });
        trainer.Run();

        using ModelSession byHand = Session(s_weighted, new Adam(0.1f));
        for (int epoch = 0; epoch < 2; epoch++)
        {
            byHand.Begin(EntryPoint.Train, ("b", Samples));
            byHand.Write(0, x);
            byHand.Write(1, labels);
            byHand.Write(2, weights);
            byHand.Run();
            byHand.Optimizer!.Update(byHand);
        }

        Assert.Equal(byHand.Model.Parameters.Sha256(), byTrainer.Model.Parameters.Sha256());

        Dataset With(runtime::Dsl.Tensor weights) => new Dataset()
            .With("x", new runtime::Dsl.Tensor(x, Samples, 2)).With("label", new runtime::Dsl.IntTensor(labels)).WithConstant("weights", weights);
        var error = Assert.Throws<ArgumentException>(() => new Trainer(
            byTrainer, With(new runtime::Dsl.Tensor(new float[4], 4)), null, new TrainerOptions { BatchSize = Samples }));
        Assert.Contains("the constant 'weights'", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => new Trainer(
            byTrainer, new Dataset().WithConstant("x", new runtime::Dsl.Tensor(new float[2], 1, 2)).With("label", new runtime::Dsl.IntTensor(labels))
                .WithConstant("weights", new runtime::Dsl.Tensor(weights, 3)), null, new TrainerOptions { BatchSize = Samples }));
        Assert.Contains("'x' of the training set is a constant", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => With(new runtime::Dsl.Tensor([1f, float.NaN, 1f], 3)));
        error = Assert.Throws<ArgumentException>(() => new Trainer(
            byTrainer, new Dataset().With("x", new runtime::Dsl.Tensor(x, Samples, 2)).With("label", new runtime::Dsl.IntTensor(labels))
                .With("weights", new runtime::Dsl.Tensor(new float[Samples * 3], Samples, 3)), null, new TrainerOptions { BatchSize = Samples }));
        Assert.Contains("WithConstant", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_thread_is_told_and_changes_nothing()
    {
        using ModelSession session = Session(s_line);
        float[] expected = Run(session);
        using var inside = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var other = new Thread(() =>
        {
            using ModelSession.Turn turn = session.Enter();
            inside.Set();
            leave.Wait();
        });
        other.Start();
        inside.Wait();
        foreach (Action call in new Action[]
        {
            () => session.Begin(EntryPoint.Forward), session.Run, () => session.Read(0, new float[Samples * 2]),
            () => session.Write(0, new float[2]), session.PackParameters, session.Dispose,
        })
        {
            var error = Assert.Throws<InvalidOperationException>(call);
            Assert.Contains("Two threads use this session", error.Message, StringComparison.Ordinal);
        }

        leave.Set();
        other.Join();
        Assert.Equal(expected, Run(session));
    }

    /// <summary>Another session of the model, on another thread, sees whole steps.</summary>
    [Fact]
    public void Parameters_are_fetched_between_two_calls()
    {
        using ModelSession learns = Session(s_line, new Sgd(0.1f));
        using ModelSession serves = learns.Model.NewSession(Options());
        float[]? served = null;
        Thread other;
        using (learns.Enter())
        {
            other = new Thread(() => served = Run(serves));
            other.Start();
            Assert.False(other.Join(50));
        }

        other.Join();
        Assert.Equal(Run(learns), served);
    }

    [Fact]
    public void Columns_go_by_name_or_all_in_order()
    {
        runtime::Dsl.IModel model = CompiledCase.Of(s_line).NewModel();
        runtime::Dsl.Tensor values = runtime::Dsl.Tensor.Zeros(Samples, 2);
        var error = Assert.Throws<ArgumentException>(() => new Trainer(
            model, null, new Adam(0.1f), new Dataset().With("target", values).With("X", values)));
        Assert.Contains("no column 'x'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'X'", error.Message, StringComparison.Ordinal);

        // A trainer that was not made holds no session, so the model can be trained.
        using var trainer = new Trainer(
            model, null, new Adam(0.1f), new Dataset().With("first", values).With("second", values));
    }

    [Fact]
    public void A_checkpoint_needs_its_folder_before_the_first_epoch()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "x.safetensors");
        runtime::Dsl.Tensor values = runtime::Dsl.Tensor.Zeros(Samples, 2);
        var error = Assert.Throws<DirectoryNotFoundException>(() => new Trainer(
            CompiledCase.Of(s_line).NewModel(), null, new Adam(0.1f), new Dataset().With("x", values).With("target", values), null,
            new TrainerOptions { CheckpointPath = path }));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    /// <summary>√0 has a finite value and no finite slope.</summary>
    [Fact]
    public void Parameters_that_a_gradient_has_spoilt_are_named()
    {
        runtime::Dsl.Tensor values = runtime::Dsl.Tensor.Zeros(Samples, 2);
        runtime::Dsl.IModel model = CompiledCase.Of(s_root).NewModel();
        using var trainer = new Trainer(
            model, null, new Sgd(0.1f), new Dataset().With("x", values), null, new TrainerOptions { Epochs = 2, BatchSize = Samples });
        var error = Assert.Throws<NotFiniteNumberException>(() => trainer.Run());
        Assert.Contains("'A.", error.Message, StringComparison.Ordinal);
        Assert.Contains("is not finite already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_are_left_out_by_the_norm()
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
        {
            var optimizer = new Sgd(0.1f) { SkipNonFinite = true };
            using ModelSession session = Session(s_root, optimizer);
            optimizer.Update(session);
        });
        Assert.Contains("ClipNorm", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_begin_together()
    {
        const string Body = """
            [Lru(4)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", "n", 2)] Tensor x) => A(x);
            """;
        var recurrent = new ChainCase("recurrent", Body)
        {
            Sources = [TestModels.Class(Body).Replace("[Model]", "[Model(Steps = \"n\")]", StringComparison.Ordinal)],
            Runs = ["b=3 n=5"],
        };
        using ModelSession session = CompiledCase.Of(recurrent).NewModel().NewSession(new SessionOptions
        {
            Sizes = new runtime::Dsl.Sizes { ["b"] = 3, ["n"] = 5 },
        });
        Step(3);
        Step(2);
        var error = Assert.Throws<InvalidOperationException>(() => Step(3));
        Assert.Contains("'b' is 3 at position 2, but was 2", error.Message, StringComparison.Ordinal);
        session.Reset();
        Step(3);

        void Step(int sequences)
        {
            session.Begin(EntryPoint.Step, ("b", sequences));
            session.Write(0, new float[sequences * 2]);
            session.Run();
        }
    }

    private static SessionOptions Options(runtime::Dsl.Optimizer? optimizer = null) => new()
    {
        Sizes = new runtime::Dsl.Sizes { ["b"] = Samples }, Optimizer = optimizer,
    };

    private static ModelSession Session(ChainCase chainCase, runtime::Dsl.Optimizer? optimizer = null)
    {
        runtime::Dsl.IModel model = CompiledCase.Of(chainCase).NewModel();
        model.Parameters.Initialize(3);
        return model.NewSession(Options(optimizer));
    }

    private static float[] Run(ModelSession session)
    {
        session.Begin(EntryPoint.Forward, ("b", Samples));
        session.Write(0, [.. Enumerable.Range(0, Samples * 2).Select(static i => i * 0.1f)]);
        session.Run();
        var result = new float[Samples * 2];
        session.Read(0, result);
        return result;
    }
}
