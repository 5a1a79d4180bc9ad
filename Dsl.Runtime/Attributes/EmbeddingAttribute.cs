using System;

namespace Dsl;

/// <summary>
/// A learned vector for each of a number of things, looked up by number: the layer takes an <see cref="IntTensor"/> […] and
/// gives […, <see cref="Width"/>]; <c>Weight</c> [count, width].
/// </summary>
/// <remarks>
/// Initial values: normal with deviation 1; the weight does not decay. A session refuses numbers outside 0 … count - 1.
/// The gradient sums the positions of each row in their order, so it does not depend on threads: on the host up to 16
/// slices of rows read all numbers each, on a GPU one group for every 32 rows does.
/// </remarks>
/// <param name="count">Rows: an int, or a text of the size grammar.</param>
/// <param name="width">Elements of a row: an int, or a text of the size grammar.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EmbeddingAttribute(object count, object width) : LayerAttribute
{
    /// <summary>Rows: an int, or a text of the size grammar.</summary>
    public object Count { get; } = count;

    /// <summary>Elements of a row: an int, or a text of the size grammar.</summary>
    public object Width { get; } = width;

    /// <summary>A number that stands for nothing: its positions give zeros and teach nothing. -1, the default: there is
    /// none.</summary>
    public int Padding { get; set; } = -1;
}
