using System;
using System.Collections.Generic;

namespace Dsl;

/// <summary>
/// A layer that is a block: the annotated method has the inputs and the results of the block's <c>Forward</c>.
/// Parameters are named after both: <c>Down.Expand.Weight</c>, or <c>Trunk.3.Expand.Weight</c> of a repeated one.
/// </summary>
/// <typeparam name="TBlock">A class marked with <see cref="BlockAttribute"/>.</typeparam>
/// <param name="arguments">The constructor's arguments in order; those left out have their defaults. Of an int also a
/// text of the size grammar over the constructor parameters of the block around it.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UseAttribute<TBlock>(params object[] arguments) : LayerAttribute
    where TBlock : class
{
    /// <summary>The constructor's arguments, in order.</summary>
    public IReadOnlyList<object> Arguments { get; } = arguments;

    /// <summary>How many blocks follow each other, each with parameters of its own; 1 by default. The results of one
    /// are the first inputs of the next, so they need the same shapes. An int, or a text of the size grammar.</summary>
    public object Repeat { get; set; } = 1;
}
