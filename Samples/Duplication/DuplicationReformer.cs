using Dsl;
using Models.Language;
using static Dsl.Functions;

namespace Samples.Duplication;

/// <summary>One layer of attention among positions that hash alike, in chunks of 32 positions and 4 rounds.</summary>
[Model(Example = "b=8, n=256")]
internal sealed partial class DuplicationReformer
{
    /// <summary>Scores of the symbol that may follow.</summary>
    [Use<CausalLanguageModel>(DuplicationData.Symbols, 128, 2, 1, AttentionKind.Reformer, 0, true)]
    private partial Tensor Next(IntTensor x);

    /// <summary>For each position the scores of the symbol after it.</summary>
    /// <param name="tokens">Symbols.</param>
    [return: Shape("b", "n", DuplicationData.Symbols)]
    public Tensor Forward([Shape("b", "n")] IntTensor tokens) => Next(tokens);

    /// <summary>Mean cross-entropy over the positions with a label.</summary>
    /// <param name="tokens">Symbols.</param>
    /// <param name="next">The symbol after each position, or -1.</param>
    public Tensor Loss([Shape("b", "n")] IntTensor tokens, [Shape("b", "n")] IntTensor next)
        => CrossEntropy(Forward(tokens), next, ignore: DuplicationData.NoLabel);
}
