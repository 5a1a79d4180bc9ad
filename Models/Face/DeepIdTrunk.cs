namespace Models.Face;

/// <summary>DeepID without its classifier: four convolutions with maxima between them, the third with weights for every
/// 2×2 places, the fourth for every place. The 160 numbers see the third and the fourth (Sun, Wang and Tang
/// 2014).</summary>
[Block]
public sealed partial class DeepIdTrunk
{
    /// <summary>Edges.</summary>
    [Conv(20, 4, Activation = Activation.Relu)]
    private partial Tensor Conv1(Tensor x);

    /// <summary>What edges make.</summary>
    [Conv(40, 3, Activation = Activation.Relu)]
    private partial Tensor Conv2(Tensor x);

    /// <summary>Parts of a face, each region by itself.</summary>
    [LocalConv(60, 3, Region = 2, Activation = Activation.Relu)]
    private partial Tensor Conv3(Tensor x);

    /// <summary>Each place by itself.</summary>
    [LocalConv(80, 2, Activation = Activation.Relu)]
    private partial Tensor Conv4(Tensor x);

    /// <summary>What the larger features say.</summary>
    [Perceptron(160)]
    private partial Tensor FromConv3(Tensor x);

    /// <summary>What the smaller ones say.</summary>
    [Perceptron(160, Bias = false)]
    private partial Tensor FromConv4(Tensor x);

    /// <summary>[b, 160].</summary>
    /// <param name="face">[b, c, 39, 31].</param>
    public Tensor Forward(Tensor face)
    {
        Tensor third = MaxPool(Conv3(MaxPool(Conv2(MaxPool(Conv1(face), 2)), 2)), 2);
        return Relu(FromConv3(Flatten(third)) + FromConv4(Flatten(Conv4(third))));
    }
}
