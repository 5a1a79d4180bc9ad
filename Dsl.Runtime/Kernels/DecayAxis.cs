namespace Dsl.Kernels;

/// <summary>What each step of a scan multiplies by one number of its own.</summary>
#if DSL_GENERATOR
internal
#else
public
#endif
enum DecayAxis
{
    /// <summary>The state of a head (RetNet, Sun et al. 2023; SSD, Dao and Gu 2024).</summary>
    Head,

    /// <summary>A row of it: what belongs to one feature of the keys (RWKV-6, Peng et al. 2024).</summary>
    Key,

    /// <summary>A column of it: what belongs to one feature of the values.</summary>
    Value,
}
