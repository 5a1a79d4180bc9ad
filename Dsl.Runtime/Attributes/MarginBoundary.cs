namespace Dsl;

/// <summary>What an angular margin m makes of a cosine c where cos(θ + m) rises again, θ &gt; π - m.</summary>
#if DSL_GENERATOR
internal
#else
public
#endif
enum MarginBoundary
{
    /// <summary>c - m·sin m there: the logit falls with the angle all the way.</summary>
    Monotone,

    /// <summary>cos(θ + m) everywhere.</summary>
    None,

    /// <summary>cos(θ + m) where c is positive, c elsewhere: the margin begins when a sample is on its class's side.</summary>
    Easy,
}
