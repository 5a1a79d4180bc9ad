using System;
using Dsl.Eager;

namespace Dsl;

/// <content>Losses. Each is a scalar, and fused with its gradient into the kernels around it.</content>
public static partial class Functions
{
    /// <summary>The default of <c>ignore</c>: every label counts.</summary>
    public const int NoLabel = int.MinValue;

    /// <summary>The mean over all labels of -log Softmax(logits)[label]: a scalar.</summary>
    /// <remarks>
    /// With smoothing s the label's class has the probability 1 - s + s/classes and every other one s/classes (Szegedy et
    /// al. 2015, arXiv:1512.00567). With weights the loss of a label is multiplied by the weight of its class (the evenly
    /// spread part by the weight of each class), and the sum is divided by the sum of the labels' weights. A mean over no
    /// labels, because all are ignored, is 0.
    /// </remarks>
    /// <param name="logits">[…, classes], or where only that fits the labels [b, classes, …].</param>
    /// <param name="labels">The shape without its classes, [b] or [b, …]; each in 0 … classes - 1, or
    /// <paramref name="ignore"/>.</param>
    /// <param name="ignore">Positions with this label do not count; it may be a class or none, such as 255 or
    /// -100.</param>
    /// <param name="smoothing">From 0 to below 1.</param>
    /// <param name="weights">[classes], or null.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or there are no labels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class; the message says which.</exception>
    public static Tensor CrossEntropy(
        Tensor logits, IntTensor labels, int ignore = NoLabel, float smoothing = 0f, Tensor? weights = null) =>
        EagerLosses.CrossEntropy(logits, labels, ignore, smoothing, weights);

    /// <summary>The mean of -(1 - p)^γ·log p with the probability p = Softmax(logits)[label]: what is classified well
    /// hardly counts (Lin et al. 2017, arXiv:1708.02002). A scalar; 0 when no label counts.</summary>
    /// <param name="logits">[…, classes], or where only that fits the labels [b, classes, …].</param>
    /// <param name="labels">The shape without its classes; each in 0 … classes - 1, or <paramref name="ignore"/>.</param>
    /// <param name="gamma">γ: 0, which is cross-entropy, or at least 1.</param>
    /// <param name="detach">Whether (1 - p)^γ counts as a constant in the gradient, as in some implementations; the paper
    /// differentiates it.</param>
    /// <param name="ignore">Positions with this label do not count.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or there are no labels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class; the message says which.</exception>
    public static Tensor FocalLoss(
        Tensor logits, IntTensor labels, float gamma = 2f, bool detach = false, int ignore = NoLabel) =>
        EagerLosses.Focal(logits, labels, gamma, ignore);

    /// <summary>1 - (2·Σ p·t + ε)/(Σ p + Σ t + ε) with p = Softmax(logits) over axis 1, all sums over everything
    /// (Milletari et al. 2016, arXiv:1606.04797, without squares). A scalar.</summary>
    /// <param name="logits">[b, classes, …].</param>
    /// <param name="targets">The same shape: the share of every class at every position.</param>
    /// <param name="epsilon">ε, at least 0.</param>
    /// <exception cref="ArgumentException">The shapes differ, or there are no elements.</exception>
    public static Tensor DiceLoss(Tensor logits, Tensor targets, float epsilon = 1e-6f) =>
        EagerLosses.Dice(logits, targets, epsilon);

    /// <summary>The same with a label per position instead of shares: 1 - (2·Σ p[label] + ε)/(2·n + ε) over the n labels
    /// that count.</summary>
    /// <param name="logits">[…, classes], or where only that fits the labels [b, classes, …].</param>
    /// <param name="targets">Labels: the shape without its classes; each in 0 … classes - 1, or
    /// <paramref name="ignore"/>.</param>
    /// <param name="epsilon">ε, at least 0.</param>
    /// <param name="ignore">Positions with this label do not count.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or there are no labels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class; the message says which.</exception>
    public static Tensor DiceLoss(Tensor logits, IntTensor targets, float epsilon = 1e-6f, int ignore = NoLabel) =>
        EagerLosses.Dice(logits, targets, epsilon, ignore);

