using System.Collections.Generic;
using Dsl.Sessions;

namespace Dsl;

/// <summary>
/// What an optimiser sees of a session: where the parameters, their gradients and its own arrays lie in the engine's
/// memory.
/// All of these arrays are laid out alike: parameter after parameter, each padded with zeros to 16 floats, those that
/// decay first.
/// </summary>
internal interface ITrainingMemory
{
    /// <summary>Runs the launches.</summary>
    Engine Engine { get; }

    /// <summary>Runs launches that may change parameters.</summary>
    /// <param name="loaded">What <see cref="Engine.Load"/> has returned.</param>
    void Run(object loaded) => Engine.Run(loaded);

    /// <summary>First element of the parameters.</summary>
    long ParameterBase { get; }

    /// <summary>Where the gradient of the first parameter would be. Their padding stays 0.</summary>
    long GradientBase { get; }

    /// <summary>First element of <see cref="Optimizer.HyperLength"/> floats of scalars.</summary>
    long HyperBase { get; }

    /// <summary>Floats of the parameters that learn, padding included.</summary>
    long ParameterLength { get; }

    /// <summary>Floats of the parameters that weight decay applies to, padding included.</summary>
    long DecayingLength { get; }

    /// <summary>Floats of the parameters before those that learn slowly, padding included.</summary>
    long FastLength => ParameterLength;

    /// <summary>Floats of the parameters that take their steps while their gradients are computed: the first ones, which decay and
    /// for which there is no memory behind <see cref="GradientBase"/>.</summary>
    long InPlaceLength => 0;

    /// <summary>Where the engine's memory ends.</summary>
    long MemoryLength => 0;

    /// <summary>Where each parameter lies.</summary>
    IReadOnlyList<ParameterSlot> ParameterSlots { get; }

    /// <summary>Floats of the states behind the parameters, which no gradient changes; what a step gives them lies
    /// behind the gradients.</summary>
    long RunningLength => 0;

    /// <summary>Where the states are kept while micro-batches change them one after the other.</summary>
    long SavedRunningBase => 0;

    /// <summary>First element of one of the optimiser's arrays.</summary>
    long StateBase(int index);

    /// <summary>Sums the gradients of what all ranks have, where classes are sharded.</summary>
    void SumGradients()
    {
    }
}
