namespace Models.Vision;

/// <summary>The three perceptrons of VGG16, with dropout between them.</summary>
/// <param name="hidden">Units of the first two; 4096 in the paper.</param>
/// <param name="classes">Units of the last.</param>
[Block]
public sealed partial class VggClassifier(int hidden, int classes)
{
    /// <summary>Sees all of the image.</summary>
    [Perceptron(nameof(hidden), Activation = Activation.Relu)]
    private partial Tensor Fc6(Tensor x);

    /// <summary>Combines.</summary>
    [Perceptron(nameof(hidden), Activation = Activation.Relu)]
    private partial Tensor Fc7(Tensor x);

    /// <summary>One score for each class.</summary>
    [Perceptron(nameof(classes))]
    private partial Tensor Score(Tensor x);

    /// <summary>[b, classes].</summary>
    /// <param name="features">[b, c, h, w].</param>
    public Tensor Forward(Tensor features) =>
        Score(Dropout(Fc7(Dropout(Fc6(Flatten(features)), 0.5f)), 0.5f));
}
