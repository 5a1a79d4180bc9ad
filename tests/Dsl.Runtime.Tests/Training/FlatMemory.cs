using System;
using System.Collections.Generic;
using Dsl.Host;
using Dsl.Sessions;

namespace Dsl.Runtime.Tests.Training;

/// <summary>Parameters of given lengths with their gradients and an optimiser's arrays on an engine: what an
/// optimiser needs
/// of a session, and nothing else.</summary>
internal sealed class FlatMemory : ITrainingMemory, IDisposable
{
    // Room for a few groups.
    private const int Scalars = Hyper.Length + (7 * Hyper.GroupLength) + 1;

    private readonly ParameterSlot[] _slots;

    /// <param name="states">Arrays of the optimiser.</param>
    /// <param name="threads">Workers.</param>
    /// <param name="parameters">Lengths; those that decay first.</param>
    public FlatMemory(int states, int threads, params (int Length, bool Decays)[] parameters)
        : this(new HostEngine(threads), states, parameters)
    {
    }

    /// <param name="engine">Where; disposed with this.</param>
    /// <param name="states">Arrays of the optimiser.</param>
    /// <param name="parameters">Lengths; those that decay first.</param>
    /// <param name="slow">How many of the last ones learn slowly.</param>
    public FlatMemory(Engine engine, int states, (int Length, bool Decays)[] parameters, int slow = 0)
    {
        _slots = new ParameterSlot[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            _slots[i] = new ParameterSlot("P" + i, ParameterLength, parameters[i].Length, parameters[i].Decays);
            ParameterLength += (parameters[i].Length + 15) / 16 * 16;
            DecayingLength = parameters[i].Decays ? ParameterLength : DecayingLength;
            FastLength = i < parameters.Length - slow ? ParameterLength : FastLength;
        }

        Engine = engine;
        Engine.Allocate(HyperBase + Scalars + ((2 + states) * ParameterLength));
    }

    public Engine Engine { get; }

    public long HyperBase => 64;

    public long ParameterBase => HyperBase + Scalars;

    public long GradientBase => ParameterBase + ParameterLength;

    public long ParameterLength { get; }

    public long DecayingLength { get; }

    public long FastLength { get; }

    public IReadOnlyList<ParameterSlot> ParameterSlots => _slots;

    public long StateBase(int index) => GradientBase + ((1 + index) * ParameterLength);

    public void Write(long region, int parameter, ReadOnlySpan<float> values) =>
        Engine.Write(region + _slots[parameter].Offset, values);

    public float[] Read(long region, int parameter)
    {
        var values = new float[_slots[parameter].Length];
        Engine.Read(region + _slots[parameter].Offset, values);
        return values;
    }

    public void Dispose() => Engine.Dispose();
}
