using System.Collections.Generic;
using Dsl.Plans;
using Dsl.Sessions;

namespace Dsl;

/// <summary>What every model class is after generation: its parameters and its compiled form.</summary>
public interface IModel
{
    /// <summary>The learned numbers, owned by this instance.</summary>
    ParameterSet Parameters { get; }

    /// <summary>What the build decided: programs, buffers, kernels.</summary>
    CompiledModel Compiled { get; }

    /// <summary>The receptive fields of the layers that depend on an image, in layer order; none in a model without
    /// images.</summary>
    IReadOnlyList<ReceptiveField> ReceptiveFields => [];

    /// <summary>A session of the class's own kind, without the static type; what trainers and checkpoints
    /// use.</summary>
    ModelSession NewSession(SessionOptions options);
}
