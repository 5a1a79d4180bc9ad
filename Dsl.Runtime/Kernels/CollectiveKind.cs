namespace Dsl.Kernels;

/// <summary>What the ranks of a training do together.</summary>
#if DSL_GENERATOR
internal
#else
public
#endif
enum CollectiveKind
{
    /// <summary>Every rank gets the values of all, in the order of ranks.</summary>
    Gather,

    /// <summary>Of sums for all ranks every rank gets its part.</summary>
    Scatter,

    /// <summary>Labels among all classes become labels among those of this rank; -1 where they are another's. Nothing is told.</summary>
    OwnLabels,

    /// <summary>The logarithm of the sum of exponentials over all classes, of those over the classes of each rank.</summary>
    LogSum,

    /// <summary>Cross-entropies over all classes: the logarithm of all sums less the logit of the label, which one rank knows.</summary>
    Losses,
}
