using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>Where the buffers of a margin softmax begin, and the parts of its scratch; what it does not have is null.</summary>
internal readonly unsafe struct ClassBuffers
{
    public readonly float* Embeddings;
    public readonly float* Rows;
    public readonly int* Labels;
    public readonly float* Bias;

    /// <summary>How many classes were chosen, then which.</summary>
    public readonly int* Chosen;

    public readonly float* Losses;
    public readonly float* LogSums;
    public readonly float* Upstream;
    public readonly float* OfEmbeddings;
    public readonly float* OfRows;
    public readonly float* OfBias;

    /// <summary>Embeddings transposed, panel after panel of samples: [panel][feature][sample].</summary>
    public readonly float* Packed;

    /// <summary>Of each sample its length, what its products are multiplied by, and numbers of the pass: of the forward one the
    /// logit of its own class; of the backward one the gradient of its loss, the logarithm of its sum, and what its gradient has of
    /// itself.</summary>
    public readonly float* Lengths;
    public readonly float* Factors;
    public readonly float* Own;
    public readonly float* Weights;
    public readonly float* Shifts;

    /// <summary>Of the forward pass the maximum and the sum of each slice and sample; of the backward pass the sums of each slice for
    /// the gradient of embeddings, [slice][panel of features][sample][feature].</summary>
    public readonly float* Parts;

    public readonly float Lambda;

    public ClassBuffers(ClassLogitsLaunch launch, float* memory)
    {
        ClassLogitsShape shape = launch.Shape;
        Embeddings = memory + launch.EmbeddingsAt;
        Rows = memory + launch.RowsAt;
        Labels = (int*)(memory + launch.LabelsAt);
        Bias = At(memory, launch.BiasAt);
        Chosen = (int*)At(memory, launch.ChosenAt);
        LogSums = At(memory, launch.LogSumsAt);
        Losses = At(memory, launch.LossesAt);
        Upstream = launch.IsGradient ? memory + launch.UpstreamAt : null;
        OfEmbeddings = At(memory, launch.GradientAt(ClassGradients.Embeddings));
        OfRows = At(memory, launch.GradientAt(ClassGradients.Rows));
        OfBias = At(memory, launch.GradientAt(ClassGradients.Bias));
        Lambda = launch.LambdaAt < 0 ? shape.Lambda : memory[launch.LambdaAt];
        int samples = Slicing.RoundUp(launch.Samples, ClassTiles.Block);
        Packed = memory + launch.ScratchAt;
        Lengths = Packed + ((nint)samples * shape.Width);
        Factors = Lengths + samples;
        Own = Factors + samples;
        Weights = Own + samples;
        Shifts = Weights + samples;
        Parts = Packed + ((nint)samples * (shape.Width + ClassTiles.PerSample));
    }

    private static float* At(float* memory, int offset) => offset < 0 ? null : memory + offset;
}
