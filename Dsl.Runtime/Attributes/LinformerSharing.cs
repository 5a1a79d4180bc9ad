namespace Dsl;

/// <summary>Which projections of <see cref="LinformerAttribute"/> are the same (Wang et al. 2020, section 4).</summary>
public enum LinformerSharing
{
    /// <summary>All heads share E, and all share F.</summary>
    HeadWise,

    /// <summary>All heads share E, and values are projected with it, too: F = E. With <see cref="TiedAttribute"/> on
    /// the other layers that is the paper's layer-wise sharing.</summary>
    KeyValue,

    /// <summary>Each head has its own E and F.</summary>
    None,
}
