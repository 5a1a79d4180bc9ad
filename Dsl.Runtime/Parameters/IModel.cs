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

    /// <summary>A session of the class's own kind, without the static type; what trainers and checkpoints
    /// use.</summary>
    ModelSession NewSession(SessionOptions options);
}
