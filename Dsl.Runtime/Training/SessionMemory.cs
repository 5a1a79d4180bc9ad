using System;
using System.Collections.Generic;
using Dsl.Plans;
using Dsl.Sessions;

namespace Dsl;

/// <summary>A compiled model's session as its optimiser and its trainer see it.</summary>
internal sealed class SessionMemory(ModelSession session) : ITrainingSession
{
    public ModelSession Session => session;

    public Engine Engine => session.Engine;

    public void Run(object loaded)
    {
        using ModelSession.Turn turn = session.Enter();
        session.ChangesParameters();
        Engine.Run(loaded);
    }

    public long ParameterBase => session.ParameterBase;

    public long GradientBase => session.GradientBase;

    public long HyperBase => session.HyperBase;

    public long ParameterLength => session.ParameterLength;

    public long RunningLength => session.RunningLength;

    public long SavedRunningBase => session.SavedRunningBase;

    public ulong Seed
    {
        get => session.Seed;
        set => session.Seed = value;
    }

    public long DecayingLength => session.DecayingLength;

    public long InPlaceLength => session.InPlaceLength;

    public long MemoryLength => session.MemoryLength;

    public long FastLength => session.FastLength;

    public IReadOnlyList<ParameterSlot> ParameterSlots => session.ParameterSlots;

    public ParameterSet Parameters => session.Model.Parameters;

    public CompiledModel Compiled => session.Model.Compiled;

    public Optimizer Optimizer => session.Optimizer
        ?? throw new InvalidOperationException("The session cannot train: create it with an optimiser.");

    public long StateBase(int index) => session.StateBase(index);

    public void SumGradients() => Shards.SumGradients(session);

    public void Begin(EntryPoint entry, (string Name, int Value)[] sizes) => session.Begin(entry, sizes);

    public void Write(int input, ReadOnlySpan<float> values) => session.Write(input, values);

    public void Write(int input, ReadOnlySpan<int> values) => session.Write(input, values);

    public void Run() => session.Run();

    public float ReadScalar() => session.ReadScalar();

    public void Read(int output, Span<float> values) => session.Read(output, values);

    public void PackParameters() => session.PackParameters();

    public void ReadParameterLayout(long regionBase, int parameter, Span<float> logical) =>
        session.ReadParameterLayout(regionBase, parameter, logical);

    public void WriteParameterLayout(long regionBase, int parameter, ReadOnlySpan<float> logical) =>
        session.WriteParameterLayout(regionBase, parameter, logical);
}
