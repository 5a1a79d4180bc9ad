namespace Models.Face;

/// <summary>As many <see cref="DeepIdTrunk"/>s as there are patches, side by side: what is one convolution of each is one
/// convolution in groups (Sun, Wang and Tang 2014). A local convolution in groups is one whose groups are places, too:
/// what each place sees becomes channels of its own.</summary>
/// <param name="patches">How many; 60 in the paper.</param>
[Block]
public sealed partial class DeepIdBankTrunk(int patches)
{
    /// <summary>Edges.</summary>
    [Conv("20*patches", 4, Groups = nameof(patches), Activation = Activation.Relu)]
    private partial Tensor Conv1(Tensor x);

    /// <summary>What edges make.</summary>
    [Conv("40*patches", 3, Groups = nameof(patches), Activation = Activation.Relu)]
    private partial Tensor Conv2(Tensor x);

    /// <summary>Parts of a face: six regions of all patches.</summary>
    [Conv("6*60*patches", 3, Groups = "6*patches", Activation = Activation.Relu)]
    private partial Tensor Conv3(Tensor x);

    /// <summary>Two places of all patches.</summary>
    [Conv("2*80*patches", 2, Groups = "2*patches", Activation = Activation.Relu)]
    private partial Tensor Conv4(Tensor x);

    /// <summary>What the larger features say: a perceptron for each patch.</summary>
    [Conv("160*patches", "3, 2", Groups = nameof(patches))]
    private partial Tensor FromConv3(Tensor x);

    /// <summary>What the smaller ones say.</summary>
    [Conv("160*patches", "2, 1", Groups = nameof(patches), Bias = false)]
    private partial Tensor FromConv4(Tensor x);

    /// <summary>[b, 160·patches, 1, 1]: 160 numbers of the first patch, 160 of the second, and so on.</summary>
    /// <param name="faces">[b, c·patches, 39, 31].</param>
    public Tensor Forward(Tensor faces)
    {
        // [b, 40·patches, 8, 6]. A region of 2×2 places sees 4×4, and its maximum is one place.
        Tensor x = MaxPool(Conv2(MaxPool(Conv1(faces), 2)), 2);
        Tensor[] third = Split(
            MaxPool(
                Conv3(Concat(
                    Crop(x, 0, 4, 0, 2), Crop(x, 0, 4, 2, 0), Crop(x, 2, 2, 0, 2),
                    Crop(x, 2, 2, 2, 0), Crop(x, 4, 0, 0, 2), Crop(x, 4, 0, 2, 0))),
                2),
            6);
        Tensor larger = Concat(
            2, Concat(3, third[0], third[1]), Concat(3, third[2], third[3]), Concat(3, third[4], third[5]));

        // [b, 60·patches, 3, 2], of which two places see two rows each.
        Tensor[] fourth = Split(Conv4(Concat(Crop(larger, 0, 1, 0, 0), Crop(larger, 1, 0, 0, 0))), 2);
        return Relu(FromConv3(larger) + FromConv4(Concat(2, fourth[0], fourth[1])));
    }
}
