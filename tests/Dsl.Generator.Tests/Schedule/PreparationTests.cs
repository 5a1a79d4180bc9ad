extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Tests.Chain;
using Dsl.Generator.Tests.Harness;
using Xunit;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;
using Sgd = runtime::Dsl.Sgd;

namespace Dsl.Generator.Tests.Schedules;

/// <summary>What is made of parameters and sizes alone: which launches it are, and that they run when one of these has changed, and
/// only then.</summary>
public sealed class PreparationTests
{
    private const int Width = 8, Sequences = 2, Positions = 9;

    private static readonly ChainCase s_recurrence = Stepping("prepared recurrence", $$"""
        [S4D(StateWidth = 8)] private partial Tensor Past(Tensor x);
        [Perceptron(3)] private partial Tensor Last(Tensor x);
        public Tensor Forward([Shape("b", "n", {{Width}})] Tensor x) => Last(Past(x));
        public Tensor Loss([Shape("b", "n", {{Width}})] Tensor x) => Mean(Square(Forward(x)));
        """);

    private static readonly ChainCase s_positions = Stepping("prepared positions", $$"""
        [Perceptron({{Width}})] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", "n", {{Width}})] Tensor x) => Rope(A(x));
        """);

    [Fact]
    public void Poles_are_prepared_and_the_scan_is_not()
    {
        foreach (PlannedProgram program in Plan(s_recurrence).Programs.Where(static p => p.Name != "Train"))
        {
            string[] prepared = [.. program.Kernels.Take(program.Prepared).Select(static k => k.Skeleton)];
            Assert.NotEmpty(prepared);
            Assert.All(prepared, static s => Assert.Equal("Map", s));
            Assert.Empty(program.PreparedFor);
            var known = new HashSet<string>(program.Buffers.Where(static b => b.IsPrepared).Select(static b => b.Name));
            PlannedKernel scan = program.Kernels.Single(static k => k.Skeleton == "DiagonalScan");
            Assert.Equal(4, scan.Buffers.Count(known.Contains));
        }
    }

    [Fact]
    public void A_training_step_prepares_nothing() =>
        Assert.Equal(0, Plan(s_recurrence).Programs.Single(static p => p.Name == "Train").Prepared);

    /// <summary>At all positions at once they depend on how many there are; position by position each time on another one.</summary>
    [Fact]
    public void Angles_are_prepared_for_a_number_of_positions()
    {
        CompiledPlan plan = Plan(s_positions);
        PlannedProgram forward = plan.Programs.Single(static p => p.Name == "Forward");
        Assert.True(forward.Prepared > 0);
        Assert.Equal("n", Assert.Single(forward.PreparedFor));
        Assert.Equal(0, plan.Programs.Single(static p => p.Name == "Step").Prepared);
    }

    [Fact]
    public void What_is_prepared_stays_until_a_parameter_changes()
    {
        using ModelSession session = Session(s_recurrence);
        float[] first = Run(session, Positions);
        Assert.Equal(first, Run(session, Positions));
        Assert.Equal(1, Preparations(session));

        runtime::Dsl.Parameter step = session.Model.Parameters["Past.LogStep"];
        step.Values[0] += 0.5f;
        float[] second = Run(session, Positions);
        Assert.NotEqual(first, second);
        Assert.Equal(2, Preparations(session));
        using ModelSession fresh = session.Model.NewSession(Options());
        Assert.Equal(second, Run(fresh, Positions));
    }

    [Fact]
    public void What_depends_on_a_size_is_prepared_for_each()
    {
        using ModelSession session = Session(s_positions);
        float[] long1 = Run(session, Positions);
        float[] short1 = Run(session, 4);
        float[] short2 = Run(session, 4);
        float[] long2 = Run(session, Positions);
        Assert.Equal(3, Preparations(session));
        Assert.Equal(long1, long2);
        Assert.Equal(short1, short2);
        using ModelSession fresh = session.Model.NewSession(Options());
        Assert.Equal(short1, Run(fresh, 4));
    }

