namespace Models.Face;

/// <summary>DeepFace without its classifier: two convolutions, three local ones, a perceptron (Taigman, Yang, Ranzato
/// and Wolf 2014). Behind the alignment every place of a face has statistics of its own, hence weights of its
/// own.</summary>
/// <param name="filters">Filters of the first convolution; 32 in the paper.</param>
/// <param name="first">Its window; 11.</param>
/// <param name="width">Filters of all others; 16.</param>
/// <param name="second">The window of the second convolution; 9.</param>
/// <param name="third">The window of the first local convolution; 9.</param>
/// <param name="fourth">The window of the second, which has a stride of 2; 7.</param>
/// <param name="fifth">The window of the third; 5.</param>
/// <param name="features">Numbers that describe a face; 4096.</param>
[Block]
public sealed partial class DeepFaceTrunk(
    int filters, int first, int width, int second, int third, int fourth, int fifth, int features)
{
    /// <summary>Edges and texture.</summary>
    [Conv(nameof(filters), nameof(first), Activation = Activation.Relu)]
    private partial Tensor C1(Tensor x);

    /// <summary>What they make.</summary>
    [Conv(nameof(width), nameof(second), Activation = Activation.Relu)]
    private partial Tensor C3(Tensor x);

    /// <summary>Each place by itself.</summary>
    [LocalConv(nameof(width), nameof(third), Activation = Activation.Relu)]
    private partial Tensor L4(Tensor x);

    /// <summary>Each place by itself, at half the size.</summary>
    [LocalConv(nameof(width), nameof(fourth), Stride = 2, Activation = Activation.Relu)]
    private partial Tensor L5(Tensor x);

    /// <summary>Each place by itself.</summary>
    [LocalConv(nameof(width), nameof(fifth), Activation = Activation.Relu)]
    private partial Tensor L6(Tensor x);

    /// <summary>The description.</summary>
    [Perceptron(nameof(features), Activation = Activation.Relu)]
    private partial Tensor F7(Tensor x);

    /// <summary>[b, features].</summary>
    /// <param name="face">[b, 3, h, w], aligned.</param>
    public Tensor Forward(Tensor face) =>
        Dropout(F7(Flatten(L6(L5(L4(C3(MaxPool(C1(face), 3, 2, 1))))))), 0.5f);
}
