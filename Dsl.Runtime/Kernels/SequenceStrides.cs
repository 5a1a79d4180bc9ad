namespace Dsl.Kernels;

/// <summary>Where the sequences of one operand of a scan lie.</summary>
/// <param name="Batch">Elements from one sample to the next.</param>
/// <param name="Position">Elements from one position to the next.</param>
/// <param name="Head">Elements from one head to the next.</param>
internal readonly record struct SequenceStrides(int Batch, int Position, int Head)
{
    public static SequenceStrides Of(Size batch, Size position, Size head, SizeValues sizes) => new(
        checked((int)batch.Evaluate(sizes)),
        checked((int)position.Evaluate(sizes)),
        checked((int)head.Evaluate(sizes)));

    /// <summary>Elements before a sequence.</summary>
    public nint At(int sample, int head) => ((nint)sample * Batch) + ((nint)head * Head);
}
