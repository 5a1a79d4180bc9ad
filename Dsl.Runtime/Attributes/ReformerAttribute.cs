using System;

namespace Dsl;

/// <summary>
/// Multi-head attention among positions that hash alike (Kitaev et al. 2020, "Reformer: The Efficient Transformer",
/// arXiv:2001.04451), with its projections: [b, n, c] to [b, n, c]. It is
/// <see cref="Functions.LshAttend"/> of them: work and memory are linear in n.
/// </summary>
/// <remarks>
/// <para>Parameters <c>QueryKey</c>, <c>Value</c> [heads·d, c], <c>Output</c> [c, heads·d]; with <see cref="Bias"/> an
/// offset for each. Queries are keys: each key has unit length, and a position sees itself only where nothing else is visible.
/// Weights are uniform in ±1/√in at first. The state <c>Rotations</c> [d, rounds, buckets/2] has random directions, normal
/// with variance 1, of their own for each round and shared by all heads. It does not learn, and is saved in checkpoints;
/// <see cref="TrainerOptions.RedrawInterval"/> draws it anew.</para>
/// <para>With a chunk of at least n/2 positions everybody sees everybody, and the layer is full attention of shared queries and
/// keys. A causal layer's values never reach earlier positions, but later positions take part in the sort, and so change
/// which of the earlier ones share a chunk.</para>
/// </remarks>
/// <param name="heads">Heads: they divide the width of the input unless <see cref="Width"/> says how wide each
/// is.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReformerAttribute(object heads) : LayerAttribute
{
    /// <summary>Heads.</summary>
    public object Heads { get; } = heads;

    /// <summary>Positions of a chunk of the sorted sequence; 64 by default. The last chunk may be shorter.</summary>
    public object BucketSize { get; set; } = 64;

    /// <summary>How often positions are hashed, sorted and attended to; 4 by default. More come nearer to full
    /// attention.</summary>
    public object Rounds { get; set; } = 4;

    /// <summary>Buckets, an even number; 0, the default: as many as chunks, or 64 where the length is not a
    /// constant.</summary>
    public object Buckets { get; set; } = 0;

    /// <summary>Features d of a head; 0, the default: those of the input over the heads.</summary>
    public object Width { get; set; } = 0;

    /// <summary>Whether a position sees itself and earlier ones only; true by default.</summary>
    public bool Causal { get; set; } = true;

    /// <summary>Whether a pair that shares a chunk in several rounds counts in each; true by default. False takes the
    /// logarithm of their number off its score, which costs some comparisons of each pair and round.</summary>
    public bool AllowDuplicates { get; set; } = true;

    /// <summary>Whether projections have offsets; false by default.</summary>
    public bool Bias { get; set; }

    /// <summary>Whether queries, which are keys, are turned by their positions before they are hashed (Su et al. 2021,
    /// RoFormer); false by default. Without it positions are known by what is added to the input only.</summary>
    public bool Rope { get; set; }

    /// <summary>The base of the angles' frequencies; at least 1.</summary>
    public double RopeBase { get; set; } = 10000;
}
