using System.Collections.Generic;
using Dsl.Sessions;

namespace Dsl;

/// <summary>A compiled model's session as its optimiser sees it.</summary>
internal sealed class SessionMemory(ModelSession session) : ITrainingMemory
{
    public Engine Engine => session.Engine;

    public long ParameterBase => session.ParameterBase;

    public long GradientBase => session.GradientBase;

    public long HyperBase => session.HyperBase;

    public long ParameterLength => session.ParameterLength;

    public long DecayingLength => session.DecayingLength;

    public IReadOnlyList<ParameterSlot> ParameterSlots => session.ParameterSlots;

    public long StateBase(int index) => session.StateBase(index);
}
