using System;

namespace Dsl;

/// <summary>
/// The distance of embeddings from the centres of their classes: the mean of ½·|x - c|² over embeddings [..., d] and their
/// classes [...], with c the centre of the class. A scalar, to be added to the loss of a classifier with a small weight. Call it in
/// <c>Loss</c> alone, and inference does not carry the centres.
/// </summary>
/// <remarks>
/// Wen et al. 2016, "A Discriminative Feature Learning Approach for Deep Face Recognition", with a mean where they have a sum.
/// The state <c>Centers</c> [classes, d] begins with zeros, and checkpoints have it. It has no gradient: a step of training moves
/// the centre of class j by -α·Σ (c - x)/(1 + n), over the n embeddings of the class, after the loss was computed with the old
/// ones. Classes that a batch lacks stay where they are. A label that is no class is an exception before anything is computed.
/// </remarks>
/// <param name="classes">How many classes there are.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CenterLossAttribute(object classes) : LayerAttribute
{
    /// <summary>How many classes there are.</summary>
    public object Classes { get; } = classes;

    /// <summary>α, how far centres go in a step: from 0 to 1.</summary>
    public double Alpha { get; set; } = 0.5;
}
