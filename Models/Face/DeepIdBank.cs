namespace Models.Face;

/// <summary>
/// A bank of four DeepIDs: patches of one face, as channels of one input, to 160 numbers each (Sun, Wang and Tang 2014,
/// who have sixty). Each has its own classifier of 32 people, as if it were alone: the gradients of one do not depend on
/// the others.
/// </summary>
[Model(Example = "b=64")]
public sealed partial class DeepIdBank
{
    /// <summary>What a face is described by.</summary>
    [Use<DeepIdBankTrunk>(4)]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One score for each person from each patch.</summary>
    [Conv(4 * 32, 1, Groups = 4)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Descriptions: 160 numbers of each patch.</summary>
    /// <param name="patches">Red, green and blue of the first patch, those of the second, and so on; best around 0 with a
    /// deviation near 1.</param>
    [return: Shape("b", 640)]
    public Tensor Forward([Shape("b", 12, 39, 31)] Tensor patches) => Flatten(Trunk(patches));

    /// <summary>The sum over patches of the mean cross-entropy.</summary>
    /// <param name="patches">Red, green and blue of each patch.</param>
    /// <param name="label">Who it is.</param>
    public Tensor Loss([Shape("b", 12, 39, 31)] Tensor patches, [Shape("b")] IntTensor label)
    {
        Tensor[] scores = Split(Flatten(Classify(Trunk(patches))), 4);
        return CrossEntropy(scores[0], label) + CrossEntropy(scores[1], label)
            + CrossEntropy(scores[2], label) + CrossEntropy(scores[3], label);
    }
}