    /// <summary>Position by position, in between all at once: each program has what it prepared for itself.</summary>
    [Fact]
    public void Programs_do_not_share_what_is_prepared()
    {
        using ModelSession session = Session(s_recurrence);
        float[] all = Run(session, Positions);
        for (int position = 0; position < Positions; position++)
        {
            session.Begin(EntryPoint.Step, ("b", Sequences));
            session.Write(0, Values(Sequences * Positions).Chunk(Positions * Width)
                .SelectMany(s => s.Skip(position * Width).Take(Width)).ToArray());
            session.Run();
            var row = new float[Sequences * 3];
            session.Read(0, row);
            for (int i = 0; i < row.Length; i++)
            {
                Assert.Equal(all[(((i / 3 * Positions) + position) * 3) + (i % 3)], row[i], 1e-5f);
            }

            Assert.Equal(all, Run(session, Positions));
        }

        Assert.Equal(1, Preparations(session));
        Assert.Equal(1, session.Loaded(EntryPoint.Step)!.Preparations);
    }

    /// <summary>Its own steps, their average, what was written to the model and what it has of itself are each another version.</summary>
    [Fact]
    public void A_session_that_learns_prepares_after_each_step()
    {
        var optimizer = new Sgd(0.5f) { AverageDecay = 0.5f };
        using ModelSession session = Session(s_recurrence, optimizer);
        using ModelSession other = session.Model.NewSession(Options());
        float[] first = Agree(1);
        Assert.Equal(first, Run(session, Positions));
        Assert.Equal(1, Preparations(session));

        Learn();
        float[] second = Agree(2);
        Assert.NotEqual(first, second);
        Learn();
        Assert.NotEqual(second, Agree(3));

        optimizer.SwapAverage(session);
        Assert.NotEqual(second, Agree(4));
        session.Model.Parameters["Past.LogStep"].Values[0] += 0.5f;
        Agree(5);

        void Learn()
        {
            session.Begin(EntryPoint.Train, ("b", Sequences), ("n", Positions));
            session.Write(0, Values(Sequences * Positions));
            session.Run();
            optimizer.Update(session);
        }

        float[] Agree(int preparations)
        {
            float[] result = Run(session, Positions);
            Assert.Equal(Run(other, Positions), result);
            Assert.Equal(preparations, Preparations(session));
            return result;
        }
    }

    [Fact]
    public void A_profile_leaves_it_as_it_was()
    {
        using ModelSession session = Session(s_positions);
        float[] before = Run(session, 4);
        var profile = runtime::Dsl.Profiling.StepProfiler.Measure(
            session, new runtime::Dsl.Profiling.ProfileOptions { Seconds = 0.01 });
        int prepared = session.Loaded(EntryPoint.Forward)!.Program.Prepared;
        Assert.Equal(session.Loaded(EntryPoint.Forward)!.Launches.Count - prepared, profile.Launches.Count);
        Assert.Equal(before, Run(session, 4));
        Assert.Equal(1, Preparations(session));
    }

    private static ChainCase Stepping(string name, string body) => new(name, body)
    {
        Sources = [TestModels.Class(body).Replace("[Model]", "[Model(Steps = \"n\")]", StringComparison.Ordinal)],
        Runs = [$"b={Sequences} n={Positions}"],
    };

    private static CompiledPlan Plan(ChainCase chainCase) => CompiledPlan.Make(CompiledCase.Of(chainCase).Lowered);

    private static SessionOptions Options(runtime::Dsl.Optimizer? optimizer = null) => new()
    {
        Sizes = new runtime::Dsl.Sizes { ["b"] = Sequences, ["n"] = Positions }, Optimizer = optimizer,
    };

    private static ModelSession Session(ChainCase chainCase, runtime::Dsl.Optimizer? optimizer = null)
    {
        var model = CompiledCase.Of(chainCase).NewModel();
        model.Parameters.Initialize(3);
        return model.NewSession(Options(optimizer));
    }

    private static int Preparations(ModelSession session) => session.Loaded(EntryPoint.Forward)!.Preparations;

    private static float[] Values(int rows)
    {
        var random = new Random(rows);
        return [.. Enumerable.Range(0, rows * Width).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    private static float[] Run(ModelSession session, int positions)
    {
        session.Begin(EntryPoint.Forward, ("b", Sequences), ("n", positions));
        session.Write(0, Values(Sequences * positions));
        session.Run();
        var program = session.Loaded(EntryPoint.Forward)!;
        program.Outputs[0].Resize(program.Sizes);
        var result = new float[program.Outputs[0].Length];
        session.Read(0, result);
        return result;
    }
}
