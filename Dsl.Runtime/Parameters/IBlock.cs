using System.Collections.Generic;

namespace Dsl;

/// <summary>What every block class is after generation: a part of a model with its constructor arguments.</summary>
public interface IBlock
{
    /// <summary>The learned numbers of this use of the block.</summary>
    ParameterScope Parameters { get; }

    /// <summary>The constructor's arguments, in order.</summary>
    IReadOnlyList<object> Arguments { get; }
}
