namespace Dsl.Sessions;

/// <summary>What a session runs.</summary>
public enum EntryPoint
{
    /// <summary>Inference: the result of <c>Forward</c>.</summary>
    Forward,

    /// <summary>The value of <c>Loss</c>.</summary>
    Loss,

    /// <summary>The value of <c>Loss</c>, and the gradient of every parameter.</summary>
    Train,

    /// <summary>The gradients of a weighted sum of the result of <c>Forward</c> with respect to its inputs.</summary>
    Sensitivity,

    /// <summary>The result of <c>Forward</c> at the next position.</summary>
    Step,
}
