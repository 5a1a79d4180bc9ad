namespace Dsl.Kernels;

/// <summary>What a position of a scan sees of the positions near it. Said of a scan forwards; in reverse it is the
/// mirror image: later positions, later chunks.</summary>
#if DSL_GENERATOR
internal
#else
public
#endif
enum Intra
{
    /// <summary>All before it and itself: s ≤ t.</summary>
    Inclusive,

    /// <summary>All before it: s &lt; t.</summary>
    Exclusive,

    /// <summary>All of the chunks before its own, and nothing of its own: ⌊s/chunk⌋ &lt; ⌊t/chunk⌋.</summary>
    PreviousChunks,
}
