namespace Models.Language;

/// <summary>How the layers of a transformer look at other positions.</summary>
public enum AttentionKind
{
    /// <summary>Softmax over all positions (Vaswani et al. 2017, arXiv:1706.03762).</summary>
    Softmax,

    /// <summary>Linear attention: no softmax (Katharopoulos et al. 2020, arXiv:2006.16236).</summary>
    Linear,

    /// <summary>Random features that estimate softmax (Choromanski et al. 2021, arXiv:2009.14794).</summary>
    Performer,

    /// <summary>Softmax over near positions and some far ones (Child et al. 2019, arXiv:1904.10509).</summary>
    Sparse,

    /// <summary>Softmax over learned sums of positions (Wang et al. 2020, arXiv:2006.04768); never causal.</summary>
    Linformer,

    /// <summary>Softmax over positions that hash alike (Kitaev et al. 2020, arXiv:2001.04451).</summary>
    Reformer,

    /// <summary>Gated attention units, which need no perceptron beside them (Hua et al. 2022,
    /// arXiv:2202.10447).</summary>
    Gau,

    /// <summary>Gated attention units in linear time (the same).</summary>
    Flash,

    /// <summary>Linear attention whose heads forget, each at its own pace (Sun et al. 2023, arXiv:2307.08621).</summary>
    Retention,

    /// <summary>Linear attention that forgets by what it reads, with a perceptron that sees the position before (RWKV-6, Peng
    /// et al. 2024, arXiv:2404.05892).</summary>
    Rwkv6,

    /// <summary>Softmax of each feature over positions, by key and distance, with a perceptron that sees the position before
    /// (RWKV-4, Peng et al. 2023, arXiv:2305.13048).</summary>
    Rwkv4,

    /// <summary>Diagonal state spaces of each feature (S4D, Gu et al. 2022, arXiv:2206.11893).</summary>
    StateSpace,

    /// <summary>Complex states that all features share (LRU, Orvieto et al. 2023, arXiv:2303.06349).</summary>
    Recurrent,

    /// <summary>State spaces that a part of rank one couples (S4, Gu et al. 2021, arXiv:2111.00396).</summary>
    Structured,

    /// <summary>States that each position chooses to keep (Mamba, Gu and Dao 2023, arXiv:2312.00752).</summary>
    Selective,

    /// <summary>Linear attention that replaces what it said of a key (gated delta rule, Yang et al. 2024,
    /// arXiv:2412.06464).</summary>
    Delta,
}