    /// <summary>The mean over all elements of -w·t·log p - (1 - t)·log(1 - p) with p = sigmoid(logits), computed from
    /// logits without overflow or cancellation: a scalar.</summary>
    /// <param name="logits">Any tensor.</param>
    /// <param name="targets">The same shape: probabilities, mostly 0 or 1.</param>
    /// <param name="positive">w, broadcast to that shape, e.g. one weight per output; null: 1.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or there are no elements.</exception>
    public static Tensor BinaryCrossEntropy(Tensor logits, Tensor targets, Tensor? positive = null) =>
        EagerLosses.BinaryCrossEntropy(logits, targets, positive);

    /// <summary>The mean of (x - target)² over all elements: a scalar.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="target">The same shape; it is not broadcast.</param>
    /// <exception cref="ArgumentException">The shapes differ, or there are no elements.</exception>
    public static Tensor MeanSquaredError(Tensor x, Tensor target) =>
        EagerLosses.Mean(x, target, static difference => difference * difference);

    /// <summary>The mean of |x - target| over all elements: a scalar.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="target">The same shape; it is not broadcast.</param>
    /// <exception cref="ArgumentException">The shapes differ, or there are no elements.</exception>
    public static Tensor MeanAbsoluteError(Tensor x, Tensor target) => EagerLosses.Mean(x, target, Math.Abs);

    /// <summary>The mean over all elements of d²/2β where d = |x - target| is below β, and of d - β/2 elsewhere: a scalar
    /// (Girshick 2015, arXiv:1504.08083; β times less than Huber's loss).</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="target">The same shape; it is not broadcast.</param>
    /// <param name="beta">β, at least 0; 0 is the mean absolute error.</param>
    /// <exception cref="ArgumentException">The shapes differ, or there are no elements.</exception>
    public static Tensor SmoothL1(Tensor x, Tensor target, float beta = 1f) => EagerLosses.Mean(
        x,
        target,
        d => Math.Abs(d) < beta ? d * d / (2 * (double)beta) : Math.Abs(d) - (0.5 * beta));

    /// <summary>The mean over pairs of ½·y·d² + ½·(1 - y)·max(0, m - d)² with the distance d = |a - b|: pairs of the same
    /// class are drawn together, others pushed apart until they are m away (Hadsell et al. 2006; the verification signal
    /// of DeepID2, Sun et al. 2014, arXiv:1406.4773). A scalar.</summary>
    /// <remarks>Two equal embeddings of different classes have no direction to be pushed in. d is the root of
    /// max(|a - b|², 10⁻²⁴), and a maximum that is its bound has no gradient: that of such a pair is 0.</remarks>
    /// <param name="a">Embeddings […, d].</param>
    /// <param name="b">The same shape: each row the other of a pair.</param>
    /// <param name="same">y, […]: 1 where both are of the same class, else 0.</param>
    /// <param name="margin">m, at least 0.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or there are no pairs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The margin is negative.</exception>
    public static Tensor Contrastive(Tensor a, Tensor b, Tensor same, float margin = 1f) =>
        EagerMetricLosses.Contrastive(a, b, same, margin);

    /// <summary>The mean over triplets of max(0, |a - p|² - |a - n|² + m), where rows are first divided by their lengths:
    /// the positive is to be nearer to the anchor than the negative, by m (Schroff et al. 2015, FaceNet,
    /// arXiv:1503.03832). A scalar.</summary>
    /// <remarks>A row shorter than 10⁻¹² counts as a row of zeros, which has no direction: it stays zeros, and has no
    /// gradient.</remarks>
    /// <param name="anchor">Embeddings […, d].</param>
    /// <param name="positive">The same shape: each row of the same class as the anchor's.</param>
    /// <param name="negative">The same shape: each row of another class.</param>
    /// <param name="margin">m, at least 0.</param>
    /// <exception cref="ArgumentException">The shapes differ, or there are no triplets.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The margin is negative.</exception>
    public static Tensor Triplet(Tensor anchor, Tensor positive, Tensor negative, float margin = 0.2f) =>
        EagerMetricLosses.Triplet(anchor, positive, negative, margin);
}
