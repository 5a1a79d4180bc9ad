using System.Collections.Generic;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Reading;

/// <summary>What an expression of <c>Forward</c> stands for while it is read.</summary>
internal abstract record Value;

/// <summary>A tensor: a value of the function, by number.</summary>
internal sealed record TensorValue(int Id) : Value;

/// <summary>A number, bool, string or null that is known now. <paramref name="Text"/> is how the spec writes
/// it.</summary>
internal sealed record KnownValue(object? Constant, string Text) : Value;

/// <summary>A number, bool or string that follows from the arguments of the block: an expression of
/// <see cref="ArgumentExpression"/>.</summary>
internal sealed record ArgumentValue(string Expression) : Value;

/// <summary>A tuple, an array or a collection expression.</summary>
internal sealed record ListValue(IReadOnlyList<Value> Items) : Value;

/// <summary>A method group of a pointwise function: the first argument of <c>Map</c>.</summary>
internal sealed record PointwiseValue(PointwiseSpec Spec) : Value;
