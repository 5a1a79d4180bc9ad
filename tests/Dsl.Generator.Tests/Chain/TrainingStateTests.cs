extern alias runtime;
using System;
using System.IO;
using System.Linq;
using System.Reflection;
using runtime::Dsl;
using Xunit;
using Checkpoint = runtime::Dsl.Checkpoints.Checkpoint;
using Dataset = runtime::Dsl.Data.Dataset;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>What steps do to states and random numbers: accepted, refused, added up, saved, continued.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class TrainingStateTests
{
    private const int Samples = 50;
    private const int Features = 5;

    private static ChainCase Model { get; } = new("a model with states and dropout", """
        [Perceptron(9)] private partial Tensor A(Tensor x);
        [BatchNorm(Activation = Activation.Relu)] private partial Tensor N(Tensor x);
        [Dropout(0.4)] private partial Tensor D(Tensor x);
        [Perceptron(3)] private partial Tensor Classify(Tensor x);
        public Tensor Forward([Shape("b", 5)] Tensor x) => Classify(D(N(A(x))));
        public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label) => CrossEntropy(Forward(x), label);
        """);

    private static CompiledCase Compiled => CompiledCase.Of(Model);

    [Fact]
    public void States_are_parameters_that_do_not_learn()
    {
        IModel model = Compiled.NewModel();
        Assert.Equal(
            ["N.RunningMean", "N.RunningVariance"],
            model.Parameters.Where(static p => !p.Learns).Select(static p => p.Name));
        Assert.All(model.Parameters["N.RunningMean"].ToTensor().ToArray(), static v => Assert.Equal(0f, v));
        Assert.All(model.Parameters["N.RunningVariance"].ToTensor().ToArray(), static v => Assert.Equal(1f, v));
        Assert.Equal((9 * 5) + 9 + 9 + 9 + (3 * 9) + 3, model.Parameters.Length);
    }

    [Fact]
    public void A_step_moves_the_states_as_eager_code_does()
    {
        IModel model = Compiled.NewModel();
        IModel eager = Compiled.NewModel();
        float loss = Session(model, new Sgd(0f), session => Step(session, 0, 8));
        using (TrainingMode.Enter(seed: 0))
        {
            Tensor expected = (Tensor)eager.GetType().GetMethod("Loss")!.Invoke(eager, [X(0, 8), Labels(0, 8)])!;
            Assert.Equal(expected.Scalar, loss, 1e-5);
        }

        foreach (string state in new[] { "N.RunningMean", "N.RunningVariance" })
        {
            float[] expected = eager.Parameters[state].ToTensor().ToArray();
            float[] actual = model.Parameters[state].ToTensor().ToArray();
            Assert.All(expected.Zip(actual), static p => Assert.Equal(p.First, p.Second, 1e-5));
        }
    }

    [Fact]
    public void A_step_that_is_refused_changes_nothing()
    {
        IModel model = Compiled.NewModel();
        string before = model.Parameters.Sha256();
        Session(model, new Sgd(0.1f), session =>
        {
            float[] x = X(0, 8).ToArray();
            x[3] = float.NaN;
            Assert.Throws<NotFiniteNumberException>(() => Train(session, x, 0, 8));
            return 0;
        });
        Assert.Equal(before, model.Parameters.Sha256());
    }

    /// <summary>Every micro-batch moves the states on; a step that ends badly takes all of them back.</summary>
    [Fact]
    public void Micro_batches_move_states_in_order()
    {
        IModel whole = Compiled.NewModel();
        Session(whole, new Sgd(0f), session => Step(session, 0, 8) + Step(session, 8, 8));
        IModel parts = Compiled.NewModel();
        Session(parts, new Sgd(0f) { Accumulates = true }, session =>
        {
            foreach (int at in new[] { 0, 8 })
            {
                Run(session, X(at, 8).ToArray(), at, 8);
                session.Optimizer!.Accumulate(session, 0.5f);
            }

            session.Optimizer!.Update(session);
            return 0;
        });
        Assert.Equal(
            whole.Parameters["N.RunningMean"].ToTensor().ToArray(),
            parts.Parameters["N.RunningMean"].ToTensor().ToArray());

        string before = parts.Parameters.Sha256();
        Session(parts, new Sgd(0.1f) { Accumulates = true, ClipNorm = 1f, SkipNonFinite = true }, session =>
        {
            Run(session, X(0, 8).ToArray(), 0, 8);
            session.Optimizer!.Accumulate(session, 0.5f);
            Run(session, [.. X(8, 8).ToArray().Select(static _ => float.NaN)], 8, 8);
            session.Optimizer!.Accumulate(session, 0.5f);
            Assert.False(session.Optimizer.Update(session));
            return 0;
        });
        Assert.Equal(before, parts.Parameters.Sha256());
    }

    [Fact]
    public void Dropout_depends_on_seed_and_step_alone()
    {
        float First(ulong seed, int threads, int steps)
        {
            using ModelSession session = Compiled.NewModel().NewSession(new SessionOptions
            {
                Device = Device.Host(threads), Sizes = new Sizes { ["b"] = 8 }, Optimizer = new Sgd(0f),
            });
            session.Seed = seed;
            float loss = 0;
            for (int i = 0; i < steps; i++)
            {
                loss = Step(session, 0, 8);
            }

            return loss;
        }

        Assert.Equal(First(1, 1, 1), First(1, 3, 1));
        Assert.Equal(First(1, 1, 3), First(1, 2, 3));
        Assert.NotEqual(First(1, 1, 1), First(2, 1, 1));
        Assert.NotEqual(First(1, 1, 1), First(1, 1, 2));
    }

    [Fact]
    public void Validation_neither_drops_nor_moves_states()
    {
        IModel model = Compiled.NewModel();
        Session(model, new Sgd(0.1f), session =>
        {
            string before = model.Parameters.Sha256();
            Evaluation first = Trainer.Evaluate(session, Data(), 8);
            Assert.Equal(first, Trainer.Evaluate(session, Data(), 8));
            Assert.Equal(before, model.Parameters.Sha256());
            return 0;
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Training_stopped_and_continued_ends_with_the_same_bits(int accumulate)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string path = Path.Combine(folder, "training.safetensors");
            TrainerOptions options = new() { Epochs = 2, BatchSize = 8, Seed = 11, Accumulate = accumulate };
            Optimizer Create() => new AdamW(0.02f) { Accumulates = accumulate > 1, AverageDecay = 0.9f };

            IModel whole = Compiled.NewModel();
            using (var trainer = new Trainer(whole, Device.Host(1), Create(), Data(), Data(), options))
            {
                trainer.Run();
            }

            IModel first = Compiled.NewModel();
            using (var trainer = new Trainer(
                first, Device.Host(2), Create(), Data(), Data(), options with { Epochs = 1, CheckpointPath = path }))
            {
                trainer.Run();
            }

            IModel second = Compiled.NewModel();
            second.Parameters.Initialize(77);
            using (var trainer = new Trainer(second, Device.Host(3), Create(), Data(), Data(), options))
            {
                trainer.Resume(path);
                trainer.Run();
            }

            Assert.Equal(whole.Parameters.Sha256(), second.Parameters.Sha256());
            Assert.NotEqual(first.Parameters.Sha256(), second.Parameters.Sha256());
            string plain = Path.Combine(folder, "model.safetensors");
            Checkpoint.Save(plain, whole.Parameters);
            Checkpoint.Load(plain, first.Parameters);
            Assert.Equal(whole.Parameters.Sha256(), first.Parameters.Sha256());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static float Session(IModel model, Optimizer optimizer, Func<ModelSession, float> use)
    {
        using ModelSession session = model.NewSession(
            new SessionOptions { Device = Device.Host(1), Sizes = new Sizes { ["b"] = 8 }, Optimizer = optimizer });
        return use(session);
    }

    private static float Step(ModelSession session, int at, int count) =>
        Train(session, X(at, count).ToArray(), at, count);

    private static float Train(ModelSession session, float[] x, int at, int count)
    {
        // What the generated Train does.
        Run(session, x, at, count);
        return (float)typeof(ModelSession).GetMethod("Learn", BindingFlags.Instance | BindingFlags.NonPublic)!
            .Invoke(session, BindingFlags.DoNotWrapExceptions, null, null, null)!;
    }

    private static void Run(ModelSession session, float[] x, int at, int count)
    {
        session.Begin(EntryPoint.Train);
        session.Write(0, x.AsSpan());
        session.Write(1, Labels(at, count).Values);
        session.Run();
    }

    private static Dataset Data() => new Dataset().With("x", X(0, Samples)).With("label", Labels(0, Samples));

    private static Tensor X(int at, int count) => new(
        [.. Enumerable.Range(at * Features, count * Features).Select(static i => (i * 37 % 101 / 50f) - 1)],
        count,
        Features);

    private static IntTensor Labels(int at, int count) =>
        new([.. Enumerable.Range(at, count).Select(static i => i * 7 % 3)], count);
}
