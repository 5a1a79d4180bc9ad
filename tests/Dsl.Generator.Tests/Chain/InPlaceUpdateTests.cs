extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;
using AdamW = runtime::Dsl.AdamW;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using IModel = runtime::Dsl.IModel;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using Optimizer = runtime::Dsl.Optimizer;
using RmsProp = runtime::Dsl.RmsProp;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;
using Sgd = runtime::Dsl.Sgd;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Rows of many classes that take the optimiser's step while their gradient is computed: the same bits as with an array of
/// gradients, without the array.</summary>
public sealed class InPlaceUpdateTests
{
    private const int Classes = 301, Width = 21, Inputs = 5, Samples = 19;

    public static TheoryData<string, string> Optimizers
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string kind in new[] { "Margin.Softmax", "Margin.ArcFace, Scale = 8", "Margin.ArcFace, Scale = 8, SubCenters = 3" })
            {
                foreach (string optimizer in new[] { "sgd", "momentum", "nesterov", "adamw", "rmsprop", "average" })
                {
                    data.Add(kind, optimizer);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Bits_are_those_of_an_array_of_gradients(string kind, string optimizer)
    {
        CompiledCase model = Compiled(kind);
        float[][] expected = Trained(model, optimizer, new SessionOptions { Device = Device.Host(1), InPlaceUpdates = false });
        foreach (int threads in new[] { 1, 2, 3 })
        {
            float[][] actual = Trained(model, optimizer, new SessionOptions { Device = Device.Host(threads) });
            for (int p = 0; p < expected.Length; p++)
            {
                Assert.Equal(expected[p], actual[p]);
            }
        }
    }

    /// <summary>Without momentum and decay a gradient of zeros does not move a row.</summary>
    [Fact]
    public void Bits_of_some_classes_are_those_of_an_array_of_gradients()
    {
        CompiledCase model = Compiled("Margin.ArcFace, Scale = 8, SampleRate = 0.2");
        float[][] expected = Trained(model, "sgd", new SessionOptions { Device = Device.Host(1), InPlaceUpdates = false });
        foreach (int threads in new[] { 1, 2, 3 })
        {
            float[][] actual = Trained(model, "sgd", new SessionOptions { Device = Device.Host(threads) });
            for (int p = 0; p < expected.Length; p++)
            {
                Assert.Equal(expected[p], actual[p]);
            }
        }
    }

    /// <summary>Neither the rows nor what the optimiser knows of them.</summary>
    [Theory]
    [InlineData("momentum", "")]
    [InlineData("adamw", "")]
    [InlineData("momentum", ", SubCenters = 3")]
    public void Classes_that_are_not_chosen_do_not_move(string name, string more)
    {
        CompiledCase model = Compiled($"Margin.ArcFace, Scale = 8, SampleRate = 0.2{more}");
        Optimizer optimizer = Make(name);
        using ModelSession session = Session(model, new SessionOptions { Optimizer = optimizer });
        int length = (int)session.InPlaceLength;
        var before = new float[optimizer.StateCount + 1][];
        var after = new float[before.Length][];
        for (int step = 0; step < 3; step++)
        {
            for (int array = 0; array < before.Length; array++)
            {
                before[array] = new float[length];
                session.Engine.Read(array == 0 ? session.ParameterBase : session.StateBase(array - 1), before[array]);
            }

            Step(session, step);
            optimizer.Update(session);
            int row = more.Length > 0 ? 3 * Width : Width;
            var moved = new List<int>[before.Length];
            for (int array = 0; array < before.Length; array++)
            {
                after[array] = new float[length];
                session.Engine.Read(array == 0 ? session.ParameterBase : session.StateBase(array - 1), after[array]);
                moved[array] = [.. Enumerable.Range(0, Classes).Where(j =>
                    !before[array].AsSpan(j * row, row).SequenceEqual(after[array].AsSpan(j * row, row)))];
            }

            // A fifth of 301, and every array moved for the same classes.
            Assert.Equal(60, moved[0].Count);
            Assert.All(moved, m => Assert.Equal(moved[0], m));
            Assert.All(Enumerable.Range(0, Samples), i => Assert.Contains(((i * 37) + step) % Classes, moved[0]));
        }
    }

    [Fact]
    public void Classes_are_not_sampled_where_others_would_move()
    {
        CompiledCase model = Compiled("Margin.ArcFace, Scale = 8, SampleRate = 0.2");
        var error = Assert.Throws<NotSupportedException>(
            () => Session(model, new SessionOptions { Optimizer = new Sgd(0.1f) { ClipNorm = 1f } }));
        Assert.Contains("'Classify.Weight' are sampled (SampleRate)", error.Message, StringComparison.Ordinal);
        Assert.Contains("ClipNorm", error.Message, StringComparison.Ordinal);
        using ModelSession infers = Session(model, new SessionOptions());
        Assert.Null(infers.Optimizer);
        error = Assert.Throws<NotSupportedException>(() => Session(
            model,
            new SessionOptions { Optimizer = new Sgd(0.1f), Device = Device.Parse("ilgpu-cpu"), InPlaceUpdates = false }));
        Assert.Contains("on the host only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_has_no_gradient_of_rows()
    {
        CompiledCase model = Compiled("Margin.ArcFace");
        using ModelSession kept = Session(model, new SessionOptions { Optimizer = Make("momentum"), InPlaceUpdates = false });
        using ModelSession inPlace = Session(model, new SessionOptions { Optimizer = Make("momentum") });
        Assert.Equal(Padded(Classes * Width), inPlace.InPlaceLength);
        Assert.InRange(
            kept.MemoryLength - inPlace.MemoryLength, inPlace.InPlaceLength - 64, inPlace.InPlaceLength + 64);
    }

    /// <summary>Clipping and sums of micro-batches need all gradients before the first step.</summary>
    [Fact]
    public void What_needs_all_gradients_has_them()
    {
        CompiledCase model = Compiled("Margin.ArcFace");
        using ModelSession clips = Session(model, new SessionOptions { Optimizer = new Sgd(0.1f) { ClipNorm = 1f } });
        using ModelSession adds = Session(model, new SessionOptions { Optimizer = new Sgd(0.1f) { Accumulates = true } });
        using ModelSession infers = Session(model, new SessionOptions());
        Assert.Equal(0, clips.InPlaceLength);
        Assert.Equal(0, adds.InPlaceLength);
        Assert.Equal(0, infers.InPlaceLength);
    }

    /// <summary>Rows that the loss also uses otherwise have a gradient that is a sum: no tile of it is final.</summary>
    [Fact]
    public void Rows_that_something_else_uses_have_a_gradient()
    {
        var model = CompiledCase.Of(new ChainCase("in place tied", """
            [Perceptron(21)] private partial Tensor A(Tensor x);
            [MarginSoftmax(301, Kind = Margin.Softmax)] private partial Tensor Classify(Tensor x, IntTensor label);
            public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label) =>
                Classify(Forward(x), label) + Classify(Forward(x * 2f), label);
            """) { Runs = ["b=19"] });
        using ModelSession session = Session(model, new SessionOptions { Optimizer = Make("sgd") });
        Assert.Equal(0, session.InPlaceLength);
    }

    [Fact]
    public void A_loss_that_is_not_finite_changes_nothing()
    {
        CompiledCase model = Compiled("Margin.ArcFace, Scale = 8");
        Optimizer optimizer = Make("momentum");
        using ModelSession session = Session(model, new SessionOptions { Optimizer = optimizer });
        Step(session, 0);
        optimizer.Update(session);
        var before = new float[session.GradientBase + session.InPlaceLength];
        session.Engine.Read(session.ParameterBase, before);
        var velocity = new float[session.ParameterLength];
        session.Engine.Read(session.StateBase(0), velocity);

        Step(session, 1, float.NaN);
        Assert.True(float.IsNaN(session.ReadScalar()));
        var after = new float[before.Length];
        session.Engine.Read(session.ParameterBase, after);
        var velocityAfter = new float[velocity.Length];
        session.Engine.Read(session.StateBase(0), velocityAfter);
        Assert.Equal(before, after);
        Assert.Equal(velocity, velocityAfter);
    }

    /// <summary>A profile works on the session's memory, rows included.</summary>
    [Fact]
    public void A_profile_leaves_rows_as_they_were()
    {
        CompiledCase model = Compiled("Margin.ArcFace, Scale = 8");
        Optimizer optimizer = Make("momentum");
        using ModelSession session = Session(model, new SessionOptions { Optimizer = optimizer });
        Step(session, 0);
        optimizer.Update(session);
        float[][] before = Values(session.Model);
        var profile = runtime::Dsl.Profiling.StepProfiler.Measure(
            session, new runtime::Dsl.Profiling.ProfileOptions { Seconds = 0.01 });
        Assert.Contains(profile.Launches, static l => l.Skeleton == "ClassLogitsGradient");
        float[][] after = Values(session.Model);
        Assert.Equal(before.SelectMany(static v => v), after.SelectMany(static v => v));
    }

    private static long Padded(long length) => (length + 15) / 16 * 16;

    private static CompiledCase Compiled(string kind) => CompiledCase.Of(new ChainCase($"in place {kind}", $$"""
        [Perceptron({{Width}})] private partial Tensor A(Tensor x);
        [MarginSoftmax({{Classes}}, Kind = {{kind}})] private partial Tensor Classify(Tensor x, IntTensor label);
        public Tensor Forward([Shape("b", {{Inputs}})] Tensor x) => A(x);
        public Tensor Loss([Shape("b", {{Inputs}})] Tensor x, [Shape("b")] IntTensor label) => Classify(Forward(x), label);
        """) { Runs = [$"b={Samples}"] });

    private static Optimizer Make(string name) => name switch
    {
        "sgd" => new Sgd(0.1f),
        "momentum" => new Sgd(0.1f) { Momentum = 0.9f, WeightDecay = 0.01f },
        "nesterov" => new Sgd(0.1f) { Momentum = 0.9f, Nesterov = true },
        "adamw" => new AdamW(0.01f),
        "rmsprop" => new RmsProp(0.01f) { Momentum = 0.9f },
        "average" => new Sgd(0.1f) { AverageDecay = 0.9f },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private static ModelSession Session(CompiledCase compiled, SessionOptions options) =>
        compiled.NewModel().NewSession(options with { Sizes = new runtime::Dsl.Sizes { ["b"] = Samples } });

    /// <summary>All parameters after some steps, and their averages where there are any.</summary>
    private static float[][] Trained(CompiledCase compiled, string name, SessionOptions options)
    {
        Optimizer optimizer = Make(name);
        using ModelSession session = Session(compiled, options with { Optimizer = optimizer });
        for (int step = 0; step < 4; step++)
        {
            Step(session, step);
            optimizer.Update(session);
        }

        float[][] values = Values(session.Model);
        if (optimizer.AverageDecay is null)
        {
            return values;
        }

        optimizer.SwapAverage(session);
        session.UnpackParameters();
        return [.. values, .. Values(session.Model)];
    }

    private static float[][] Values(IModel model) =>
        [.. model.Parameters.Select(static p => p.ReadOnlyValues.ToArray())];

    private static void Step(ModelSession session, int step, float first = 0.5f)
    {
        var random = new Random(step);
        float[] x = [.. Enumerable.Range(0, Samples * Inputs).Select(_ => random.NextSingle() - 0.5f)];
        x[0] = first;
        session.Begin(EntryPoint.Train, ("b", Samples));
        session.Write(0, x);
        session.Write(1, Enumerable.Range(0, Samples).Select(i => (i * 37 + step) % Classes).ToArray());
        session.Run();
    }
}
