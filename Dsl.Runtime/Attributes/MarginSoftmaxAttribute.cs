using System;

namespace Dsl;

/// <summary>
/// The loss of a classifier of very many classes: the mean cross-entropy of embeddings [..., d] and their classes [...], with a
/// margin between classes. Compiled, logits are never stored, forward or backward: beside the classes' rows it takes memory for a
/// tile of classes and the batch. Call it in <c>Loss</c> alone, and inference does not carry the classes.
/// </summary>
/// <remarks>Parameters <c>Weight</c> [classes, d], with <see cref="SubCenters"/> [classes, centres, d]; of
/// <see cref="Margin.Softmax"/> also <c>Bias</c> [classes]; where λ falls the state <c>Iteration</c> [1]. A label that is no class
/// is an exception before anything is computed. An embedding or a row of zeros has the cosine 0 with everything and no gradient.
/// Gradients are the true ones, through norms and margins.</remarks>
/// <param name="classes">How many classes there are, 2 or more.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MarginSoftmaxAttribute(object classes) : LayerAttribute
{
    /// <summary>How many classes there are.</summary>
    public object Classes { get; } = classes;

    /// <summary>What the logit of a sample's own class is made of.</summary>
    public Margin Kind { get; set; } = Margin.ArcFace;

    /// <summary>s, the length that embeddings get where they are normalised; positive.</summary>
    public double Scale { get; set; } = 64;

    /// <summary>What multiplies the angle: a whole number from 1 to 5 for L- and A-Softmax (0, the default: 4), a positive one up to
    /// 5 for <see cref="Margin.Combined"/> (0: 1).</summary>
    public double Factor { get; set; }

    /// <summary>What is added to the angle, in radians: 0 to π/2.</summary>
    public double Angle { get; set; } = 0.5;

    /// <summary>What is taken from the cosine: 0 to below 2.</summary>
    public double Cosine { get; set; } = 0.35;

    /// <summary>What an added angle makes of angles near π. Not where <see cref="Factor"/> is another one than 1.</summary>
    public MarginBoundary Boundary { get; set; }

    /// <summary>The rows of each class; the nearest one counts, and it alone has a gradient (Deng et al. 2020, "Sub-center
    /// ArcFace"). Where embeddings are normalised only.</summary>
    public object SubCenters { get; set; } = 1;

    /// <summary>Whether gradients leave the margin out, as a widely used training code does: ∂logit/∂c = s.</summary>
    public bool StraightThrough { get; set; }

    /// <summary>Of L- and A-Softmax, the share λ of the plain cosine in step t is
    /// max(<see cref="LambdaMin"/>, <see cref="LambdaBase"/>·(1 + <see cref="LambdaGamma"/>·t)^-<see cref="LambdaPower"/>): a run
    /// shorter than some 1,700 steps wants a smaller base. Not above the least: λ is the least from the first step.</summary>
    public double LambdaBase { get; set; } = 1000;

    /// <summary>How fast λ falls.</summary>
    public double LambdaGamma { get; set; } = 0.12;

    /// <summary>The exponent of its fall.</summary>
    public double LambdaPower { get; set; } = 1;

    /// <summary>The least λ.</summary>
    public double LambdaMin { get; set; } = 5;

    /// <summary>Whether classes have an offset; <see cref="Margin.Softmax"/> only.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>The share of classes that a step of training looks at, above 0 and up to 1 (An et al. 2021, "Partial FC",
    /// arXiv:2010.05222): all those of the batch, and others at random. The others have no gradient and take no step, nor do the
    /// optimiser's arrays for them, which needs rows that take their steps in place (see
    /// <see cref="Sessions.SessionOptions.InPlaceUpdates"/>): on the host, without clipping and without sums of micro-batches.
    /// A validation looks at all.</summary>
    public double SampleRate { get; set; } = 1;

    /// <summary>Among how many ranks classes are sharded (An et al. 2021), a divisor of the classes; 1, the default: there are no
    /// ranks. Each rank has a batch of its own and its part of the rows, [classes / shards, d], sees the embeddings of all, and
    /// finds its part of the sums; the loss is the mean over the samples of all. It needs
    /// <see cref="Sessions.SessionOptions.Collectives"/>, and <see cref="ParameterSet.Initialize"/> with the rank. Gradients of
    /// all other parameters are summed over ranks before the optimiser's step.</summary>
    public object Shards { get; set; } = 1;

    /// <summary>A label that does not count: its sample is left out of the mean.</summary>
    public int Ignore { get; set; } = Functions.NoLabel;
}
