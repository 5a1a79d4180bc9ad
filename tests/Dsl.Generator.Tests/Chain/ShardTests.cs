extern alias runtime;
using System;
using System.Linq;
using System.Threading;
using Dsl.Tests;
using Xunit;
using AdamW = runtime::Dsl.AdamW;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using ICollectives = runtime::Dsl.Sharding.ICollectives;
using IModel = runtime::Dsl.IModel;
using LocalCollectives = runtime::Dsl.Sharding.LocalCollectives;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using Optimizer = runtime::Dsl.Optimizer;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;
using Sgd = runtime::Dsl.Sgd;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Classes that are sharded among ranks, each with its own part of a batch, learn what one session learns with all of
/// it.</summary>
public sealed class ShardTests
{
    private const int Classes = 60, Width = 21, Inputs = 5, Samples = 12, Steps = 4;

    public static TheoryData<string, int, bool, string> Kinds => new()
    {
        { "Kind = Margin.Softmax", 2, true, "momentum" },
        { "Kind = Margin.ArcFace, Scale = 8", 1, true, "momentum" },
        { "Kind = Margin.ArcFace, Scale = 8", 2, true, "momentum" },
        { "Kind = Margin.ArcFace, Scale = 8", 4, true, "adamw" },
        { "Kind = Margin.ArcFace, Scale = 8", 4, false, "momentum" },
        { "Kind = Margin.ArcFace, Scale = 64", 3, true, "momentum" },
        { "Kind = Margin.CosFace, Scale = 8, SubCenters = 3", 3, true, "adamw" },
        { "Kind = Margin.ASoftmax, LambdaBase = 10", 3, true, "momentum" },
        { "Kind = Margin.ArcFace, Scale = 8, Ignore = -5", 3, true, "momentum" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Ranks_learn_what_one_session_learns(string kind, int ranks, bool inPlace, string optimizer)
    {
        (float[] losses, float[][] parameters) = Trained(Compiled(kind, 1), optimizer, null, 0, inPlace, Device.Host(1));
        CompiledCase sharded = Compiled(kind, ranks);
        var ofRanks = new (float[] Losses, float[][] Parameters)[ranks];
        if (ranks == 1)
        {
            ofRanks[0] = Trained(sharded, optimizer, null, 0, inPlace, Device.Host(2));
        }
        else
        {
            LocalCollectives.Run(ranks, group => ofRanks[group.Rank] =
                Trained(sharded, optimizer, group, group.Rank, inPlace, Device.Host(1)));
        }

        foreach ((float[] actual, float[][] _) in ofRanks)
        {
            // The sums of every rank have the same bits.
            Assert.Equal(ofRanks[0].Losses, actual);
            AssertClose(losses, actual, "losses");
        }

        IModel model = sharded.NewModel();
        for (int p = 0; p < parameters.Length; p++)
        {
            if (model.Parameters[p].Shards == 1)
            {
                Assert.All(ofRanks, r => AssertClose(parameters[p], r.Parameters[p], model.Parameters[p].Name));
                Assert.All(ofRanks, r => Assert.Equal(ofRanks[0].Parameters[p], r.Parameters[p]));
            }
            else
            {
                AssertClose(parameters[p], [.. ofRanks.SelectMany(r => r.Parameters[p])], model.Parameters[p].Name);
            }
        }
    }

    [Theory]
    [InlineData(60, 4)]
    [InlineData(62, 2)]
    public void A_rank_begins_with_its_part_of_the_rows(int classes, int ranks)
    {
        const string Kind = "Kind = Margin.ArcFace";
        IModel whole = Compiled(Kind, 1, classes).NewModel();
        whole.Parameters.Initialize(7);
        float[] rows = whole.Parameters["Classify.Weight"].ReadOnlyValues.ToArray();
        for (int rank = 0; rank < ranks; rank++)
        {
            IModel part = Compiled(Kind, ranks, classes).NewModel();
            part.Parameters.Initialize(7, rank);
            float[] own = part.Parameters["Classify.Weight"].ReadOnlyValues.ToArray();
            Assert.Equal(rows.Length / ranks, own.Length);
            Assert.Equal(rows.AsSpan(rank * own.Length, own.Length).ToArray(), own);
            Assert.Equal(
                whole.Parameters["A.Weight"].ReadOnlyValues.ToArray(), part.Parameters["A.Weight"].ReadOnlyValues.ToArray());
        }
    }

    /// <summary>Each rank chooses among its own classes, and all of the batch are there.</summary>
    [Fact]
    public void Ranks_choose_among_their_classes()
    {
        CompiledCase sharded = Compiled("Kind = Margin.ArcFace, Scale = 8, SampleRate = 0.5", 3);
        LocalCollectives.Run(3, group =>
        {
            using ModelSession session = Session(sharded, new SessionOptions { Optimizer = new Sgd(0.1f) }, group, group.Rank);
            float[] before = Rows(session);
            Step(session, 0, Samples / 3, group.Rank);
            session.Optimizer!.Update(session);
            float[] after = Rows(session);
            int[] moved = [.. Enumerable.Range(0, 20).Where(j =>
                !before.AsSpan(j * Width, Width).SequenceEqual(after.AsSpan(j * Width, Width)))];
            Assert.Equal(10, moved.Length);
            int[] own = [.. Enumerable.Range(0, Samples).Select(i => Label(i, 0) - (20 * group.Rank)).Where(static j => j is >= 0 and < 20)];
            Assert.All(own, j => Assert.Contains(j, moved));
        });

        static float[] Rows(ModelSession session)
        {
            session.UnpackParameters();
            return session.Model.Parameters["Classify.Weight"].ReadOnlyValues.ToArray();
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        CompiledCase sharded = Compiled("Kind = Margin.ArcFace", 3);
        var optimizer = new SessionOptions { Optimizer = new Sgd(0.1f) };
        var missing = Assert.Throws<InvalidOperationException>(() => Session(sharded, optimizer, null, 0));
        Assert.Contains("sharded among 3 ranks (Shards)", missing.Message, StringComparison.Ordinal);
        using (ModelSession infers = Session(sharded, new SessionOptions(), null, 0))
        {
            infers.Begin(EntryPoint.Loss, ("b", 1));
            infers.Write(0, new float[Inputs]);
            infers.Write(1, [3]);
            missing = Assert.Throws<InvalidOperationException>(infers.Run);
            Assert.Contains("SessionOptions.Collectives", missing.Message, StringComparison.Ordinal);
        }

        LocalCollectives.Run(3, group =>
        {
            var wrong = Assert.Throws<ArgumentException>(() => Session(Compiled("Kind = Margin.ArcFace", 2), optimizer, group, 0));
            Assert.Contains("among 2 ranks; Collectives has 3", wrong.Message, StringComparison.Ordinal);
            wrong = Assert.Throws<ArgumentException>(() => Session(Compiled("Kind = Margin.ArcFace", 1), optimizer, group, 0));
            Assert.Contains("no sharded classes", wrong.Message, StringComparison.Ordinal);
            var rank = Assert.Throws<InvalidOperationException>(() => Session(sharded, optimizer, group, group.Rank + 1));
            Assert.Contains("collectives.Rank", rank.Message, StringComparison.Ordinal);
            using ModelSession session = Session(sharded, optimizer with { Optimizer = new Sgd(0.1f) }, group, group.Rank);
            var profile = Assert.Throws<NotSupportedException>(() => runtime::Dsl.Profiling.StepProfiler.Measure(session));
            Assert.Contains("other ranks", profile.Message, StringComparison.Ordinal);
            foreach (Optimizer each in new[] { new Sgd(0.1f) { ClipNorm = 1 }, new Sgd(0.1f) { Accumulates = true } })
            {
                var clips = Assert.Throws<NotSupportedException>(
                    () => Session(sharded, new SessionOptions { Optimizer = each }, group, group.Rank));
                Assert.Contains("ClipNorm and Accumulates", clips.Message, StringComparison.Ordinal);
            }
        });
    }

    /// <summary>The label is refused before any rank is told of it, the others do not wait for ever, and nothing moves.</summary>
    [Fact]
    public void One_rank_with_a_wrong_label_stops_all()
    {
        CompiledCase sharded = Compiled("Kind = Margin.ArcFace", 3);
        int stopped = 0;
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => LocalCollectives.Run(3, group =>
        {
            using ModelSession session = Session(sharded, new SessionOptions { Optimizer = new Sgd(0.1f) }, group, group.Rank);
            float[] before = session.Model.Parameters["Classify.Weight"].ReadOnlyValues.ToArray();
            try
            {
                Step(session, 0, Samples / 3, group.Rank, group.Rank == 1 ? Classes : 0);
            }
            catch (Exception)
            {
                Interlocked.Increment(ref stopped);
                Assert.Equal(before, session.Model.Parameters["Classify.Weight"].ReadOnlyValues.ToArray());
                throw;
            }
        }));
        Assert.Contains("0 … 59", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, stopped);
    }

    [Fact]
    public void Batches_of_different_sizes_are_refused()
    {
        CompiledCase sharded = Compiled("Kind = Margin.ArcFace", 3);
        var error = Assert.Throws<InvalidOperationException>(() => LocalCollectives.Run(3, group =>
        {
            using ModelSession session = Session(sharded, new SessionOptions { Optimizer = new Sgd(0.1f) }, group, group.Rank);
            Step(session, 0, group.Rank == 2 ? 3 : 4, group.Rank);
        }));
        Assert.Contains("batches of one size", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_GPU_and_hosts_are_ranks_of_one_training()
    {
        TestGpu.Require();
        (float[] losses, float[][] _) = Trained(
            Compiled("Kind = Margin.ArcFace, Scale = 8", 1), "momentum", null, 0, true, Device.Host(1));
        Device gpu = TestGpu.Device;
        CompiledCase sharded = Compiled("Kind = Margin.ArcFace, Scale = 8", 3);
        LocalCollectives.Run(3, group => AssertClose(
            losses, Trained(sharded, "momentum", group, group.Rank, true, group.Rank > 0 ? gpu : Device.Host(1)).Losses, "losses"));
    }

    private static CompiledCase Compiled(string kind, int shards, int classes = Classes) => CompiledCase.Of(new ChainCase(
        $"sharded {kind} {shards} {classes}", $$"""
        [Perceptron({{Width}})] private partial Tensor A(Tensor x);
        [MarginSoftmax({{classes}}, {{kind}}, Shards = {{shards}})] private partial Tensor Classify(Tensor x, IntTensor label);
        public Tensor Forward([Shape("b", {{Inputs}})] Tensor x) => A(x);
        public Tensor Loss([Shape("b", {{Inputs}})] Tensor x, [Shape("b")] IntTensor label) => Classify(Forward(x), label);
        """) { Runs = [$"b={Samples}"] });

    private static ModelSession Session(CompiledCase compiled, SessionOptions options, ICollectives? group, int rank)
    {
        IModel model = compiled.NewModel();
        model.Parameters.Initialize(3, rank);
        return model.NewSession(options with { Sizes = new runtime::Dsl.Sizes { ["b"] = Samples }, Collectives = group });
    }

    /// <summary>Losses of all steps and the parameters after them; a rank sees its part of the samples.</summary>
    private static (float[] Losses, float[][] Parameters) Trained(
        CompiledCase compiled, string name, ICollectives? group, int rank, bool inPlace, Device device)
    {
        Optimizer optimizer = name == "adamw" ? new AdamW(0.01f) : new Sgd(0.1f) { Momentum = 0.9f, WeightDecay = 0.01f };
        using ModelSession session = Session(
            compiled, new SessionOptions { Optimizer = optimizer, InPlaceUpdates = inPlace, Device = device }, group, rank);
        var losses = new float[Steps];
        for (int step = 0; step < Steps; step++)
        {
            Step(session, step, Samples / (group?.Ranks ?? 1), rank);
            losses[step] = session.ReadScalar();
            optimizer.Update(session);
        }

        session.UnpackParameters();
        return (losses, [.. session.Model.Parameters.Select(static p => p.ReadOnlyValues.ToArray())]);
    }

    private static void Step(ModelSession session, int step, int count, int rank, int more = 0)
    {
        var random = new Random(step);
        float[] x = [.. Enumerable.Range(0, Samples * Inputs).Select(_ => random.NextSingle() - 0.5f)];
        bool ignores = session.Model.Compiled.Train!.Inputs[1].Ignored is not null;
        session.Begin(EntryPoint.Train, ("b", count));
        session.Write(0, x.AsSpan(rank * count * Inputs, count * Inputs));
        session.Write(1, Enumerable.Range(rank * count, count).Select(i => ignores && i % 4 == 1 ? -5 : Label(i, step) + more).ToArray());
        session.Run();
    }

    private static int Label(int sample, int step) => ((sample * 37) + step) % Classes;

    private static void AssertClose(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 1e-5 * Math.Max(1, Math.Abs(expected[i])),
                $"{what} {i}: {actual[i]} instead of {expected[i]}");
        }
    }
}
