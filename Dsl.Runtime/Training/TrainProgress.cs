namespace Dsl;

/// <summary>Where training stands, reported after every step and after every epoch. A value: reporting allocates
/// nothing.</summary>
public readonly record struct TrainProgress
{
    /// <summary>The epoch, from 0.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches of the epoch that are done.</summary>
    public int Batch { get; init; }

    /// <summary>Batches of an epoch.</summary>
    public int Batches { get; init; }

    /// <summary>Steps of the optimiser so far.</summary>
    public long Step { get; init; }

    /// <summary>The loss of the step, the mean over its samples; after an epoch the mean over the epoch.</summary>
    public float Loss { get; init; }

    /// <summary>The learning rate of the step.</summary>
    public float LearningRate { get; init; }

    /// <summary>The norm of the step's gradients before clipping; NaN when the optimiser does not compute it.</summary>
    public float GradientNorm { get; init; }

    /// <summary>Samples trained on per second since training began or was continued.</summary>
    public double SamplesPerSecond { get; init; }

    /// <summary>Set in the report after an epoch.</summary>
    public bool EpochEnds { get; init; }

    /// <summary>The result of the validation after an epoch; null otherwise.</summary>
    public Evaluation? Validation { get; init; }

    /// <summary>Whether that validation is the best so far.</summary>
    public bool Best { get; init; }
}

/// <summary>What a model achieves on a set of samples.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Accuracy">The share of labels at which the scores are largest; NaN when the model has no
/// labels.</param>
/// <param name="Samples">How many samples.</param>
public readonly record struct Evaluation(double Loss, double Accuracy, int Samples);
