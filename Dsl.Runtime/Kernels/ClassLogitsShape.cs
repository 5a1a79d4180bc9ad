namespace Dsl.Kernels;

/// <summary>Gradients of a margin softmax.</summary>
[System.Flags]
public enum ClassGradients
{
    /// <summary>None: the losses.</summary>
    None = 0,

    /// <summary>Of embeddings.</summary>
    Embeddings = 1,

    /// <summary>Of the rows of classes.</summary>
    Rows = 2,

    /// <summary>Of the offsets of classes.</summary>
    Bias = 4,
}

/// <summary>Extents of a margin softmax, and what it makes of the products of embeddings and rows.</summary>
public sealed record ClassLogitsShape
{
    /// <summary>Embeddings.</summary>
    public required Size Samples { get; init; }

    /// <summary>Classes.</summary>
    public required int Classes { get; init; }

    /// <summary>Rows of each class, which are neighbours; the nearest counts.</summary>
    public int SubCenters { get; init; } = 1;

    /// <summary>Features.</summary>
    public required int Width { get; init; }

    /// <summary>Elements from one embedding to the next.</summary>
    public required Size Row { get; init; }

    /// <summary>Elements from the gradient of one embedding to the next.</summary>
    public Size OfRow { get; init; } = 0;

    /// <summary>What becomes of the cosine of an embedding with its own class.</summary>
    public MarginForm Form { get; init; }

    /// <summary>The length that embeddings get; 0: they keep theirs.</summary>
    public float Scale { get; init; }

    /// <summary>Whether rows are normalised.</summary>
    public bool NormalizesRows { get; init; }

    /// <summary>What multiplies the angle.</summary>
    public float Factor { get; init; } = 1f;

    /// <summary>What is added to the angle.</summary>
    public float Angle { get; init; }

    /// <summary>What is taken from the cosine.</summary>
    public float Cosine { get; init; }

    /// <summary>What an added angle makes of angles near π.</summary>
    public MarginBoundary Boundary { get; init; } = MarginBoundary.None;

    /// <summary>The share of the plain cosine, where no buffer says it.</summary>
    public float Lambda { get; init; }

    /// <summary>Whether a buffer says it.</summary>
    public bool HasLambda { get; init; }

    /// <summary>Whether gradients leave the margin out.</summary>
    public bool StraightThrough { get; init; }

    /// <summary>Whether classes have offsets.</summary>
    public bool HasBias { get; init; }

    /// <summary>How many classes a step chooses, and looks at no others; 0: all. Samples with more make it more.</summary>
    public int Chosen { get; init; }

    /// <summary>Which draw of the step chooses.</summary>
    public int Site { get; init; }

    /// <summary>Whether losses are wanted.</summary>
    public bool Losses { get; init; } = true;

    /// <summary>Whether the logarithms of sums are wanted.</summary>
    public bool LogSums { get; init; }

    /// <summary>Whether a buffer is wanted of what was chosen.</summary>
    public bool Choice { get; init; }

    /// <summary>The gradients that are wanted.</summary>
    public ClassGradients Gradients { get; init; }

    /// <summary>The classes that every step looks at.</summary>
    internal int LeastClasses => Chosen > 0 ? Chosen : Classes;
}
