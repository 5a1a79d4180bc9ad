namespace Models.Segmentation;

/// <summary>The three perceptrons of VGG16 as convolutions, so that an image may be larger than what they see: scores
/// for every place (Long, Shelhamer and Darrell 2015, arXiv:1411.4038).</summary>
/// <param name="hidden">Channels of the first two; 4096 in the paper.</param>
/// <param name="window">Height and width of what the first one sees; 7 in the paper.</param>
/// <param name="classes">Channels of the scores.</param>
[Block]
public sealed partial class FcnHead(int hidden, int window, int classes)
{
    /// <summary>Sees what the classifier's image became.</summary>
    [Conv(nameof(hidden), nameof(window), Activation = Activation.Relu)]
    private partial Tensor Fc6(Tensor x);

    /// <summary>Combines.</summary>
    [Conv(nameof(hidden), 1, Activation = Activation.Relu)]
    private partial Tensor Fc7(Tensor x);

    /// <summary>One score for each class.</summary>
    [Conv(nameof(classes), 1)]
    private partial Tensor Score(Tensor x);

    /// <summary>[b, classes, h - window + 1, w - window + 1].</summary>
    /// <param name="features">[b, c, h, w].</param>
    public Tensor Forward(Tensor features) => Score(Dropout(Fc7(Dropout(Fc6(features), 0.5f)), 0.5f));
}
