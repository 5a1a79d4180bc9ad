namespace Models.Sequence;

/// <summary>Reads a digit row by row: a recurrent network whose state remembers all of its past by Legendre polynomials (HiPPO-RNN,
/// Gu et al. 2020, arXiv:2008.07669, section 4). A gated unit sees its state, the memory and the next row, and says one
/// number of each of the channels that the memory takes in.</summary>
[Model(Example = "b=64")]
public sealed partial class HippoRecurrent
{
    private const int Rows = 28;
    private const int Units = 128;
    private const int Channels = 4;
    private const int Order = 32;

    /// <summary>How much of the state is replaced.</summary>
    [Perceptron(Units, Activation = Activation.Sigmoid)]
    private partial Tensor Gate(Tensor seen);

    /// <summary>By what.</summary>
    [Perceptron(Units, Activation = Activation.Tanh)]
    private partial Tensor Candidate(Tensor seen);

    /// <summary>What is to be remembered of the state.</summary>
    [Perceptron(Channels)]
    private partial Tensor Notice(Tensor state);

    /// <summary>The memory after it: a window that is as long as the digit.</summary>
    [Hippo(Order, Measure = HippoMeasure.LegT, Window = Rows)]
    private partial Tensor Remember(Tensor noticed, Tensor memory);

    /// <summary>One score for each digit.</summary>
    [Perceptron(10)]
    private partial Tensor Head(Tensor state);

    /// <summary>Scores of the digits.</summary>
    /// <param name="x">Rows of pixels, one after the other.</param>
    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", Rows, 28)] Tensor x)
    {
        Tensor pixels = Flatten(x);
        Tensor state = 0f * Slice(pixels, 1, 0, Units), memory = 0f * Slice(pixels, 1, 0, Channels * Order);
        for (int row = 0; row < Rows; row++)
        {
            Tensor seen = Concat(state, memory, Slice(pixels, 1, 28 * row, 28));
            state += Gate(seen) * (Candidate(seen) - state);
            memory = Remember(Notice(state), memory);
        }

        return Head(Concat(state, memory));
    }

    /// <summary>Mean cross-entropy, in nats.</summary>
    /// <param name="x">Rows of pixels, one after the other.</param>
    /// <param name="label">The true digits.</param>
    public Tensor Loss([Shape("b", Rows, 28)] Tensor x, [Shape("b")] IntTensor label) => CrossEntropy(Forward(x), label);
}
