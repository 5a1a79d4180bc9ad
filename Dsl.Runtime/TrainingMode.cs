using System;
using System.Threading;

namespace Dsl;

/// <summary>
/// Code that runs eagerly while one of these lives is in training: <see cref="Functions.Training"/> is true, layers
/// use the statistics of their batch, dropout drops. It follows the flow of control, so other threads are not touched.
/// </summary>
/// <example><code>
/// using (TrainingMode.Enter(seed: 7))
/// {
///     Tensor loss = net.Loss(image, digit);
/// }
/// </code></example>
public sealed class TrainingMode : IDisposable
{
    private static readonly AsyncLocal<TrainingMode?> s_current = new();

    private readonly TrainingMode? _outer;
    private int _sites;

    private TrainingMode(RandomKey key)
    {
        (Key, _outer) = (key, s_current.Value);
        s_current.Value = this;
    }

    /// <summary>The innermost mode of this flow of control; null in inference.</summary>
    internal static TrainingMode? Current => s_current.Value;

    /// <summary>What the random numbers of this step depend on.</summary>
    internal RandomKey Key { get; }

    /// <summary>Enters training until the result is disposed.</summary>
    /// <param name="seed">The seed of random numbers; a session's is <see cref="Sessions.ModelSession.Seed"/>.</param>
    /// <param name="step">The step, from 0: the same seed and step drop the same elements as the compiled
    /// step.</param>
    /// <param name="microBatch">Which part of a step that is taken in several, from 0.</param>
    public static TrainingMode Enter(ulong seed = 0, long step = 0, int microBatch = 0) =>
        new(RandomKey.Of(seed, step, microBatch));

    /// <summary>Leaves it.</summary>
    public void Dispose() => s_current.Value = _outer;

    /// <summary>Numbers the draws of one evaluation in the order in which they are executed, as the compiler
    /// does.</summary>
    internal int NextSite() => _sites++;
}
